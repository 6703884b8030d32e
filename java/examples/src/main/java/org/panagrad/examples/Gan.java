package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Adversarial;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossCall;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Activation;
import org.panagrad.nn.BatchNorm;
import org.panagrad.nn.Concatenate;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.ConvTranspose2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Dropout;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Network;
import org.panagrad.nn.Node;
import org.panagrad.nn.Reshape;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.train.Fit;
import org.panagrad.train.Head;
import org.panagrad.train.Model;

/**
 * Digits that nobody wrote: a generator makes them of noise and the wish for a digit, a critic tells them from real ones and
 * one digit from the other, and each learns from the other. The generator never sees a digit: it learns from the gradient
 * that the critic passes back to its input. Without the wish half of what is drawn lies between two digits (Odena, Olah and
 * Shlens, 2017).
 */
final class Gan implements Example {
  private static final int NOISE = 64, BATCH = 64, SAMPLES = 1_000, SHOWN = 100;
  private static final float SURE = 0.9f;
  private static final Adversarial GAME = Adversarial.of(Adversarial.Form.NON_SATURATING);

  @Override
  public String name() {
    return "gan";
  }

  @Override
  public String description() {
    return "a generator draws the digit that is asked for, taught by a critic through the gradient of its input";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    boolean reduced = setting.reduced();
    Report report = new Report();
    try (Digits digits = reduced ? Digits.of(setting, 2_000, 500) : Digits.of(setting, 60_000, 10_000);
        Compute compute = setting.compute();
        Model classifier = classifier(setting.seed(), compute);
        Players players = new Players(setting.seed(), compute)) {
      classifier.fit(digits.training(), Fit.epochs(reduced ? 4 : 1).batchSize(BATCH).seed(setting.seed()));
      report.figure("accuracy of the classifier", classifier.evaluate(digits.test(), 250).metrics().getFirst());
      Batches batches = new Batches(digits.training(), BATCH);
      for (int epoch = 0; epoch < (reduced ? 8 : 6); epoch++) {
        batches.shuffle(setting.seed(), epoch);
        double critic = 0, generator = 0;
        for (Batch real : batches) {
          critic += players.trainCritic(real) / batches.count();
          generator += players.trainGenerator(real.size()) / batches.count();
        }
        Verdict verdict = Verdict.of(classifier, players.draw(SAMPLES));
        setting.say(
            "epoch %d: loss of the critic %.3f, of the generator %.3f; the classifier is sure of %.3f, right in %.3f",
            epoch + 1, critic, generator, verdict.sure, verdict.right);
      }
      float[] drawn = players.draw(SAMPLES);
      Verdict verdict = Verdict.of(classifier, drawn);
      report.figure("share of drawn digits it is sure of", verdict.sure);
      report.figure("share in which it sees the digit that was wished", verdict.right);
      report.file(Pictures.write(setting.out().resolve("gan.png"), 10, Arrays.copyOf(drawn, SHOWN * Digits.PIXELS)));
    }
    return report;
  }

  /** Generator and critic, each with an optimizer of its own. */
  private static final class Players implements AutoCloseable {
    /** The critic's outputs. */
    private static final int REAL = 0, WHICH = 1;
    private static final Loss DIGIT = Losses.softmaxCrossEntropy();

    private final Model generator, critic;
    private final Batch wishes = new Batch(List.of(Column.input("noise", NOISE), Column.input("wish", Digits.CLASSES)),
        BATCH);
    private final Batch judged = new Batch(
        List.of(Column.input("image", Digits.PIXELS), Column.labels("digit", 1, Digits.CLASSES)), 2 * BATCH);
    private final LossCall real, fake, digit;
    private final Random random;

    Players(long seed, Compute compute) {
      Optimizer adam = Optimizer.of(5e-4, new Adam(0.5, 0.999, 1e-8, false, false));
      generator = drawing().seed(seed).on(compute).compile(adam, Losses.meanSquaredError()); // a loss that is never asked
      critic = judging().seed(~seed).on(compute).compile(adam, Head.of("real", GAME.loss(Adversarial.Side.REAL)),
          Head.of("digit", DIGIT));
      real = LossCall.on(compute);
      fake = LossCall.on(compute);
      digit = LossCall.on(compute);
      random = new Random(seed);
    }

    private static Network drawing() {
      Node noise = Input.features(NOISE).named("noise").node(),
          wish = Input.features(Digits.CLASSES).named("wish").node();
      Node image = Node.of(Concatenate.of(), noise, wish).to(
          Dense.of(7 * 7 * 64), BatchNorm.of(), Activation.relu(), Reshape.of(7, 7, 64),
          ConvTranspose2D.of(32, 4).stride(2).padding(1), BatchNorm.of(), Activation.relu(),
          ConvTranspose2D.of(1, 4).stride(2).padding(1), Activation.sigmoid());
      return Network.of(List.of(noise, wish), List.of(image));
    }

    private static Network judging() {
      Node image = Input.image(Digits.SIDE, Digits.SIDE, 1).withGradient().node();
      Node seen = image.to(
          Conv2D.of(32, 4).stride(2).padding(1), Activation.leakyRelu(0.2), Dropout.of(0.3),
          Conv2D.of(64, 4).stride(2).padding(1), Activation.leakyRelu(0.2), Dropout.of(0.3), Flatten.of());
      return Network.of(image, seen.to(Dense.of(1)), seen.to(Dense.of(Digits.CLASSES)));
    }

    /** A step towards telling real digits from drawn ones, and one digit from the other. */
    double trainCritic(Batch digits) {
      int n = digits.size();
      copy(digits.features(), 0, n);
      MemorySegment.copy(digits.labels(), 0, judged.labels(), 0, 4L * n);
      draw(n, n);
      critic.forward(judged.size(2 * n));
      MemorySegment scores = critic.outputs(REAL), gradient = critic.outputGradient(REAL);
      double loss = GAME.discriminator(real.of(scores, gradient, n, 1),
          fake.of(scores.asSlice(4L * n), gradient.asSlice(4L * n), n, 1));
      digit.of(critic.outputs(WHICH), judged.labels(), critic.outputGradient(WHICH), 2L * n, Digits.CLASSES)
          .evaluate(DIGIT);
      critic.backward();
      critic.step();
      return loss;
    }

    /** A step towards digits that the critic takes for real, and for what was wished: it only passes the gradients on. */
    double trainGenerator(int n) {
      draw(n, 0);
      critic.forward(judged.size(n));
      double loss = GAME.generator(fake.of(critic.outputs(REAL), critic.outputGradient(REAL), n, 1));
      digit.of(critic.outputs(WHICH), judged.labels(), critic.outputGradient(WHICH), n, Digits.CLASSES).evaluate(DIGIT);
      critic.backward();
      MemorySegment.copy(critic.inputGradient(0), 0, generator.outputGradient(0), 0, 4L * n * Digits.PIXELS);
      generator.compute().kernels().upload(generator.outputGradient(0));
      generator.backward();
      generator.step();
      return loss;
    }

    /** Any digits, to be judged from a row on. */
    private void draw(int n, int row) {
      for (int i = 0; i < n; i++) {
        int any = random.nextInt(Digits.CLASSES);
        wish(i, any);
        judged.labels().setAtIndex(JAVA_INT, row + i, any);
      }
      generator.forward(wishes.size(n));
      copy(generator.outputs(), row, n);
    }

    private void wish(int row, int digit) {
      for (int i = 0; i < NOISE; i++) {
        wishes.input(0).setAtIndex(JAVA_FLOAT, (long) row * NOISE + i, (float) random.nextGaussian());
      }
      for (int i = 0; i < Digits.CLASSES; i++) {
        wishes.input(1).setAtIndex(JAVA_FLOAT, (long) row * Digits.CLASSES + i, i == digit ? 1 : 0);
      }
    }

    private void copy(MemorySegment images, int row, int rows) {
      long bytes = 4L * Digits.PIXELS;
      MemorySegment.copy(images, 0, judged.features(), row * bytes, rows * bytes);
    }

    /** So many pictures: a 0, a 1, ... a 9, and so on. */
    float[] draw(int count) {
      float[] pixels = new float[count * Digits.PIXELS];
      for (int first = 0; first < count; first += BATCH) {
        int n = Math.min(BATCH, count - first);
        for (int i = 0; i < n; i++) {
          wish(i, (first + i) % Digits.CLASSES);
        }
        generator.infer(wishes.size(n));
        MemorySegment.copy(generator.outputs(), JAVA_FLOAT, 0, pixels, first * Digits.PIXELS, n * Digits.PIXELS);
      }
      return pixels;
    }

    @Override
    public void close() {
      generator.close();
      critic.close();
    }
  }

  /** Learns from real digits alone. */
  private static Model classifier(long seed, Compute compute) {
    return Sequential.of(Input.image(Digits.SIDE, Digits.SIDE, 1),
        Conv2D.of(16, 3).relu(), MaxPool2D.of(2), Conv2D.of(32, 3).relu(), MaxPool2D.of(2), Flatten.of(),
        Dense.of(Digits.CLASSES))
        .seed(seed).on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy(), Metrics.accuracy());
  }

  /** The shares of pictures in which the classifier sees the digit that was wished, or one digit with a probability of 0.9. */
  private record Verdict(double right, double sure) {
    static Verdict of(Model classifier, float[] pictures) {
      float[] probabilities = new float[SAMPLES * Digits.CLASSES];
      classifier.predict(pictures, probabilities, SAMPLES);
      int right = 0, sure = 0;
      for (int i = 0; i < SAMPLES; i++) {
        int best = 0;
        for (int digit = 1; digit < Digits.CLASSES; digit++) {
          best = probabilities[i * Digits.CLASSES + digit] > probabilities[i * Digits.CLASSES + best] ? digit : best;
        }
        right += best == i % Digits.CLASSES ? 1 : 0;
        sure += probabilities[i * Digits.CLASSES + best] >= SURE ? 1 : 0;
      }
      return new Verdict((double) right / SAMPLES, (double) sure / SAMPLES);
    }
  }
}
