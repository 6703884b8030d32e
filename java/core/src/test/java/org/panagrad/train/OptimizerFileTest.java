package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batches;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeTensors;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Adafactor;
import org.panagrad.optim.Adam;
import org.panagrad.optim.NAdam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

class OptimizerFileTest {
  @TempDir
  Path folder;

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.1), Sgd.momentum(0.1, 0.9), RmsProp.of(1e-3), Adam.amsgrad(1e-3),
        NAdam.of(1e-3).averageWeights(0.9), Adafactor.of(1e-2));
  }

  private static Model model(Compute compute, Optimizer optimizer, long seed) {
    return Networks.small().seed(seed).on(compute).compile(optimizer, Losses.softmaxCrossEntropy());
  }

  private static void train(Model model, int from, int to) {
    for (int step = from; step < to; step++) {
      Networks.step(model, new Batches(Networks.random(16, 60, 3, step), 16).load(0));
    }
  }

  /** Saved after the first part, read into another model: the end has the bits of a run in one go. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void aRunGoesOn(Optimizer optimizer) throws IOException {
    Path parameters = folder.resolve("model.safetensors"), states = folder.resolve("optimizer.safetensors");
    try (Compute compute = Compute.of(Backend.AUTO);
        Model first = model(compute, optimizer, 1);
        Model second = model(compute, optimizer, 2)) {
      train(first, 0, 5);
      first.save(parameters);
      first.saveOptimizer(states);
      second.load(parameters);
      second.loadOptimizer(states);
      train(first, 5, 9);
      train(second, 5, 9);
      assertArrayEquals(first.snapshot(), second.snapshot());
      assertEquals(first.updater().steps(), second.updater().steps());
    }
  }

  @Test
  void namesAreOfPyTorch() throws IOException {
    Path states = folder.resolve("optimizer.safetensors");
    try (Compute compute = Compute.of(Backend.AUTO);
        Model model = model(compute, Adam.of(1e-3), 1);
        Arena arena = Arena.ofConfined()) {
      train(model, 0, 2);
      model.saveOptimizer(states);
      SafeTensors file = SafeTensors.read(states, arena);
      assertEquals("2", file.metadata().get("panagrad.step"));
      assertTrue(String.valueOf(file.metadata().get("panagrad.optimizer")).startsWith("{\"name\":\"adam\""));
      for (String name : model.updater().names()) {
        assertTrue(file.names().containsAll(List.of(name + ".exp_avg", name + ".exp_avg_sq")), name);
      }
    }
  }

  @Test
  void otherStatesAreRefused() throws IOException {
    Path states = folder.resolve("optimizer.safetensors");
    try (Compute compute = Compute.of(Backend.AUTO);
        Model adam = model(compute, Adam.of(1e-3), 1);
        Model momentum = model(compute, Sgd.momentum(0.1, 0.9), 1);
        Model amsgrad = model(compute, Adam.amsgrad(0.1), 1)) {
      adam.saveOptimizer(states);
      refused("momentum_buffer", () -> momentum.loadOptimizer(states));
      refused("max_exp_avg_sq", () -> amsgrad.loadOptimizer(states));
      amsgrad.saveOptimizer(states);
      refused("states that this optimizer does not have", () -> adam.loadOptimizer(states));
      adam.save(states);
      refused("panagrad.step", () -> adam.loadOptimizer(states));
      Files.write(states, new byte[]{1, 2, 3});
      assertThrows(DataException.class, () -> adam.loadOptimizer(states));
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void refused(String message, Work work) {
    String said = String.valueOf(assertThrows(DataException.class, work::run).getMessage());
    assertTrue(said.contains(message), said);
  }
}
