package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.pairwise;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Rounded.exact;
import static org.panagrad.kernel.Setup.EPS;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/** {@link KernelCases} of layer norm and batch norm. Options 0 and 1: no gamma, no beta. */
final class NormCases {
  private static final float EPSILON = 1e-5f;
  /** Rows, columns, rows of a block. */
  private static final List<Size> BLOCKS = List.of(Size.of(0, 5, 7), Size.of(1, 1, 1), Size.of(10, 3, 4),
      Size.of(65, 16, 64), Size.of(130, 15, 65), Size.of(300, 65, 128), Size.of(4097, 3, 4096), Size.of(5, 4097, 2));

  /** The longest row is more than native code takes from the heap in one call: once is enough for it. */
  private static List<Size> matrices(int options) {
    List<Size> small = List.of(Size.of(1, 1), Size.of(7, 10), Size.of(5, 17), Size.of(0, 10), Size.of(4, 65),
        Size.of(3, 4097));
    return Stream.concat(pairwise(small, options).stream(), Stream.of(Size.of(2, 32_771))).toList();
  }

  private NormCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("layer_norm_f32", NormCases::layerNorm, matrices(2)),
        new KernelCase("layer_norm_backward_f32", NormCases::layerNormBackward, matrices(1)),
        new KernelCase("norm_parameter_sums_f32", NormCases::normParameterSums, pairwise(BLOCKS, 1)),
        new KernelCase("column_squares_f32", NormCases::columnSquares, BLOCKS),
        new KernelCase("batch_norm_f32", NormCases::batchNorm, matrices(2)),
        new KernelCase("batch_norm_backward_f32", NormCases::batchNormBackward, matrices(1)));
  }

  /** A canonical sum, and how far it may be off. */
  private static final class Sum {
    private double value, magnitude, error;
    private long terms;

    void add(Rounded term) {
      value += term.value();
      magnitude += Math.abs(term.value());
      error += term.error();
      terms++;
    }

    /** Of one block, as it comes out in float. */
    Rounded total() {
      return new Rounded(value, error + roundings(terms) * EPS * (magnitude + error));
    }

    /** Over all blocks, whose sum is double. */
    Rounded mean() {
      return new Rounded(value / terms, total().error() / terms);
    }
  }

  /** A mean that is kept as a float. */
  private static Rounded narrow(Rounded x) {
    return x.times(exact(1));
  }

  private static Rounded normalized(double x, Rounded mean, Rounded inverse) {
    return exact(x).minus(mean).times(inverse);
  }

  private static Rounded scaled(Rounded xhat, double gamma, double beta) {
    return xhat.times(exact(gamma)).plus(exact(beta));
  }

  /** 1 / sqrt(variance + epsilon): steepest where the variance is least. */
  private static Rounded inverse(Rounded variance) {
    double value = 1 / Math.sqrt(variance.value() + EPSILON);
    double most = 1 / Math.sqrt(Math.max(0, variance.value() - variance.error()) + EPSILON);
    return narrow(new Rounded(value, most - value));
  }

  // layer norm

  private static Setup layerNorm(Size s) {
    long rows = s.rows(), columns = s.columns(), n = rows * columns;
    boolean scale = !s.option(0), shift = !s.option(1);
    Setup setup = new Setup().in("x", n, -1, 1).in("gamma", columns, 0.5, 2).in("beta", columns, -1, 1).out("y", n)
        .orIs(0).out("means", rows).out("inverseDeviations", rows).range(0, rows)
        .call((k, a, from, to) -> k.layerNorm(a[0], scale ? a[1] : null, shift ? a[2] : null, a[3], a[4], a[5], columns,
            EPSILON, from, to))
        .oracle((in, out, within) -> {
          for (int r = 0; r < rows; r++) {
            Rounded mean = rowMean(in[0], r, columns), inverse = inverse(rowVariance(in[0], r, columns, mean));
            mean.put(out[4], within[4], r);
            inverse.put(out[5], within[5], r);
            for (int c = 0; c < columns; c++) {
              int i = (int) (r * columns + c);
              scaled(normalized(in[0][i], mean, inverse), scale ? in[1][c] : 1, shift ? in[2][c] : 0)
                  .put(out[3], within[3], i);
            }
          }
        })
        .gradient(0, 3, Double.NaN, (k, a, dy, dx) -> k.layerNormBackward(a[0], scale ? a[1] : null, a[4], a[5], dy,
            dx, columns, 0, rows));
    if (scale) {
      setup.gradient(1, 3, Double.NaN,
          (k, a, dy, dx) -> k.normParameterSums(a[0], a[4], a[5], false, dy, dx, floats(columns), rows, columns, 4096,
              0, 1));
    }
    if (shift) {
      setup.gradient(2, 3, Double.NaN,
          (k, a, dy, dx) -> k.normParameterSums(a[0], a[4], a[5], false, dy, floats(columns), dx, rows, columns, 4096,
              0, 1));
    }
    return setup;
  }

  private static MemorySegment floats(long n) {
    return MemorySegment.ofArray(new float[(int) n]);
  }

  private static Rounded rowMean(double[] x, int row, long columns) {
    Sum sum = new Sum();
    for (int c = 0; c < columns; c++) {
      sum.add(exact(x[(int) (row * columns + c)]));
    }
    return narrow(sum.mean());
  }

  private static Rounded rowVariance(double[] x, int row, long columns, Rounded mean) {
    Sum sum = new Sum();
    for (int c = 0; c < columns; c++) {
      Rounded d = exact(x[(int) (row * columns + c)]).minus(mean);
      sum.add(d.times(d));
    }
    return sum.mean();
  }

  private static Setup layerNormBackward(Size s) {
    long rows = s.rows(), columns = s.columns(), n = rows * columns;
    boolean scale = !s.option(0);
    return new Setup().in("x", n, -1, 1).in("gamma", columns, 0.5, 2).in("means", rows, -0.5, 0.5)
        .in("inverseDeviations", rows, 0.5, 2).in("dy", n, -1, 1).out("dx", n).orIs(4).range(0, rows)
        .call((k, a, from, to) -> k.layerNormBackward(a[0], scale ? a[1] : null, a[2], a[3], a[4], a[5], columns, from,
            to))
        .oracle((in, out, within) -> {
          for (int r = 0; r < rows; r++) {
            Rounded mean = exact(in[2][r]), inverse = exact(in[3][r]);
            Sum gradients = new Sum(), products = new Sum();
            for (int c = 0; c < columns; c++) {
              int i = (int) (r * columns + c);
              Rounded g = exact(in[4][i]).times(exact(scale ? in[1][c] : 1));
              gradients.add(g);
              products.add(g.times(normalized(in[0][i], mean, inverse)));
            }
            Rounded gradient = narrow(gradients.mean()), product = narrow(products.mean());
            for (int c = 0; c < columns; c++) {
              int i = (int) (r * columns + c);
              Rounded g = exact(in[4][i]).times(exact(scale ? in[1][c] : 1));
              back(g.minus(gradient), normalized(in[0][i], mean, inverse), product).times(inverse)
                  .put(out[5], within[5], i);
            }
          }
        });
  }

  private static Rounded back(Rounded centred, Rounded xhat, Rounded product) {
    return centred.minus(xhat.times(product));
  }

  // sums of columns

  /** Depth: rows of a block. Option 0: means and inverse deviations belong to the columns. */
  private static Setup normParameterSums(Size s) {
    long rows = s.rows(), columns = s.columns(), blockRows = s.depth(), blocks = Checks.parts(rows, blockRows);
    boolean perColumn = s.option(0);
    long statistics = perColumn ? columns : rows;
    return new Setup().in("x", rows * columns, -1, 1).in("means", statistics, -0.5, 0.5)
        .in("inverseDeviations", statistics, 0.5, 2).in("dy", rows * columns, -1, 1)
        .out("gammaSums", blocks * columns).out("betaSums", blocks * columns).range(0, blocks)
        .call((k, a, from, to) -> k.normParameterSums(a[0], a[1], a[2], perColumn, a[3], a[4], a[5], rows, columns,
            blockRows, from, to))
        .oracle((in, out, within) -> {
          for (long unit = 0; unit < blocks * columns; unit++) {
            long first = unit / columns * blockRows, c = unit % columns;
            Sum products = new Sum(), gradients = new Sum();
            for (long r = first; r < Math.min(rows, first + blockRows); r++) {
              int i = (int) (r * columns + c), statistic = (int) (perColumn ? c : r);
              Rounded d = exact(in[3][i]);
              products.add(d.times(normalized(in[0][i], exact(in[1][statistic]), exact(in[2][statistic]))));
              gradients.add(d);
            }
            products.total().put(out[4], within[4], unit);
            gradients.total().put(out[5], within[5], unit);
          }
        });
  }

  /** Depth: rows of a block. */
  private static Setup columnSquares(Size s) {
    long rows = s.rows(), columns = s.columns(), blockRows = s.depth(), blocks = Checks.parts(rows, blockRows);
    return new Setup().in("x", rows * columns, -1, 1).in("means", columns, -0.5, 0.5).out("sums", blocks * columns)
        .range(0, blocks)
        .call((k, a, from, to) -> k.columnSquares(a[0], a[1], a[2], rows, columns, blockRows, from, to))
        .oracle((in, out, within) -> {
          for (long unit = 0; unit < blocks * columns; unit++) {
            long first = unit / columns * blockRows, c = unit % columns;
            Sum squares = new Sum();
            for (long r = first; r < Math.min(rows, first + blockRows); r++) {
              Rounded d = exact(in[0][(int) (r * columns + c)]).minus(exact(in[1][(int) c]));
              squares.add(d.times(d));
            }
            squares.total().put(out[2], within[2], unit);
          }
        });
  }

  // batch norm

  private static Setup batchNorm(Size s) {
    long rows = s.rows(), columns = s.columns(), n = rows * columns;
    boolean scale = !s.option(0), shift = !s.option(1);
    Setup setup = new Setup().in("x", n, -1, 1).in("means", columns, -0.5, 0.5)
        .in("inverseDeviations", columns, 0.5, 2).in("gamma", columns, 0.5, 2).in("beta", columns, -1, 1).out("y", n)
        .orIs(0).range(0, rows)
        .call((k, a, from, to) -> k.batchNorm(a[0], a[1], a[2], scale ? a[3] : null, shift ? a[4] : null, a[5],
            columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            int c = (int) (i % columns);
            scaled(normalized(in[0][i], exact(in[1][c]), exact(in[2][c])), scale ? in[3][c] : 1, shift ? in[4][c] : 0)
                .put(out[5], within[5], i);
          }
        })
        .gradient(0, 5, Double.NaN, (k, a, dy, dx) -> k.batchNormBackward(a[0], a[1], a[2], scale ? a[3] : null,
            floats(columns), floats(columns), dy, dx, columns, 0, rows));
    if (scale) {
      setup.gradient(3, 5, Double.NaN,
          (k, a, dy, dx) -> k.normParameterSums(a[0], a[1], a[2], true, dy, dx, floats(columns), rows, columns, 4096,
              0, 1));
    }
    if (shift) {
      setup.gradient(4, 5, Double.NaN,
          (k, a, dy, dx) -> k.normParameterSums(a[0], a[1], a[2], true, dy, floats(columns), dx, rows, columns, 4096,
              0, 1));
    }
    return setup;
  }

  private static Setup batchNormBackward(Size s) {
    long rows = s.rows(), columns = s.columns(), n = rows * columns;
    boolean scale = !s.option(0);
    return new Setup().in("x", n, -1, 1).in("means", columns, -0.5, 0.5).in("inverseDeviations", columns, 0.5, 2)
        .in("gamma", columns, 0.5, 2).in("meanGradients", columns, -1, 1).in("meanProducts", columns, -1, 1)
        .in("dy", n, -1, 1).out("dx", n).orIs(6).range(0, rows)
        .call((k, a, from, to) -> k.batchNormBackward(a[0], a[1], a[2], scale ? a[3] : null, a[4], a[5], a[6], a[7],
            columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            int c = (int) (i % columns);
            Rounded inverse = exact(in[2][c]), xhat = normalized(in[0][i], exact(in[1][c]), inverse);
            Rounded centred = exact(in[6][i]).minus(exact(in[4][c]));
            exact(scale ? in[3][c] : 1).times(inverse).times(back(centred, xhat, exact(in[5][c])))
                .put(out[7], within[7], i);
          }
        });
  }
}
