package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** Every op against its formula in double; {@link AgreementTest} carries this over to all other backends. */
class OracleTest {
  private static final long SEED = 2;

  /** Their gradients are 0 but for one or two places of a row, or everywhere; AgreementTest sees them written. */
  private static final Set<String> SPARSE = Set.of("nll_f32", "multi_class_hinge_f32", "zero_one_f32");

  static List<KernelCase> cases() {
    return KernelCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheFormula(KernelCase row) {
    long[] elements = new long[8], telling = new long[8];
    for (Size size : row.sizes()) {
      Setup setup = row.at().apply(size);
      int[][] initial = Arguments.initial(setup, Style.ORDINARY, SEED);
      double[][][] expected = setup.expect(Arguments.values(setup, initial));
      int[][] got = Arguments.of(setup, initial, Memory.HEAP).call(Backends.of(Backend.SCALAR)).results();
      double[][] values = Arguments.values(setup, java.util.Arrays.stream(got).map(x -> x == null ? new int[0] : x)
          .toArray(int[][]::new));
      for (int k = 0; k < initial.length; k++) {
        for (int i = 0; got[k] != null && i < got[k].length; i++) {
          double value = expected[0][k][i], within = expected[1][k][i];
          Place at = new Place(row, size, setup.arrays().get(k).name(), i);
          if (within == Setup.UNTOUCHED) {
            require(got[k][i] == initial[k][i], at, "was touched");
            continue;
          }
          require(got[k][i] != Arguments.UNWRITTEN, at, "was not written");
          if (!near(values[k][i], value, within)) {
            throw new AssertionError("%s is %s, expected %s within %s".formatted(at, values[k][i], value, within));
          }
          elements[k]++;
          telling[k] += Math.abs(value) > within ? 1 : 0;
        }
      }
    }
    for (int k = 0; k < elements.length; k++) {
      // an oracle that expects zeros, or anything between minus and plus, would be met by doing nothing
      assertTrue(telling[k] * 5 >= elements[k] || SPARSE.contains(row.name()),
          row + ": of array " + k + " only " + telling[k] + " of " + elements[k]
              + " expected elements differ from 0 by more than their tolerance");
    }
  }

  private static boolean near(double got, double value, double within) {
    return got == (float) value || Double.isNaN(value) && Float.isNaN((float) got) || Math.abs(got - value) <= within;
  }

  /** An element, in words where they are wanted: there are tens of millions. */
  private record Place(KernelCase row, Size size, String array, int index) {
    @Override
    public String toString() {
      return "%s %s seed %d: %s[%d]".formatted(row, size, SEED, array, index);
    }
  }

  private static void require(boolean holds, Place at, String otherwise) {
    if (!holds) {
      throw new AssertionError(at + " " + otherwise);
    }
  }
}
