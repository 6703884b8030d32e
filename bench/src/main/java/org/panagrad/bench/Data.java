package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Philox;

/** Memory with reproducible contents, on the heap or off it. */
public final class Data {
  private static final long SEED = 42;

  private Data() {
  }

  /** Floats, uniform in [low, high). */
  public static MemorySegment floats(String memory, long count, float low, float high, long stream) {
    MemorySegment x = memory.equals("heap")
        ? MemorySegment.ofArray(new float[Math.toIntExact(count)])
        : Arena.ofAuto().allocate(4 * count, 64);
    Backends.of(Backend.AUTO).uniform(x, low, high, SEED, stream, 0, count);
    return x;
  }

  /** Labels, uniform in [0, classes). */
  public static MemorySegment labels(String memory, long count, int classes) {
    MemorySegment x = memory.equals("heap")
        ? MemorySegment.ofArray(new int[Math.toIntExact(count)])
        : Arena.ofAuto().allocate(4 * count, 64);
    for (long i = 0; i < count; i++) {
      x.setAtIndex(JAVA_INT, i, Philox.below(SEED, -1, i, classes));
    }
    return x;
  }

  /** A copy in other memory. */
  public static float[] toArray(MemorySegment x) {
    return x.toArray(JAVA_FLOAT);
  }
}
