package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What AgreementTest does not see of the update rules in vectors: that they are made, and that they make nothing. */
class VectorRuleTest {
  private static final int N = 3 * 64 + 5;

  static Set<UpdateRule> rules() {
    return VectorRule.RULES;
  }

  private static MemorySegment ones(int n) {
    float[] x = new float[n];
    Arrays.fill(x, 1);
    return MemorySegment.ofArray(x);
  }

  /** Where no copy can be made the scalar form serves, which no other test would notice. */
  @ParameterizedTest
  @MethodSource("rules")
  void everyRuleHasItsLoops(UpdateRule rule) {
    for (VectorLoops loops : List.of(VectorLoops.of(MemorySegment.NULL.getClass()), VectorLoops.of(ones(1).getClass()),
        VectorLoops.ANY)) {
      assertNotNull(loops.rule(rule, true));
      assertNotNull(loops.rule(rule, false));
    }
  }

  /** On the heap, off it and on both, plain and with everything. */
  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("rules")
  void nothingIsAllocated(UpdateRule rule) {
    Kernels k = Backends.of(Backend.VECTOR);
    Update plain = OptimizerCases.update(rule, false), more = OptimizerCases.update(rule, true);
    try (Arena arena = Arena.ofConfined()) {
      for (int off = 0; off <= 2; off++) {
        MemorySegment[] x = new MemorySegment[6];
        for (int i = 0; i < x.length; i++) {
          x[i] = off == 2 || off == 1 && i == 0 ? arena.allocate(4L * N) : ones(N);
        }
        MemorySegment sums = ones(3), a = rule.states() > 0 ? x[2] : null, b = rule.states() > 1 ? x[3] : null,
            c = rule.states() > 2 ? x[4] : null, average = rule.reads() ? null : x[5];
        assertEquals(0, ComputeTest.allocated(() -> {
          k.update(plain, x[0], x[1], a, b, c, null, rule.reads() ? sums : null, 1, 0, N);
          k.update(more, x[0], x[1], a, b, c, average, sums, 1, 0, N);
        }), rule + ", " + off + " of 2 off the heap: bytes");
      }
    }
  }
}
