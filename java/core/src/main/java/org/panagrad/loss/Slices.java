package org.panagrad.loss;

import java.lang.foreign.MemorySegment;

/**
 * An array from each of its tiles on. They are made once for an array that comes again: a slice made anew is an object
 * on the heap once it reaches a native call.
 */
final class Slices {
  private MemorySegment whole = MemorySegment.NULL;
  private MemorySegment[] parts = {};
  private long step;

  /** From the floats 0, step, 2 step, ... on. */
  Slices of(MemorySegment array, long count, long step) {
    if (array != whole || step != this.step || count > parts.length) {
      parts = new MemorySegment[Math.toIntExact(count)];
      for (int i = 0; i < count; i++) {
        parts[i] = array.asSlice(4 * i * step);
      }
      whole = array;
      this.step = step;
    }
    return this;
  }

  MemorySegment at(long part) {
    return parts[(int) part];
  }
}
