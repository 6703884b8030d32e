package org.panagrad.loss;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** A warm {@link LossCall} allocates nothing, whatever it is filled with. */
@Tag("allocation")
@Isolated("counts threads")
class LossAllocationTest {
  private static final int COLUMNS = 10;

  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void lossCall(Backend backend) {
    // more than a part's work, for the helper to share; Java's slow loops would take too long for that
    int rows = backend == Backend.NATIVE ? 7_000 : 20;
    for (int threads = 1; threads <= 2; threads++) {
      try (Compute compute = Compute.of(backend, Product.Choice.BUILTIN, threads); Arena arena = Arena.ofShared()) {
        repeat(LossCall.on(compute), arena, rows, backend + ", threads " + threads, threads - 1);
      }
    }
  }

  private static void repeat(LossCall call, Arena arena, int rows, String what, int helpers) {
    int n = rows * COLUMNS;
    float[] x = new float[n], target = new float[n], gradient = new float[n], losses = new float[n],
        sampleWeight = new float[rows], elementWeight = new float[n];
    Arrays.fill(sampleWeight, 0.5f);
    Arrays.fill(elementWeight, 2);
    int[] labels = new int[rows];
    MemorySegment off = arena.allocate(ValueLayout.JAVA_FLOAT, n),
        offLabels = arena.allocate(ValueLayout.JAVA_INT, rows);
    LossStatistics statistics = new LossStatistics();
    Loss squares = Losses.meanSquaredError(), binary = Losses.binaryCrossEntropy(),
        entropy = Losses.softmaxCrossEntropy(), ignoring = Losses.softmaxCrossEntropy().ignoreIndex(3)
            .classWeight(1, 1, 1, 1, 1, 1, 1, 1, 1, 1).reduction(Reduction.SUM_OVER_BATCH_SIZE);
    Allocation.requireNone(what, helpers, new Runnable() {
      private double sum;

      @Override
      public void run() {
        sum += call.of(x, target, gradient, rows, COLUMNS).evaluate(squares);
        sum += call.of(x, target, gradient, rows, COLUMNS).elementWeight(elementWeight).losses(losses)
            .evaluate(binary);
        sum += call.of(x, labels, gradient, rows, COLUMNS).evaluate(entropy);
        sum += call.of(x, labels, null, rows, COLUMNS).sampleWeight(sampleWeight).statistics(statistics)
            .evaluate(ignoring);
        sum += call.statistics(null).of(off, offLabels, off, rows, COLUMNS).evaluate(entropy);
      }
    });
  }
}
