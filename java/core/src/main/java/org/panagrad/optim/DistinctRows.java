package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.panagrad.kernel.Storage;

/**
 * Gradients of rows of a table of which some may be the same row: added up, so that each row comes once, in the order
 * in which it came first. Additions are in the order of the rows given. Memory only grows.
 */
final class DistinctRows {
  private static final int FREE = -1;

  private final Storage storage;
  private final long columns;
  private MemorySegment rows = MemorySegment.NULL, gradient = MemorySegment.NULL;
  /** Open addressing: the place among the distinct rows, or FREE. */
  private int[] slots = new int[0];
  private int count, mask;

  DistinctRows(Storage storage, long columns) {
    this.storage = storage;
    this.columns = columns;
  }

  /** Adds up. */
  void of(MemorySegment givenRows, MemorySegment givenGradient, int n) {
    grow(n);
    if (storage.reaches(givenGradient)) {
      storage.download(givenGradient);
    }
    mask = mask(n);
    Arrays.fill(slots, 0, mask + 1, FREE);
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
    storage.upload(rows);
    storage.upload(gradient);
  }

  private void grow(int n) {
    if (rows.byteSize() < 4L * n) {
      int capacity = Math.max(16, Math.toIntExact(Math.min(Integer.MAX_VALUE / 8, n + n / 2L)));
      rows = storage.allocate(4L * Math.max(n, capacity));
      gradient = storage.allocate(4 * columns * Math.max(n, capacity));
      slots = new int[mask(Math.max(n, capacity)) + 1];
    }
  }

  /** Of at least twice as many slots as rows: a small batch need not clear those of a great one. */
  private static int mask(int n) {
    return Integer.highestOneBit(Math.max(n, 16)) * 4 - 1;
  }

  /** Where a row is, or would be. */
  private int slot(int row) {
    // the upper bits of the product, on which all bits of the row have an influence
    int at = row * 0x9e3779b9 >>> Integer.numberOfLeadingZeros(mask);
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
