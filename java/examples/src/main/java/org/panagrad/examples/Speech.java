package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.panagrad.data.Batch;
import org.panagrad.data.ImageDataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Ctc;
import org.panagrad.loss.CtcScratch;
import org.panagrad.loss.SequenceCrossEntropy;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Gru;
import org.panagrad.nn.Input;
import org.panagrad.nn.Network;
import org.panagrad.nn.Node;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Schedule;
import org.panagrad.train.Model;

/**
 * Like speech: a row of frames and the labels in them, but not their places. The frames are columns of {@link Strips} of
 * handwritten digits; a GRU in both directions and CTC learn to read them. The loop is the program's own, since CTC writes
 * its gradient where the model's loss would.
 *
 * <p>On MNIST's digits 2.7 % of the labels are wrong after 1,500 steps of 32 strips with 64 units; reduced to 300 steps and
 * 48 units, 10 to 14 %.
 */
final class Speech implements Example {
  private static final int BATCH = 32, TEST_BATCHES = 16;
  private static final Ctc CTC = Ctc.of(0);

  @Override
  public String name() {
    return "speech";
  }

  @Override
  public String description() {
    return "a GRU and CTC read strips of digits whose places are not told";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    int steps = setting.reduced() ? 300 : 1_500, units = setting.reduced() ? 48 : 64;
    try (Compute compute = setting.compute();
        ImageDataset training = Digits.training(setting, 10_000);
        ImageDataset test = Digits.test(setting, 2_000);
        // the loss is not asked: CTC takes its place
        Model model = network(units).seed(setting.seed()).on(compute)
            .compile(Adam.of(4e-3).learningRate(Schedule.cosine(4e-3, 0, steps)).clipNorm(1),
                SequenceCrossEntropy.of())) {
      Strips strips = new Strips(training, BATCH, new Random(setting.seed()));
      CtcScratch scratch = CtcScratch.of(compute.kernels(), BATCH, Strips.FRAMES, Strips.MOST);
      for (int step = 1; step <= steps; step++) {
        double loss = train(model, strips.next(), scratch);
        if (step % 100 == 0) {
          setting.say("step %d: loss %.4f", step, loss);
        }
      }
      return new Report().figure("strips trained on", steps * BATCH)
          .figure("label error", labelError(model, new Strips(test, BATCH, new Random(~setting.seed()))));
    }
  }

  private static Network network(int units) {
    Node frames = Input.sequence(Strips.FRAMES, Strips.FEATURES).node(), count = Input.lengths().node();
    Node heard = Node.of(Gru.of(units).sequence().inBothDirections().withLengths(), frames.to(Dense.of(units).relu()),
        count);
    return Network.of(List.of(frames, count), List.of(heard.to(Dense.of(Strips.CLASSES))));
  }

  private static double train(Model model, Batch batch, CtcScratch scratch) {
    model.forward(batch);
    double loss = CTC.evaluate(model.compute().kernels(), model.outputs(), batch.target(0), batch.input(1),
        batch.target(1), model.outputGradient(0), scratch, batch.size(), Strips.FRAMES, Strips.CLASSES, Strips.MOST);
    model.backward();
    model.step();
    return loss;
  }

  /** Labels to be put in, taken out or changed, for each label that is there. */
  private static double labelError(Model model, Strips strips) {
    int wrong = 0, all = 0;
    for (int i = 0; i < TEST_BATCHES; i++) {
      Batch batch = strips.next();
      model.infer(batch);
      MemorySegment logits = model.outputs();
      for (int row = 0; row < batch.size(); row++) {
        List<Integer> labels = new ArrayList<>();
        for (int k = 0; k < batch.target(1).getAtIndex(JAVA_INT, row); k++) {
          labels.add(batch.target(0).getAtIndex(JAVA_INT, (long) row * Strips.MOST + k));
        }
        wrong += distance(read(logits, row, batch.input(1).getAtIndex(JAVA_INT, row)), labels);
        all += labels.size();
      }
    }
    return (double) wrong / all;
  }

  /** The likeliest label of each frame; those that go on and blanks are left out. */
  private static List<Integer> read(MemorySegment logits, int row, int frames) {
    List<Integer> labels = new ArrayList<>();
    int before = CTC.blank();
    for (int frame = 0; frame < frames; frame++) {
      long at = ((long) row * Strips.FRAMES + frame) * Strips.CLASSES;
      int label = 0;
      for (int c = 1; c < Strips.CLASSES; c++) {
        label = logits.getAtIndex(JAVA_FLOAT, at + c) > logits.getAtIndex(JAVA_FLOAT, at + label) ? c : label;
      }
      if (label != before && label != CTC.blank()) {
        labels.add(label);
      }
      before = label;
    }
    return labels;
  }

  /** Levenshtein's distance. */
  private static int distance(List<Integer> a, List<Integer> b) {
    int[] row = new int[b.size() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 0; i < a.size(); i++) {
      int corner = row[0]++;
      for (int j = 0; j < b.size(); j++) {
        int changed = corner + (a.get(i).equals(b.get(j)) ? 0 : 1);
        corner = row[j + 1];
        row[j + 1] = Math.min(changed, Math.min(row[j], row[j + 1]) + 1);
      }
    }
    return row[b.size()];
  }
}
