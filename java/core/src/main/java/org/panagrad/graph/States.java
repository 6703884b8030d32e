package org.panagrad.graph;

import java.lang.foreign.MemorySegment;

/**
 * A state of a group's samples before the first position and after each: slots of as many rows as the group has
 * samples. The rows of a position have the same numbers in {@link #before} and {@link #after}, the same memory one slot
 * later.
 */
final class States {
  private final MemorySegment slots;
  private final MemorySegment[] after;
  private final long floats;

  /** Room for so many positions of up to so many samples. */
  States(Memory memory, long positions, int samples, long floats) {
    this.floats = floats;
    slots = memory.floats((positions + 1) * samples * floats);
    after = new MemorySegment[samples + 1];
  }

  /** The states before each position, row by row. */
  MemorySegment before() {
    return slots;
  }

  /** The states after each position where there are so many samples; made once for each number. */
  MemorySegment after(int samples) {
    if (after[samples] == null) {
      after[samples] = slots.asSlice(Float.BYTES * samples * floats);
    }
    return after[samples];
  }
}
