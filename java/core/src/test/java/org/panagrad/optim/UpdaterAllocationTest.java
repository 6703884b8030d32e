package org.panagrad.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;

/** Steps allocate nothing. */
@Tag("allocation")
@Isolated("counts threads")
class UpdaterAllocationTest {
  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void steps(Backend backend) {
    int size = backend == Backend.NATIVE ? 80_000 : 300;
    List<Optimizer> optimizers = List.of(Adam.of(1e-3),
        Adam.adamW(1e-3).clipNorm(1).averageWeights(0.9).skippingNonFinite().group("b", b -> b.learningRate(0.1)),
        NAdam.of(1e-3), Lamb.of(1e-3));
    for (Optimizer optimizer : optimizers) {
      for (int threads = 1; threads <= 2; threads++) {
        try (Compute compute = Compute.of(backend, Product.Choice.BUILTIN, threads);
            Arena arena = Arena.ofShared();
            Updater updater = new Updater(compute, optimizer)) {
          updater.add("a", arena.allocate(4L * size), arena.allocate(4L * size))
              .add("b", MemorySegment.ofArray(new float[size]), MemorySegment.ofArray(new float[size]))
              .measuring(true);
          Allocation.requireNone(backend + ", threads " + threads + ", " + optimizer, threads - 1, () -> {
            updater.accumulate(1);
            updater.step();
            updater.step();
          });
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void rows(Backend backend) {
    try (Compute compute = Compute.of(backend, Product.Choice.BUILTIN, 1);
        RowUpdater updater = new RowUpdater(compute, Adam.of(1e-3).clipNorm(1),
            MemorySegment.ofArray(new float[20 * 16]), 20, 16)) {
      MemorySegment rows = MemorySegment.ofArray(new int[]{3, 5, 3, 19, 0}),
          gradient = MemorySegment.ofArray(new float[5 * 16]);
      Allocation.requireNone(backend + "", 0, () -> updater.step(rows, gradient, 5));
    }
  }
}
