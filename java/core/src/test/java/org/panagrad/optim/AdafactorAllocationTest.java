package org.panagrad.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

/** A step with factors allocates nothing, neither in the caller nor in a helper thread. */
@Tag("allocation")
@Isolated("counts threads")
class AdafactorAllocationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void step(int threads) {
    for (Kernels kernels : Backends.all()) {
      try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, threads);
          Updater updater = new Updater(compute, Adafactor.of(0.01).clipNorm(1));
          Arena arena = Arena.ofShared()) {
        MemorySegment heap = MemorySegment.ofArray(new float[60]), off = arena.allocate(240, 4);
        updater.measuring(true).add("matrix", off, arena.allocate(240, 4), 2, 5, 6)
            .add("heap", heap, MemorySegment.ofArray(new float[60]), 6, 10)
            .add("vector", arena.allocate(240, 4), arena.allocate(240, 4));
        Allocation.requireNone(kernels.name() + ", threads " + threads, threads - 1, updater::step);
      }
    }
  }
}
