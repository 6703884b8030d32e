package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Storage;

/** Pieces of rows, copied one by one, so that the JVM can stop between them. */
final class Rows {
  private Rows() {
  }

  /**
   * Copies a piece of each row.
   *
   * @param storage    where the arrays lie
   * @param from       rows of fromColumns floats
   * @param fromColumn where the piece begins there
   * @param to         rows of toColumns floats
   * @param toColumn   where it goes
   * @param width      floats of the piece
   * @param first      row
   * @param end        behind the last row
   */
  static void copy(Storage storage, MemorySegment from, long fromColumns, long fromColumn, MemorySegment to,
      long toColumns,
      long toColumn, long width, long first, long end) {
    storage.download(from);
    storage.download(to);
    for (long r = first; r < end; r++) {
      MemorySegment.copy(from, 4 * (r * fromColumns + fromColumn), to, 4 * (r * toColumns + toColumn), 4 * width);
    }
    storage.upload(to);
  }
}
