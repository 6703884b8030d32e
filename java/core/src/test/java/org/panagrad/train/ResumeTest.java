package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.ChildJvm;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.BatchNorm;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Dropout;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Plateau;

/**
 * A run that is interrupted anywhere and resumed, on any number of threads, ends with the bytes of one that was not.
 */
class ResumeTest {
  private static final int SIZE = 90, EPOCHS = 3;

  /** Ends a run from within. */
  private static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record InterruptAt(long step, long[] steps) implements TrainingListener {
    @Override
    public void onTrainingBatch(Progress progress) {
      if (++steps[0] == step) {
        throw new Interruption();
      }
    }
  }

  /** All that a checkpoint must keep: two moments, an average of weights, dropout, running statistics. */
  private static Model model(Compute compute) {
    return Sequential.of(Input.features(6), Dense.of(8).relu(), BatchNorm.of(), Dropout.of(0.3), Dense.of(3)).seed(3)
        .on(compute)
        .compile(Adam.of(0.01).averageWeights(0.9), Losses.softmaxCrossEntropy(), Metrics.accuracy());
  }

  private static Fit fit(Path checkpoint, int accumulation) {
    Networks.Samples validation = Networks.random(20, 6, 3, 8);
    return Fit.epochs(EPOCHS).batchSize(16).seed(5).accumulating(accumulation).validation(validation)
        .listener(EarlyStopping.of(Monitor.validationLoss(), 50))
        .listener(RateOnPlateau.of(Monitor.trainingLoss(), Plateau.of(1).patience(0)))
        .checkpoints(Checkpoints.in(checkpoint).everySteps(1));
  }

  private static History run(Path folder, String name, int threads, int accumulation, long interruptAt)
      throws IOException {
    try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, threads); Model model = model(compute)) {
      Fit fit = fit(folder.resolve("checkpoint"), accumulation);
      if (interruptAt > 0) {
        assertThrows(Interruption.class,
            () -> model.fit(data(), fit.listener(new InterruptAt(interruptAt, new long[1]))));
        return new History(List.of(), List.of());
      }
      History history = model.fit(data(), fit.listener(new InterruptAt(-1, new long[1])));
      model.save(folder.resolve(name));
      model.saveOptimizer(folder.resolve(name + ".optimizer"));
      return history;
    }
  }

  private static Networks.Samples data() {
    return Networks.random(SIZE, 6, 3, 7);
  }

  @TempDir
  private Path folder;

  @Test
  void goesOnFromEveryStep() throws IOException {
    for (int accumulation = 1; accumulation <= 2; accumulation++) {
      History whole = run(Files.createDirectories(folder.resolve("whole" + accumulation)), "model", 1, accumulation, 0);
      for (int step = accumulation + 1; step <= 18; step += accumulation == 1 ? 1 : 5) {
        Path at = Files.createDirectories(folder.resolve(accumulation + "-" + step));
        run(at, "", 1, accumulation, step);
        assertTrue(Files.exists(at.resolve("checkpoint")), "step " + step);
        History resumed = run(at, "model", 1 + step % 3, accumulation, 0);
        for (String file : List.of("model", "model.optimizer")) {
          assertArrayEquals(Files.readAllBytes(folder.resolve("whole" + accumulation).resolve(file)),
              Files.readAllBytes(at.resolve(file)), file + " interrupted at " + step);
        }
        assertEquals(EPOCHS, resumed.epochs().size());
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
          assertEquals(whole.epochs().get(epoch).training().loss(), resumed.epochs().get(epoch).training().loss());
          assertEquals(whole.epochs().get(epoch).validation(), resumed.epochs().get(epoch).validation());
        }
      }
    }
  }

  @Test
  void anotherRunIsRefusedAndNothingChanges() throws IOException {
    run(folder, "model", 1, 1, 0);
    byte[] checkpoint = Files.readAllBytes(folder.resolve("checkpoint"));
    try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1); Model model = model(compute)) {
      float[] before = model.snapshot();
      Fit other = Fit.epochs(EPOCHS).batchSize(15).seed(5).checkpoints(Checkpoints.in(folder.resolve("checkpoint")));
      String message = String.valueOf(
          assertThrows(UncheckedIOException.class, () -> model.fit(data(), other)).getMessage());
      assertTrue(message.contains("its batchSize is 16, here it is 15"), message);
      assertArrayEquals(before, model.snapshot());
      assertArrayEquals(checkpoint, Files.readAllBytes(folder.resolve("checkpoint")));
    }
  }

  /** No room, here no folder: what was trained stays usable. */
  @Test
  void whatCannotBeWrittenLeavesTheModelUsable() throws IOException {
    try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1); Model model = model(compute)) {
      Fit fit = Fit.epochs(1).batchSize(16).checkpoints(Checkpoints.in(folder.resolve("missing/checkpoint")));
      assertThrows(UncheckedIOException.class, () -> model.fit(data(), fit));
      assertEquals(1, model.fit(data(), Fit.epochs(1)).epochs().size());
    }
  }

  /**
   * Kills processes at any moment, 100 times, and resumes each run until it ends. A process is given from half to one and
   * a half of the time that one takes which is left alone: most of that is the start of its JVM.
   */
  @Test
  @Tag("acceptance")
  void survivesOneHundredKills() throws Exception {
    Path whole = Files.createDirectories(folder.resolve("whole"));
    run(whole, "model", 1, 1, 0);
    int kills = 0, runs = 0;
    Random random = new Random(1);
    long start = System.nanoTime();
    assertEquals(0,
        ChildJvm.start(ResumeTest.class, Files.createDirectory(folder.resolve("alone")).toString(), "1").waitFor());
    int time = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    while (kills < 100) {
      Path at = Files.createDirectories(folder.resolve("run" + runs++));
      while (!Files.exists(at.resolve("done"))) {
        start = System.nanoTime();
        Process process = ChildJvm.start(ResumeTest.class, at.toString(), Integer.toString(1 + kills % 3));
        if (process.waitFor(time / 2 + random.nextInt(time), TimeUnit.MILLISECONDS)) {
          time = Math.min(time, (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)); // a machine may calm down
        } else {
          process.destroyForcibly().waitFor();
          kills++;
        }
      }
      for (String file : List.of("model", "model.optimizer")) {
        assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(at.resolve(file)), file);
      }
    }
    System.out.println(kills + " kills in " + runs + " runs");
  }

  /** What is killed. */
  public static void main(String[] args) throws IOException {
    Path at = Path.of(args[0]);
    run(at, "model", Integer.parseInt(args[1]), 1, 0);
    Files.createFile(at.resolve("done"));
  }

  /** Listeners as users write them. */
  @Test
  void aListenerThatThrowsLeavesTheModelUsable() {
    try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1); Model model = model(compute)) {
      List<Integer> seen = new ArrayList<>();
      Fit fit = Fit.epochs(2).batchSize(16).listener(new InterruptAt(3, new long[1]));
      assertThrows(Interruption.class, () -> model.fit(data(), fit));
      model.fit(data(), Fit.epochs(2).batchSize(16).listener(new TrainingListener() {
        @Override
        public void onEpoch(History.Epoch epoch) {
          seen.add(epoch.number());
        }
      }));
      assertEquals(List.of(1, 2), seen);
    }
  }
}
