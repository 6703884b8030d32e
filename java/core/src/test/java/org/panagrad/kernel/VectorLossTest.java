package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;

/** What AgreementTest does not see of the losses in vectors: that they are made, and that they make nothing. */
class VectorLossTest {
  private static final int N = 3 * 64 + 5, COLUMNS = 7;

  static List<ElementLoss> losses() {
    return List.of(ElementLoss.meanSquaredError(), ElementLoss.meanAbsoluteError(), ElementLoss.huber(1),
        ElementLoss.smoothL1(1), ElementLoss.logCosh(), ElementLoss.quantile(0.3),
        ElementLoss.meanAbsolutePercentageError(), ElementLoss.poissonNll(true, false, 0),
        ElementLoss.binaryCrossEntropyLogits(2, 0.1), ElementLoss.hinge(1), ElementLoss.squaredHinge(1),
        ElementLoss.leastSquares(), ElementLoss.wasserstein(), ElementLoss.meanSquaredLogarithmicError(),
        ElementLoss.binaryCrossEntropy(0.1), ElementLoss.focal(2, 0.25), ElementLoss.kullbackLeibler(false));
  }

  private static MemorySegment ones(int n) {
    float[] x = new float[n];
    Arrays.fill(x, 1);
    return MemorySegment.ofArray(x);
  }

  /** Where no copy can be made the scalar form serves, which no other test would notice. */
  @Test
  void everyFormulaAndFunctionHasItsLoop() {
    assertEquals(VectorLoss.FORMULAS.size(), losses().size());
    for (Class<?> kind : List.of(MemorySegment.NULL.getClass(), ones(1).getClass())) {
      VectorLoops loops = VectorLoops.of(kind);
      VectorLoss.FORMULAS.forEach(formula -> assertNotNull(loops.loss(formula), formula::name));
      for (VectorElementary.Name name : VectorElementary.Name.values()) {
        assertNotNull(loops.elementary(name), name::name);
      }
      VectorCombination.FUNCTIONS.forEach(function -> assertNotNull(loops.combination(function), function::name));
    }
  }

  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("losses")
  void nothingIsAllocated(ElementLoss loss) {
    Kernels k = Backends.of(Backend.VECTOR);
    MemorySegment x = ones(N), t = ones(N), gradient = ones(N), each = ones(N), sums = ones(1), weights = ones(N);
    Allocation.requireNone(loss.toString(), () -> {
      k.elementLoss(loss, x, t, null, 1, gradient, null, sums, null, 1, 0, N);
      k.elementLoss(loss, x, t, weights, COLUMNS, gradient, each, sums, null, 1, 0, N);
      k.elementLoss(loss, x, t, weights, 1, null, null, sums, null, 1, 0, N);
    });
  }

  @Tag("allocation")
  @Test
  void functionsAllocateNothing() {
    Kernels k = Backends.of(Backend.VECTOR);
    MemorySegment x = ones(N), y = ones(N);
    Allocation.requireNone("functions", () -> {
      k.log(x, y, 0, N);
      k.log1p(x, y, 0, N);
      k.expm1(x, y, 0, N);
      k.tanh(x, y, 0, N);
      k.sigmoid(x, y, 0, N);
      k.softplus(x, y, 0, N);
      k.map(UnaryFunction.AFFINE, 2, 1, x, y, 0, N);
      k.map(UnaryFunction.LEAKY_RELU, 2, 1, x, y, 0, N);
      k.map(UnaryFunction.GELU, 2, 1, x, y, 0, N);
      k.map(UnaryFunction.SILU, 2, 1, x, y, 0, N);
      for (BinaryFunction function : VectorCombination.FUNCTIONS) {
        k.combine(function, x, Spread.FULL, x, Spread.FULL, y, N, 0, 1);
        k.combine(function, x, Spread.FULL, x, Spread.SCALAR, y, N, 0, 1);
      }
    });
  }
}
