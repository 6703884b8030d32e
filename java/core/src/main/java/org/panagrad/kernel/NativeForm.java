package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What the native forms of all families share. A method says how much work a unit of its range is, so that calls on
 * heap arrays can be cut into short pieces; a single unit that is too long for that (a huge row on the heap) is done in
 * Java, which the JVM can stop anywhere, with the same bits.
 */
interface NativeForm {
  /** Elements of an elementwise kernel in a short call; 0 where all calls are long ones, and take no heap arrays. */
  long shortWork();

  /** Does the units that would be too long for a critical call. */
  Kernels java();

  /** Units of a short call when each costs as much as {@code work} elements; 0 for rows that are not there. */
  default long step(long work) {
    return shortWork() == 0 ? 0 : Math.max(1, shortWork() / Math.max(1, work));
  }

  /** As {@link #step}, where the units are elements and pieces must end at blocks. */
  default long blocks(long work) {
    return shortWork() == 0 ? 0 : Math.max(BLOCK, shortWork() / work);
  }

  /** Whether a unit on the heap would hold up the JVM for longer than about two short calls. */
  default boolean tooLong(long work, MemorySegment x, MemorySegment y) {
    return shortWork() > 0 && work > 2 * shortWork() && !(x.isNative() && y.isNative());
  }

  static MemorySegment orNull(@Nullable MemorySegment x) {
    return x == null ? MemorySegment.NULL : x;
  }
}
