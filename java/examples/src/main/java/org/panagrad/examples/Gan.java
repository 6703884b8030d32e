package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

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
import org.panagrad.loss.LossCall;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Activation;
import org.panagrad.nn.AveragePool2D;
import org.panagrad.nn.BatchNorm;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Dropout;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Reshape;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.train.Fit;
import org.panagrad.train.Model;

/**
 * Digits that nobody wrote: a generator makes them of noise, a critic tells them from real ones, and each learns from the
 * other. The generator never sees a digit: it learns from the gradient that the critic passes back to its input.
 */
final class Gan implements Example {
  private static final int NOISE = 64, BATCH = 32, SAMPLES = 1_000, SHOWN = 100;
  private static final float SURE = 0.9f;
  private static final Adversarial GAME = Adversarial.of(Adversarial.Form.NON_SATURATING);

  @Override
  public String name() {
    return "gan";
  }

  @Override
  public String description() {
    return "a generator draws digits, taught by a critic through the gradient of its input";
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
      for (int epoch = 0; epoch < (reduced ? 12 : 6); epoch++) {
        batches.shuffle(setting.seed(), epoch);
        double critic = 0, generator = 0;
        for (Batch real : batches) {
          critic += players.trainCritic(real) / batches.count();
          generator += players.trainGenerator(real.size()) / batches.count();
        }
        setting.say("epoch %d: loss of the critic %.3f, of the generator %.3f; the classifier is sure of %.3f",
            epoch + 1,
            critic, generator, sure(classifier, players.draw(SAMPLES)));
      }
      float[] drawn = players.draw(SAMPLES);
      report.figure("share of drawn digits it is sure of", sure(classifier, drawn));
      report.file(Pictures.write(setting.out().resolve("gan.png"), 10, Arrays.copyOf(drawn, SHOWN * Digits.PIXELS)));
    }
    return report;
  }

  /** Generator and critic, each with an optimizer of its own. */
  private static final class Players implements AutoCloseable {
    private final Model generator, critic;
    private final Batch noise = new Batch(List.of(Column.input("noise", NOISE)), BATCH);
    private final Batch images = new Batch(List.of(Column.input("image", Digits.PIXELS)), 2 * BATCH);
    private final LossCall real, fake;
    private final Random random;

    Players(long seed, Compute compute) {
      Optimizer adam = Optimizer.of(1e-3, new Adam(0.5, 0.999, 1e-8, false, false));
      generator = Sequential.of(Input.features(NOISE),
          Dense.of(256), BatchNorm.of(), Activation.relu(), Dense.of(30 * 30), Reshape.of(30, 30, 1),
          new AveragePool2D(3, 1), Activation.sigmoid())
          .seed(seed).on(compute).compile(adam, Losses.meanSquaredError()); // a loss that is never asked
      critic = Sequential.of(Input.features(Digits.PIXELS).withGradient(),
          Dense.of(256), Activation.leakyRelu(0.2), Dropout.of(0.3), Dense.of(1))
          .seed(~seed).on(compute).compile(adam, GAME.loss(Adversarial.Side.REAL));
      real = LossCall.on(compute);
      fake = LossCall.on(compute);
      random = new Random(seed);
    }

    /** A step towards telling real digits from generated ones. */
    double trainCritic(Batch digits) {
      int n = digits.size();
      copy(digits.features(), images.features(), 0, n);
      generate(n);
      copy(generator.outputs(), images.features(), n, n);
      critic.forward(images.size(2 * n));
      MemorySegment scores = critic.outputs(), gradient = critic.outputGradient(0);
      double loss = GAME.discriminator(real.of(scores, gradient, n, 1),
          fake.of(scores.asSlice(4L * n), gradient.asSlice(4L * n), n, 1));
      critic.backward();
      critic.step();
      return loss;
    }

    /** A step towards digits that the critic takes for real: the critic only passes the gradient on. */
    double trainGenerator(int n) {
      generate(n);
      copy(generator.outputs(), images.features(), 0, n);
      critic.forward(images.size(n));
      double loss = GAME.generator(fake.of(critic.outputs(), critic.outputGradient(0), n, 1));
      critic.backward();
      copy(critic.inputGradient(0), generator.outputGradient(0), 0, n);
      generator.backward();
      generator.step();
      return loss;
    }

    private void generate(int n) {
      noise.features().copyFrom(MemorySegment.ofArray(normal(n)));
      generator.forward(noise.size(n));
    }

    private float[] normal(int n) {
      float[] values = new float[n * NOISE];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    private static void copy(MemorySegment from, MemorySegment to, int row, int rows) {
      long bytes = 4L * Digits.PIXELS;
      MemorySegment.copy(from, 0, to, row * bytes, rows * bytes);
    }

    float[] draw(int count) {
      float[] pixels = new float[count * Digits.PIXELS];
      generator.predict(normal(count), pixels, count);
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

  /** The share of pictures in which the classifier sees one digit with a probability of at least 0.9. */
  private static double sure(Model classifier, float[] pictures) {
    float[] probabilities = new float[SAMPLES * Digits.CLASSES];
    classifier.predict(pictures, probabilities, SAMPLES);
    int sure = 0;
    for (float probability : probabilities) {
      sure += probability >= SURE ? 1 : 0;
    }
    return (double) sure / SAMPLES;
  }
}
