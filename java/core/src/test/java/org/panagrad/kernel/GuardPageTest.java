package org.panagrad.kernel;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.ffi.GuardPages;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** No kernel touches a byte beyond its arrays, before or after: a fault ends the JVM, and its log names the kernel. */
class GuardPageTest {
  private static final long SEED = 4;
  /** Bytes: longer arrays end in the same ways. */
  private static final long LARGEST = 400_000;

  static List<KernelCase> cases() {
    return KernelCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysWithinItsArrays(KernelCase row) {
    for (Size size : row.sizes()) {
      Setup setup = row.at().apply(size);
      if (setup.bytes() > LARGEST) {
        continue;
      }
      int[][] initial = Arguments.initial(setup, Style.ORDINARY, SEED);
      int[][] expected = Arguments.of(setup, initial, Memory.HEAP).call(Backends.of(Backend.SCALAR)).results();
      for (boolean atEnd : new boolean[]{true, false}) {
        try (GuardPages pages = new GuardPages()) {
          Arguments arguments = Arguments.of(setup, initial,
              (array, _) -> pages.allocate(4L * array.length(), atEnd));
          for (Kernels kernels : Backends.all()) {
            String where = row + " " + size + " seed " + SEED + " on " + kernels.name() + (atEnd ? " before" : " after")
                + " a guard page";
            arguments.refill();
            check(setup, expected, arguments.call(kernels), where);
            arguments.refill();
            callHalves(setup, kernels, arguments);
            check(setup, expected, arguments, where + ", in halves");
          }
        }
      }
    }
  }

  private static void callHalves(Setup setup, Kernels kernels, Arguments arguments) {
    long grains = (setup.to() - setup.from()) / setup.grain();
    long middle = setup.from() + grains / 2 * setup.grain();
    setup.call(kernels, arguments.segments(), setup.from(), middle);
    setup.call(kernels, arguments.segments(), middle, setup.to());
  }

  private static void check(Setup setup, int[][] expected, Arguments arguments, String where) {
    Arguments.assertSame(setup, expected, arguments.results(), where);
  }
}
