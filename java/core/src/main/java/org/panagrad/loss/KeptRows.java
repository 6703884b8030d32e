package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Storage;

/** The rows of a batch whose weight is not 0, moved together, and back again. Nothing is moved where all are kept. */
final class KeptRows {
  /** Elements of a copy of some microseconds, between which the JVM can stop. */
  private static final long PIECE = 1 << 14;

  private final Storage storage;
  private int[] places = {};
  private int count;
  private long rows;

  KeptRows(Storage storage) {
    this.storage = storage;
  }

  /** Looks which rows there are. */
  void choose(@Nullable MemorySegment weights, long rows) {
    this.rows = rows;
    count = Math.toIntExact(rows);
    if (weights == null) {
      return;
    }
    if (places.length < rows) {
      places = new int[count + count / 2];
    }
    count = 0;
    for (int r = 0; r < rows; r++) {
      if (weights.getAtIndex(JAVA_FLOAT, r) != 0) {
        places[count++] = r;
      }
    }
  }

  /** Rows that are kept. */
  int count() {
    return count;
  }

  /** The kept rows of an array: itself, if that is all of them, else a copy in the memory that is given. */
  MemorySegment gather(MemorySegment all, MemorySegment memory, long columns) {
    if (count == rows) {
      return all;
    }
    storage.download(all);
    for (int i = 0; i < count; i++) {
      copy(all, places[i] * columns, memory, i * columns, columns);
    }
    storage.upload(memory);
    return memory;
  }

  /** Writes the rows back to their places, and zeros where there is none. */
  void scatter(MemorySegment gathered, MemorySegment all, long columns) {
    storage.download(gathered);
    scatterHere(gathered, all, columns);
    if (storage.onDevice()) { // nothing behind the rows: it may be another's
      storage.upload(all.asSlice(0, 4 * rows * columns));
    }
  }

  private void scatterHere(MemorySegment gathered, MemorySegment all, long columns) {
    if (count == rows) {
      copy(gathered, 0, all, 0, rows * columns);
      return;
    }
    int next = 0;
    for (int r = 0; r < rows; r++) {
      if (next < count && places[next] == r) {
        copy(gathered, next++ * columns, all, r * columns, columns);
      } else {
        for (long c = 0; c < columns; c++) {
          all.setAtIndex(JAVA_FLOAT, r * columns + c, 0);
        }
      }
    }
  }

  private static void copy(MemorySegment from, long first, MemorySegment to, long at, long n) {
    for (long i = 0; i < n; i += PIECE) {
      MemorySegment.copy(from, 4 * (first + i), to, 4 * (at + i), 4 * Math.min(PIECE, n - i));
    }
  }
}
