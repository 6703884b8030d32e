package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.ChildJvm;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** Loading a library or calling a kernel leaves the thread's floating-point environment alone: denormals, rounding. */
class FloatingPointTest {
  @Test
  void survivesEveryCall() {
    assertEquals("[]", ChildJvm.run(ChildJvm.USUAL, Child.class).ok().value("spoiled"));
  }

  /** In a JVM of its own, so that the libraries are loaded by the thread that looks. */
  static final class Child {
    private static float denormal = 1e-40f, one = 1, tiny = 0x1p-25f;

    public static void main(String[] args) {
      List<String> spoiled = new java.util.ArrayList<>();
      check("the JVM", spoiled);
      for (Kernels kernels : Backends.all()) {
        check("loading", spoiled);
        for (KernelCase row : KernelCases.all()) {
          Setup setup = row.at().apply(row.sizes().get(4));
          try (Arena arena = Arena.ofConfined()) {
            int[][] initial = Arguments.initial(setup, Style.SPECIAL, 1);
            Arguments.of(setup, initial, Memory.HEAP).call(kernels);
            Arguments.of(setup, initial, Memory.nativeIn(arena)).call(kernels);
          }
          check(kernels.name() + " " + row, spoiled);
        }
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = arena.allocate(4 * 10_000, 64), y = arena.allocate(4 * 10_000, 64);
        Product.of(Product.Choice.AUTO, Backends.of(Backend.AUTO)).multiply(x, x, y, 100, 100, 100, 100, 100, false,
            false, 0, 100);
        check("the product", spoiled);
      }
      System.out.println("spoiled=" + spoiled);
    }

    /** Denormals neither flushed nor read as 0; ties go to even. */
    private static void check(String after, List<String> spoiled) {
      boolean fine = denormal * one == 1e-40f && denormal + denormal == 2.0 * denormal
          && 0x1p-100f * one * 0x1p-40f * one != 0
          && one + tiny == one && one + 3 * tiny == Math.nextUp(one) && -one - tiny == -one;
      if (!fine) {
        spoiled.add(after);
      }
    }
  }
}
