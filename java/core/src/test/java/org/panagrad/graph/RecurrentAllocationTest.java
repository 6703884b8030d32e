package org.panagrad.graph;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;

/** After warm-up a step of a recurrent operation allocates nothing, also where batches differ in size. */
@Tag("allocation")
@Isolated("counts threads")
class RecurrentAllocationTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allocatesNothing(boolean gru) {
    RecurrentCase test = new RecurrentCase(gru, 34, 3, 2, 3, true, true, true, true, true);
    for (int threads = 1; threads <= 2; threads++) {
      try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.AUTO, threads);
          RecurrentNetwork network = new RecurrentNetwork(test, compute, test.batch())) {
        Allocation.requireNone(test + " on " + threads + " threads", threads - 1, () -> {
          network.step(34);
          network.step(5);
        });
      }
    }
  }
}
