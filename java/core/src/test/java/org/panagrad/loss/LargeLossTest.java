package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Reduction;

/** Losses of more than 2^31 elements, off the heap, their gradient in place of the prediction. */
@Tag("acceptance")
class LargeLossTest {
  private static final long ROWS = (1L << 21) + 3, COLUMNS = 1024, N = ROWS * COLUMNS, BYTES = 4 * N;
  /** Elements that differ from the zeros around them: before and behind what an int can count, and the last. */
  private static final long[] PLACES = {0, Integer.MAX_VALUE, 1L << 31, (1L << 31) + 1025, N - 1};

  @Test
  void elements() {
    assumeMemory(2 * BYTES);
    try (Compute compute = Compute.of(Backend.NATIVE); Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(BYTES, 64), target = arena.allocate(BYTES, 64);
      double sum = 0;
      for (int k = 0; k < PLACES.length; k++) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, PLACES[k], 3 + k);
        target.setAtIndex(ValueLayout.JAVA_FLOAT, PLACES[k], 1);
        sum += (2 + k) * (2 + k);
      }
      assertEquals(sum, LossCall.on(compute).of(x, target, x, ROWS, COLUMNS)
          .evaluate(Losses.meanSquaredError().reduction(Reduction.SUM)));
      for (int k = 0; k < PLACES.length; k++) {
        assertEquals(2 * (2 + k), x.getAtIndex(ValueLayout.JAVA_FLOAT, PLACES[k]), "gradient " + PLACES[k]);
        x.setAtIndex(ValueLayout.JAVA_FLOAT, PLACES[k], 0);
      }
      assertEquals(-1, x.mismatch(zeros(target)), "the rest is 0");
    }
  }

  private static MemorySegment zeros(MemorySegment target) {
    for (long place : PLACES) {
      target.setAtIndex(ValueLayout.JAVA_FLOAT, place, 0);
    }
    return target;
  }

  /** Rows of equal logits have the entropy ln 1024 and no gradient; of one that stands out it is known. */
  @Test
  void rows() {
    assumeMemory(BYTES);
    try (Compute compute = Compute.of(Backend.NATIVE); Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(BYTES, 64), losses = arena.allocate(4 * ROWS, 64);
      for (long place : PLACES) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, place, 1000); // all of its row's probability
      }
      LossCall.on(compute).of(x, x, x, ROWS, COLUMNS).losses(losses)
          .evaluate(Losses.entropy().reduction(Reduction.SUM));
      double even = Math.log(COLUMNS);
      for (long r = 0; r < ROWS; r++) {
        long row = r;
        boolean odd = Arrays.stream(PLACES).anyMatch(place -> place / COLUMNS == row);
        // the logarithm of an exact sum is within 1 ulp
        assertEquals(odd ? 0 : even, losses.getAtIndex(ValueLayout.JAVA_FLOAT, r), 0x1p-23 * even, "row " + r);
      }
      for (long i = (1L << 31) - 5000; i < N; i++) {
        if (x.getAtIndex(ValueLayout.JAVA_FLOAT, i) != 0) {
          fail("gradient " + i + " is " + x.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
      }
    }
  }

  private static void assumeMemory(long bytes) {
    assumeTrue(Backends.missing(Backend.NATIVE) == null, () -> Backends.missing(Backend.NATIVE));
    long free = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getFreeMemorySize();
    assumeTrue(free > bytes + (1L << 30), () -> bytes + " bytes are needed, " + free + " are free");
  }
}
