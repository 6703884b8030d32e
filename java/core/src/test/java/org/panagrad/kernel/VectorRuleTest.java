package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;

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

  /** With everything beside the rule; UpdaterAllocationTest has other memory, and steps of the rule alone. */
  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("rules")
  void nothingIsAllocated(UpdateRule rule) {
    Kernels k = Backends.of(Backend.VECTOR);
    Update update = new Update(rule).gradientScale(2).clipValue(1).penalties(0.1f, 0.1f).shrink(0.9f)
        .average(0.9f, 0.1f).clearGradient(true);
    MemorySegment parameter = ones(N), gradient = ones(N), sums = ones(3), average = rule.reads() ? null : ones(N);
    MemorySegment[] states = new MemorySegment[UpdateRule.STATES];
    for (int i = 0; i < rule.states(); i++) {
      states[i] = ones(N);
    }
    Allocation.requireNone(rule.toString(),
        () -> k.update(update, parameter, gradient, states[0], states[1], states[2], average, sums, 1, 0, N));
  }
}
