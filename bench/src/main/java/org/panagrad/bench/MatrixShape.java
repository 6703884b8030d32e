package org.panagrad.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product m x n with sums of length k, as a training step has it, one panel or tile at a time.
 *
 * @param m          rows
 * @param n          columns
 * @param k          length of the sums
 * @param transposed whether the left matrix holds its columns as rows
 * @param times      how often
 */
record MatrixShape(long m, long n, long k, boolean transposed, long times) {
  /** Floats of gathered windows and their outputs in a tile: Conv2DOp's. */
  private static final long TILE_FLOATS = 96 * 1024;

  /** Forward, gradient of the weights, and of the input where it is needed. */
  static List<MatrixShape> dense(long rows, long in, long out, boolean input) {
    List<MatrixShape> all = new ArrayList<>();
    all.add(new MatrixShape(rows, out, in, false, 1));
    all.add(new MatrixShape(in, out, rows, true, 1));
    if (input) {
      all.add(new MatrixShape(rows, in, out, false, 1));
    }
    return all;
  }

  /** The same, in the tiles that a convolution is cut into. */
  static List<MatrixShape> convolution(long images, long positions, long seen, long filters, boolean input) {
    long tileImages = Math.max(1, TILE_FLOATS / (positions * (seen + filters)));
    List<MatrixShape> all = new ArrayList<>();
    long whole = images / tileImages, rest = images % tileImages;
    dense(tileImages * positions, seen, filters, input).forEach(shape -> all.add(shape.times(whole)));
    dense(rest * positions, seen, filters, input).forEach(shape -> all.add(shape.times(rest == 0 ? 0 : 1)));
    return all.stream().filter(shape -> shape.times > 0).toList();
  }

  private MatrixShape times(long count) {
    return new MatrixShape(m, n, k, transposed, count);
  }

  double multiplyAdds() {
    return (double) times * m * n * k;
  }
}
