package org.panagrad.graph;

/** How work is cut into parts: by its shape alone, so that the number of threads changes no bit. */
final class Panels {
  /** Multiply-adds that are worth handing to another thread. */
  private static final long WORTH = 1 << 19;
  private static final long MULTIPLE = 16;

  private Panels() {
  }

  /** Rows of a product's panel when a row costs this many multiply-adds. */
  static long rows(long work) {
    long rows = WORTH / Math.max(1, work) + 1;
    return (rows + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  }

  /** Parts of this many rows. */
  static long count(long rows, long part) {
    return (rows + part - 1) / part;
  }
}
