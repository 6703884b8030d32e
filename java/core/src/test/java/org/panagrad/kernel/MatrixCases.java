package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.OptimizerCases.RATIO;
import static org.panagrad.kernel.OptimizerCases.begin;
import static org.panagrad.kernel.OptimizerCases.put;
import static org.panagrad.kernel.Rounded.exact;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.List;

/** {@link KernelCases} of updates of matrices, by what their rows and columns have. A size's depth counts matrices. */
final class MatrixCases {
  private static final List<Size> SIZES = List.of(Size.of(5, 7, 0), Size.of(1, 1, 1), Size.of(3, 3, 4),
      Size.of(7, 17, 3), Size.of(200, 10, 1), Size.of(63, 511, 1), Size.of(65, 513, 2), Size.of(2, 4101, 1),
      Size.of(130, 64, 2));

  private MatrixCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("matrix_squares_f32", MatrixCases::squares, KernelCases.pairwise(SIZES, 1)),
        new KernelCase("update_matrix_f32", MatrixCases::update, KernelCases.pairwise(SIZES, 4)));
  }

  /** A sum of squares. */
  private static final class Sum {
    private double value, error;
    private boolean unsure;

    void add(OptimizerCases.Step e) {
      Rounded square = e.g.times(e.g);
      value += square.value();
      error += square.error();
      unsure |= e.unsure;
    }

    void put(double[] out, double[] within, long i, double additions) {
      OptimizerCases.put(out, within, i, new Rounded(value, error + additions * (EPS * (value + error) + TINY)),
          unsure);
    }
  }

  /** Option 0: everything beside the rule. */
  private static Setup squares(Size s) {
    boolean more = s.option(0);
    long columns = s.columns(), rows = s.rows(), n = s.depth() * rows * columns;
    MatrixTiles tiles = new MatrixTiles(s.depth(), rows, columns);
    Update update = OptimizerCases.update(UpdateRule.ADAFACTOR, more);
    return new Setup().in("parameter", n, -1, 1).in("gradient", n, -1, 1).out("rowSums", tiles.rowSums())
        .out("columnSums", tiles.columnSums()).range(0, tiles.count())
        .call((k, a, from, to) -> k.matrixSquares(update, a[0], a[1], a[2], a[3], tiles, from, to))
        .oracle((in, out, within) -> {
          for (long r = 0; r < s.depth() * rows; r++) {
            for (long tile = 0; tile < tiles.across(); tile++) {
              long from = r * columns + tile * MatrixTiles.COLUMNS;
              int width = (int) Math.min(MatrixTiles.COLUMNS, columns - tile * MatrixTiles.COLUMNS);
              sum(in, more, from, width, 1).put(out[2], within[2], r * tiles.across() + tile, roundings(width));
            }
          }
          for (long i = 0; i < tiles.columnSums(); i++) {
            long row = i / columns / s.depth() * MatrixTiles.ROWS, matrix = i / columns % s.depth();
            int height = (int) Math.min(MatrixTiles.ROWS, rows - row);
            long from = (matrix * rows + row) * columns + i % columns;
            // one addition after the other
            sum(in, more, from, height, columns).put(out[3], within[3], i, height);
          }
        });
  }

  private static Sum sum(double[][] in, boolean more, long from, int count, long stride) {
    Sum sum = new Sum();
    for (int k = 0; k < count; k++) {
      int i = (int) (from + k * stride);
      sum.add(begin(more, in[0][i], in[1][i]));
    }
    return sum;
  }

  /** Options: 0 everything beside the rule, 1 norms, 2 an average of weights, 3 reads alone. */
  private static Setup update(Size s) {
    boolean more = s.option(0), reads = s.option(3), counts = reads || s.option(1), averages = !reads && s.option(2);
    long columns = s.columns(), rows = s.rows(), n = s.depth() * rows * columns;
    Update update = OptimizerCases.update(reads ? UpdateRule.ADAFACTOR_SQUARES : UpdateRule.ADAFACTOR, more);
    Setup setup = reads
        ? new Setup().in("parameter", n, -1, 1).in("gradient", n, -1, 1)
        : new Setup().inOut("parameter", n, -1, 1).inOut("gradient", n, -1, 1);
    setup = setup.in("rowRoots", s.depth() * rows, 0, 2).in("columnRoots", s.depth() * columns, 0, 1);
    setup = averages ? setup.inOut("average", n, -1, 1) : setup;
    setup = counts ? setup.out("sums", 3 * Checks.parts(n, Kernels.BLOCK)) : setup;
    int sums = averages ? 5 : 4;
    return setup.range(0, n).grain(Kernels.BLOCK)
        .call((k, a, from, to) -> k.updateMatrix(update, a[0], a[1], a[2], a[3], averages ? a[4] : null,
            counts ? a[sums] : null, RATIO, rows, columns, from, to))
        .oracle((in, out, within) -> {
          for (long from = 0; from < n; from += Kernels.BLOCK) {
            OptimizerCases.Squares squares = new OptimizerCases.Squares();
            long to = Math.min(n, from + Kernels.BLOCK);
            boolean unsure = false;
            for (int i = (int) from; i < to; i++) {
              OptimizerCases.Step e = begin(more, in[0][i], in[1][i]);
              long row = i / columns, column = row / rows * columns + i % columns;
              OptimizerCases.byRoot(e, exact(in[2][(int) row]).times(exact(in[3][(int) column])));
              unsure |= e.unsure;
              squares.add(0, OptimizerCases.scaled(more, in[1][i]));
              squares.add(1, reads ? e.direction : e.p.minus(e.old));
              squares.add(2, reads ? e.old : e.p);
              if (!reads) {
                put(out[0], within[0], i, e.p, e.unsure);
                OptimizerCases.clear(more, in[1][i], out[1], within[1], i);
              }
              if (averages) {
                put(out[4], within[4], i, OptimizerCases.mix(0.9f, exact(in[4][i]), 0.1f, e.p), e.unsure);
              }
            }
            if (counts) {
              squares.put(out[sums], within[sums], from / Kernels.BLOCK, to - from, unsure);
            }
          }
        });
  }
}
