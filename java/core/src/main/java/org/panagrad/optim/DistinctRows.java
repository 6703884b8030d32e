package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Gradients of rows of a table of which some may be the same row: added up, so that each row comes once, in the order in
 * which it came first. Additions are in the order of the rows given. Memory only grows.
 */
final class DistinctRows {
  private static final int FREE = -1;

  private final long columns;
  private MemorySegment rows = MemorySegment.NULL, gradient = MemorySegment.NULL;
  /** Open addressing: the place among the distinct rows, or FREE. */
  private int[] slots = new int[0];
  private int count;

  DistinctRows(long columns) {
    this.columns = columns;
  }

  /** Adds up. */
  void of(MemorySegment givenRows, MemorySegment givenGradient, int n) {
    grow(n);
    java.util.Arrays.fill(slots, FREE);
    count = 0;
    for (int r = 0; r < n; r++) {
      int row = givenRows.getAtIndex(JAVA_INT, r), slot = slot(row);
      if (slots[slot] == FREE) {
        slots[slot] = count;
        rows.setAtIndex(JAVA_INT, count, row);
        MemorySegment.copy(givenGradient, JAVA_FLOAT, 4 * r * columns, gradient, JAVA_FLOAT, 4 * count * columns,
            columns);
        count++;
      } else {
        add(givenGradient, r * columns, slots[slot] * columns);
      }
    }
  }

  private void grow(int n) {
    if (rows.byteSize() < 4L * n) {
      int capacity = Math.max(16, Math.toIntExact(Math.min(Integer.MAX_VALUE / 8, n + n / 2L)));
      rows = Arena.ofAuto().allocate(4L * Math.max(n, capacity), 64);
      gradient = Arena.ofAuto().allocate(4 * columns * Math.max(n, capacity), 64);
      slots = new int[Integer.highestOneBit(Math.max(n, capacity)) * 4];
    }
  }

  /** Where a row is, or would be. */
  private int slot(int row) {
    int mask = slots.length - 1, at = row * 0x9e3779b9 >>> 1 & mask;
    while (slots[at] != FREE && rows.getAtIndex(JAVA_INT, slots[at]) != row) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void add(MemorySegment given, long from, long to) {
    for (long c = 0; c < columns; c++) {
      gradient.setAtIndex(JAVA_FLOAT, to + c,
          gradient.getAtIndex(JAVA_FLOAT, to + c) + given.getAtIndex(JAVA_FLOAT, from + c));
    }
  }

  int count() {
    return count;
  }

  MemorySegment rows() {
    return rows;
  }

  MemorySegment gradient() {
    return gradient;
  }
}
