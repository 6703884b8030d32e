package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/**
 * How {@link OptimizerKernels#matrixSquares} cuts matrices that lie one behind the other. Tiles are counted along a
 * block of rows, then block by block, then matrix by matrix.
 *
 * @param matrices how many
 * @param rows     of each
 * @param columns  of each
 */
public record MatrixTiles(long matrices, long rows, long columns) {
  /** Rows of a tile that does not lie at an edge. */
  public static final int ROWS = 64;
  /** Its columns. */
  public static final int COLUMNS = 512;

  /**
   * Blocks of rows in a matrix.
   *
   * @return tiles below each other
   */
  public long blocks() {
    return Checks.parts(rows, ROWS);
  }

  /**
   * Tiles of a block of rows.
   *
   * @return tiles beside each other
   */
  public long across() {
    return Checks.parts(columns, COLUMNS);
  }

  /**
   * Tiles of all matrices.
   *
   * @return the end of the greatest range
   */
  public long count() {
    return matrices * blocks() * across();
  }

  /**
   * Sums of the rows.
   *
   * @return one for each row and tile that it passes
   */
  public long rowSums() {
    return matrices * rows * across();
  }

  /**
   * Sums of the columns.
   *
   * @return one for each column and block of rows
   */
  public long columnSums() {
    return matrices * blocks() * columns;
  }

  /** In canonical Java: native/src/cpu/kernels/adafactor.c. */
  void squares(Update u, MemorySegment parameter, MemorySegment gradient, MemorySegment rowSums,
      MemorySegment columnSums, long from, long to) {
    long blocks = blocks(), across = across();
    for (long i = from; i < to; i++) {
      long tile = i % across, block = i / across % blocks, matrix = i / across / blocks;
      long last = Math.min((block + 1) * ROWS, rows), column = tile * COLUMNS;
      long sums = (block * matrices + matrix) * columns + column;
      int width = (int) Math.min(COLUMNS, columns - column);
      for (long row = block * ROWS; row < last; row++) {
        long r = matrix * rows + row;
        set(rowSums, r * across + tile,
            row(u, parameter, gradient, r * columns + column, columnSums, sums, width, row == block * ROWS));
      }
    }
  }

  /** Returns the sum of a tile's row, from an element on, and adds to those of the columns. */
  private static float row(Update u, MemorySegment parameter, MemorySegment gradient, long from, MemorySegment sums,
      long sumsFrom, int width, boolean first) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (int c = 0; c < width; c++) {
      float g = u.followed(get(gradient, from + c) * u.gradientScale(), u.penalises() ? get(parameter, from + c) : 0);
      int p = c % ScalarKernels.PARTIALS;
      partial[p] = Math.fma(g, g, partial[p]);
      set(sums, sumsFrom + c, Math.fma(g, g, first ? 0 : get(sums, sumsFrom + c)));
    }
    return Partials.tree(partial);
  }
}
