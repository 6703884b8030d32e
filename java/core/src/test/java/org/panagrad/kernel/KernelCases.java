package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * THE table: one row per op of the registry. From it come, with no further code, the tests of agreement, of the oracle,
 * of gradients, of special values and of guard pages, and the benchmarks.
 *
 * <p>Tolerances are derived: {@code EPS}, half an ulp, for each rounding on the way to an element, times the magnitude
 * that is rounded; so a sum carries the sum of its terms' magnitudes, not its own, and cancelling does not hurt.
 * {@code TINY} is the rounding of denormals.
 */
public final class KernelCases {
  /** Both sides of every lane width, of the partials, of the block, of a short native call. */
  static final List<Size> VECTORS = LongStream
      .of(0, 1, 15, 16, 17, 63, 64, 65, 4095, 4096, 4097, 3 * 4096 + 7, 32_771).mapToObj(Size::of).toList();
  /** The last rows but one are longer than native code takes from the heap in one call. */
  static final List<Size> MATRICES = List.of(Size.of(0, 10), Size.of(1, 1), Size.of(5, 1), Size.of(3, 3),
      Size.of(7, 10), Size.of(4, 15), Size.of(3, 16), Size.of(5, 17), Size.of(3, 63), Size.of(2, 64), Size.of(4, 65),
      Size.of(3, 4095), Size.of(2, 4096), Size.of(2, 4097), Size.of(3, 8193), Size.of(2, 32_771), Size.of(1000, 10),
      Size.of(300, 101));
  /** For families of many kernels; the last one is longer than native code takes from the heap in one call. */
  static final List<Size> FEW_MATRICES = List.of(Size.of(1, 1), Size.of(7, 10), Size.of(5, 17), Size.of(2, 4097),
      Size.of(0, 10), Size.of(4, 65), Size.of(2, 32_771));

  private static final List<KernelCase> ROWS = List.of(
      new KernelCase("exp_f32", s -> map(s, -104, 89, Kernels::exp, StrictMath::exp, 1), VECTORS),
      new KernelCase("log_f32", s -> map(s, KernelCases::anyPositive, Kernels::log, StrictMath::log, 1), VECTORS),
      new KernelCase("log1p_f32", s -> map(s, KernelCases::aboveMinusOne, Kernels::log1p, StrictMath::log1p, 1),
          VECTORS),
      new KernelCase("expm1_f32", s -> map(s, -20, 89, Kernels::expm1, StrictMath::expm1, 1.5), VECTORS),
      new KernelCase("tanh_f32", s -> map(s, -5, 5, Kernels::tanh, StrictMath::tanh, 1.5), VECTORS),
      new KernelCase("sigmoid_f32", s -> map(s, -105, 20, Kernels::sigmoid, KernelCases::sigmoid, 2.5), VECTORS),
      new KernelCase("softplus_f32", s -> map(s, -105, 20, Kernels::softplus, KernelCases::softplus, 2), VECTORS),
      new KernelCase("atan_f32", s -> map(s, -5, 5, Kernels::atan, StrictMath::atan, 2), VECTORS),
      new KernelCase("relu_f32", KernelCases::relu, VECTORS),
      new KernelCase("relu_backward_f32", KernelCases::reluBackward, VECTORS),
      new KernelCase("bias_f32", KernelCases::bias, MATRICES),
      new KernelCase("column_sums_f32", KernelCases::columnSums,
          List.of(Size.of(0, 5, 7), Size.of(1, 1, 1), Size.of(10, 3, 4), Size.of(64, 17, 64), Size.of(65, 16, 64),
              Size.of(130, 15, 65), Size.of(300, 65, 128), Size.of(4095, 2, 4096), Size.of(4097, 3, 4096),
              Size.of(9000, 10, 4096), Size.of(5, 4097, 2), Size.of(300, 500, 100))),
      new KernelCase("sum_partials_f32", KernelCases::sumPartials,
          List.of(Size.of(0, 5), Size.of(3, 0), Size.of(1, 1), Size.of(7, 17), Size.of(64, 65), Size.of(33, 1000),
              Size.of(3, 4097), Size.of(2, 32_771), Size.of(20_000, 2))),
      new KernelCase("transpose_f32", KernelCases::transpose,
          List.of(Size.of(0, 5), Size.of(5, 0), Size.of(1, 1), Size.of(15, 17), Size.of(16, 16), Size.of(64, 65),
              Size.of(63, 15), Size.of(4097, 3), Size.of(3, 4097), Size.of(32_771, 2), Size.of(2, 32_771),
              Size.of(300, 101))),
      new KernelCase("softmax_f32", KernelCases::softmax, MATRICES),
      new KernelCase("softmax_backward_f32", KernelCases::softmaxBackward, MATRICES),
      new KernelCase("max_pool_f32", KernelCases::maxPool, poolings()),
      new KernelCase("max_pool_backward_f32", KernelCases::maxPoolBackward, poolings()),
      new KernelCase("im2col_f32", KernelCases::im2col, convolutions(w -> w.positions() / 2)),
      new KernelCase("col2im_f32", KernelCases::col2im, convolutions(_ -> 1)),
      new KernelCase("product_f32", KernelCases::product, pairwise(List.of(Size.of(0, 5, 3), Size.of(3, 5, 0),
          Size.of(1, 1, 1), Size.of(5, 7, 3), Size.of(16, 16, 16), Size.of(17, 33, 65), Size.of(13, 64, 63),
          Size.of(65, 17, 130), Size.of(3, 4097, 2), Size.of(2, 4097, 129), Size.of(70, 65, 128), Size.of(1, 200, 80),
          Size.of(28, 131, 150)), 3)),
      new KernelCase("uniform_f32", KernelCases::uniform, pairwise(VECTORS, 2)),
      new KernelCase("dropout_f32", KernelCases::dropout, pairwise(VECTORS, 2)));
  private static final List<KernelCase> ALL = Stream
      .of(ROWS, ElementLossCases.all(), RowLossCases.all(), SequenceCases.all(), BoxCases.all(), PairCases.all(),
          GaussianCases.all(), PenaltyCases.all(), MapCases.all(), LinearLossCases.all(), OverlapCases.all(),
          OptimizerCases.all(), MatrixCases.all(), NormCases.all(), EmbeddingCases.all(), PoolCases.all(),
          RecurrentCases.all())
      .flatMap(List::stream).toList();

  private KernelCases() {
  }

  /** All rows. */
  public static List<KernelCase> all() {
    return ALL;
  }

  /** A row by its name. */
  public static KernelCase of(String name) {
    return ALL.stream().filter(row -> row.name().equals(name)).findAny().orElseThrow();
  }

  /** All sizes with options of two values each, combined pairwise. */
  static List<Size> pairwise(List<Size> sizes, int options) {
    int[] counts = new int[options + 1];
    java.util.Arrays.fill(counts, 2);
    counts[0] = sizes.size();
    List<Size> all = new ArrayList<>();
    for (int[] row : Pairwise.of(counts)) {
      int bits = 0;
      for (int i = 0; i < options; i++) {
        bits |= row[i + 1] << i;
      }
      all.add(sizes.get(row[0]).options(bits));
    }
    return all;
  }

  private static List<Size> poolings() {
    return List.of(Size.of(0, Window.of(4, 4, 3, 2, 2, 2, 0)), Size.of(3, Window.of(1, 1, 1, 1, 1, 1, 0)),
        Size.of(2, Window.of(8, 8, 16, 2, 2, 2, 0)), Size.of(4, Window.of(5, 7, 3, 2, 2, 1, 0)),
        Size.of(2, Window.of(9, 9, 17, 3, 3, 2, 0)), Size.of(3, Window.of(6, 6, 65, 2, 2, 2, 0)),
        Size.of(2, Window.of(8, 6, 15, 3, 2, 3, 0)), Size.of(5, Window.of(4, 4, 1, 4, 4, 1, 0)),
        Size.of(2, Window.of(40, 40, 32, 2, 2, 2, 0)));
  }

  /** Each also as a tile that begins later. */
  private static List<Size> convolutions(ToLongFunction<Window> first) {
    List<Size> whole = List.of(Size.of(0, Window.of(4, 4, 3, 2, 2, 1, 0)), Size.of(2, Window.of(1, 1, 1, 1, 1, 1, 0)),
        Size.of(3, Window.of(5, 7, 3, 3, 2, 2, 0)), Size.of(3, Window.of(6, 6, 1, 3, 3, 1, 0)),
        Size.of(3, Window.of(6, 5, 16, 3, 3, 1, 1)), Size.of(2, Window.of(4, 4, 17, 3, 3, 3, 2)),
        Size.of(2, Window.of(5, 5, 65, 2, 4, 1, 1)), Size.of(2, Window.of(12, 12, 32, 5, 5, 1, 0)),
        Size.of(2, Window.of(3, 4, 4096, 3, 3, 1, 0)), Size.of(3, Window.of(7, 8, 3, 3, 3, 1, 2, 2)),
        Size.of(2, Window.of(9, 7, 17, 2, 3, 2, 0, 3)), Size.of(2, Window.of(3, 2, 16, 3, 3, 1, 5, 3)));
    Stream<Size> later = whole.stream().filter(s -> s.rows() > 0).map(s -> s.depth(first.applyAsLong(s.window())));
    return Stream.concat(whole.stream(), later).toList();
  }

  /** Roundings on the way of a term through a canonical block: partials, then the tree; and the double at the end. */
  static double roundings(long n) {
    return Math.min(n, Kernels.BLOCK) / ScalarKernels.PARTIALS + 1 + 6 + 1;
  }

  static void put(double[] out, double[] within, long i, double value, double tolerance) {
    out[(int) i] = value;
    within[(int) i] = tolerance;
  }

  // elementary

  /** An op of one element. */
  @FunctionalInterface
  interface Map {
    void on(Kernels kernels, MemorySegment x, MemorySegment y, long from, long to);
  }

  private static Setup map(Size s, double low, double high, Map op, DoubleUnaryOperator formula, double ulps) {
    return map(s, (random, _) -> random.nextDouble(low, high), op, formula, ulps);
  }

  /** Within the ulps that the contract promises. */
  private static Setup map(Size s, Setup.Fill fill, Map op, DoubleUnaryOperator formula, double ulps) {
    return new Setup().in("x", s.columns(), fill).out("y", s.columns()).orIs(0).range(0, s.columns())
        .call((k, a, from, to) -> op.on(k, a[0], a[1], from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            double y = formula.applyAsDouble(in[0][i]);
            put(out[1], within[1], i, y, ulps * Math.ulp((float) y));
          }
        });
  }

  private static double anyPositive(RandomGenerator random, int i) {
    return Math.scalb(random.nextDouble(1, 2), random.nextInt(-149, 127));
  }

  /** Near 0 on both sides, near -1, and any positive one. */
  private static double aboveMinusOne(RandomGenerator random, int i) {
    return i % 2 == 0 ? random.nextDouble(-1, 2) : anyPositive(random, i);
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  // activation

  private static Setup relu(Size s) {
    return new Setup().in("x", s.columns(), -1, 2).out("y", s.columns()).orIs(0).range(0, s.columns())
        .call((k, a, from, to) -> k.relu(a[0], a[1], from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            put(out[1], within[1], i, in[0][i] < 0 ? 0 : in[0][i], 0);
          }
        })
        .gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.reluBackward(a[1], dy, dx, 0, s.columns()));
  }

  private static Setup reluBackward(Size s) {
    return new Setup().in("y", s.columns(), (random, _) -> Math.max(0, random.nextDouble(-1, 2)))
        .in("dy", s.columns(), -1, 1).out("dx", s.columns()).orIs(1).range(0, s.columns())
        .call((k, a, from, to) -> k.reluBackward(a[0], a[1], a[2], from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            put(out[2], within[2], i, in[0][i] <= 0 ? 0 : in[1][i], 0);
          }
        });
  }

  // rows

  private static Setup bias(Size s) {
    long n = s.rows() * s.columns();
    return new Setup().in("x", n, -1, 1).in("bias", s.columns(), -1, 1).out("y", n).orIs(0).range(0, s.rows())
        .call((k, a, from, to) -> k.bias(a[0], a[1], a[2], s.columns(), from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double y = in[0][i] + in[1][(int) (i % s.columns())];
            put(out[2], within[2], i, y, EPS * Math.abs(y));
          }
        })
        .gradient(1, 2, Double.NaN, (k, a, dy, dx) -> k.columnSums(dy, dx, s.rows(), s.columns(), 4096, 0, 1));
  }

  private static Setup columnSums(Size s) {
    long rows = s.rows(), columns = s.columns(), blockRows = s.depth(), blocks = (rows + blockRows - 1) / blockRows;
    return new Setup().in("x", rows * columns, -1, 1).out("sums", blocks * columns).range(0, blocks)
        .call((k, a, from, to) -> k.columnSums(a[0], a[1], rows, columns, blockRows, from, to))
        .oracle((in, out, within) -> {
          for (long b = 0; b < blocks; b++) {
            for (long c = 0; c < columns; c++) {
              double sum = 0, magnitude = 0;
              for (long r = b * blockRows; r < Math.min(rows, (b + 1) * blockRows); r++) {
                sum += in[0][(int) (r * columns + c)];
                magnitude += Math.abs(in[0][(int) (r * columns + c)]);
              }
              put(out[1], within[1], b * columns + c, sum, roundings(blockRows) * EPS * magnitude);
            }
          }
        });
  }

  private static Setup sumPartials(Size s) {
    long parts = s.rows(), n = s.columns();
    return new Setup().in("x", parts * n, -1, 1).out("y", n).range(0, n)
        .call((k, a, from, to) -> k.sumPartials(a[0], a[1], parts, n, from, to))
        .oracle((in, out, within) -> {
          for (long i = 0; i < n; i++) {
            double sum = 0;
            for (long p = 0; p < parts; p++) {
              sum += in[0][(int) (p * n + i)];
            }
            // summed in double: one rounding, and those of a double
            put(out[1], within[1], i, sum, EPS * Math.abs(sum) + parts * parts * 0x1p-53);
          }
        });
  }

  private static Setup transpose(Size s) {
    long rows = s.rows(), columns = s.columns();
    return new Setup().in("x", rows * columns, -1, 1).out("y", rows * columns).range(0, columns)
        .call((k, a, from, to) -> k.transpose(a[0], a[1], rows, columns, from, to))
        .oracle((in, out, within) -> {
          for (long i = 0; i < rows * columns; i++) {
            put(out[1], within[1], i % columns * rows + i / columns, in[0][(int) i], 0);
          }
        });
  }

  // softmax

  /** A row of softmax in double, and how far its sum may be off in float. */
  static final class SoftmaxRow {
    final double maximum, sum, error;

    SoftmaxRow(double[] x, long row, long columns) {
      double m = Double.NEGATIVE_INFINITY;
      for (long c = row; c < row + columns; c++) {
        m = Math.max(m, x[(int) c]);
      }
      double sum = 0, error = 0;
      for (long c = row; c < row + columns; c++) {
        double e = StrictMath.exp(x[(int) c] - m);
        sum += e;
        error += e * termError(m - x[(int) c]);
      }
      this.maximum = m;
      this.sum = sum;
      // relative: that of the terms, and of adding them
      this.error = error / sum + roundings(columns) * EPS;
    }

    /** Relative error of e^-distance: the distance is rounded, exp is within 1 ulp. */
    static double termError(double distance) {
      return EPS * (distance + 2);
    }

    double probability(double x) {
      return StrictMath.exp(x - maximum) / sum;
    }

    /** Of a probability: term, sum, and two roundings of dividing by it as a product with 1 / sum. */
    double probabilityError(double x) {
      return probability(x) * (termError(maximum - x) + error + 3 * EPS) + 4 * TINY;
    }
  }

  private static Setup softmax(Size s) {
    long n = s.rows() * s.columns(), columns = s.columns();
    return new Setup().in("x", n, -8, 8).out("y", n).orIs(0).range(0, s.rows())
        .call((k, a, from, to) -> k.softmax(a[0], a[1], columns, from, to))
        .oracle((in, out, within) -> {
          for (long row = 0; row < n; row += columns) {
            SoftmaxRow r = new SoftmaxRow(in[0], row, columns);
            for (long i = row; i < row + columns; i++) {
              put(out[1], within[1], i, r.probability(in[0][(int) i]), r.probabilityError(in[0][(int) i]));
            }
          }
        })
        .gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.softmaxBackward(a[1], dy, dx, columns, 0, s.rows()));
  }

  private static Setup softmaxBackward(Size s) {
    long n = s.rows() * s.columns(), columns = s.columns();
    return new Setup().in("y", n, 0, 1).in("dy", n, -1, 1).out("dx", n).orIs(1).range(0, s.rows())
        .call((k, a, from, to) -> k.softmaxBackward(a[0], a[1], a[2], columns, from, to))
        .oracle((in, out, within) -> {
          for (long row = 0; row < n; row += columns) {
            double dot = 0, magnitude = 0;
            for (int i = (int) row; i < row + columns; i++) {
              dot += in[0][i] * in[1][i];
              magnitude += Math.abs(in[0][i] * in[1][i]);
            }
            for (int i = (int) row; i < row + columns; i++) {
              double y = in[0][i], difference = in[1][i] - dot;
              put(out[2], within[2], i, y * difference,
                  y * EPS * (2 * Math.abs(difference) + (roundings(columns) + 1) * magnitude) + TINY);
            }
          }
        });
  }

  // pooling

  private static long out(Size s) {
    return s.rows() * s.window().positions() * s.window().channels();
  }

  /** Calls back with (output element, place in the window, input element). */
  @FunctionalInterface
  private interface Seen {
    void at(int output, int place, int input);
  }

  /** Every element that an unpadded window sees, output by output. */
  private static void pool(Size s, Seen seen) {
    Window w = s.window();
    int output = 0;
    for (long image = 0; image < s.rows(); image++) {
      for (long oy = 0; oy < w.outHeight(); oy++) {
        for (long ox = 0; ox < w.outWidth(); ox++) {
          for (long c = 0; c < w.channels(); c++, output++) {
            for (int place = 0; place < w.kernelHeight() * w.kernelWidth(); place++) {
              long y = oy * w.stride() + place / w.kernelWidth(), x = ox * w.stride() + place % w.kernelWidth();
              seen.at(output, place, (int) (((image * w.height() + y) * w.width() + x) * w.channels() + c));
            }
          }
        }
      }
    }
  }

  private static Setup maxPool(Size s) {
    Window w = s.window();
    return new Setup().in("x", s.rows() * w.image(), -1, 1).out("y", out(s)).intsOut("indices", out(s))
        .range(0, s.rows())
        .call((k, a, from, to) -> k.maxPool(w, a[0], a[1], a[2], from, to))
        .oracle((in, out, within) -> pool(s, (output, place, input) -> {
          if (place == 0 || in[0][input] > out[1][output]) {
            put(out[1], within[1], output, in[0][input], 0);
            put(out[2], within[2], output, place, 0);
          }
        }))
        .gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.maxPoolBackward(w, dy, a[2], dx, 0, s.rows()));
  }

  private static Setup maxPoolBackward(Size s) {
    Window w = s.window();
    return new Setup().in("dy", out(s), -1, 1).ints("indices", out(s), w.kernelHeight() * w.kernelWidth())
        .out("dx", s.rows() * w.image()).range(0, s.rows())
        .call((k, a, from, to) -> k.maxPoolBackward(w, a[0], a[1], a[2], from, to))
        .oracle((in, out, within) -> {
          java.util.Arrays.fill(within[2], 0);
          pool(s, (output, place, input) -> {
            if (in[1][output] == place) {
              // one rounding of the running sum for each window that meets here
              put(out[2], within[2], input, out[2][input] + in[0][output],
                  within[2][input] + EPS * w.kernelHeight() * w.kernelWidth());
            }
          });
        });
  }

  // convolution

  /** Every element of the columns of output positions [first, end), and the input it shows, or -1 in the padding. */
  private static void columns(Window w, long first, long end, Seen seen) {
    int column = 0;
    for (long r = first; r < end; r++) {
      long image = r / w.positions(), oy = r % w.positions() / w.outWidth(), ox = r % w.outWidth();
      for (long ky = 0; ky < w.kernelHeight(); ky++) {
        for (long kx = 0; kx < w.kernelWidth(); kx++) {
          long y = oy * w.stride() + ky * w.dilation() - w.padding();
          long x = ox * w.stride() + kx * w.dilation() - w.padding();
          boolean inside = y >= 0 && y < w.height() && x >= 0 && x < w.width();
          for (long c = 0; c < w.channels(); c++, column++) {
            seen.at(column, 0,
                inside ? (int) (((image * w.height() + y) * w.width() + x) * w.channels() + c) : -1);
          }
        }
      }
    }
  }

  /** Depth: the first position of the tile. */
  private static Setup im2col(Size s) {
    Window w = s.window();
    long first = s.depth(), end = s.rows() * w.positions();
    Setup setup = new Setup().in("x", s.rows() * w.image(), -1, 1).out("col", (end - first) * w.seen())
        .range(first, end)
        .call((k, a, from, to) -> k.im2col(w, a[0], a[1], first, from, to))
        .oracle((in, out, within) -> columns(w, first, end,
            (column, _, input) -> put(out[1], within[1], column, input < 0 ? 0 : in[0][input], 0)));
    // of the whole only: a tile's gradient leaves earlier images alone
    return first > 0
        ? setup
        : setup.gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.col2im(w, dy, dx, 0, 0, s.rows()));
  }

  /** Depth: the first image of the tile. */
  private static Setup col2im(Size s) {
    Window w = s.window();
    long first = s.depth();
    Setup setup = new Setup().in("col", (s.rows() - first) * w.positions() * w.seen(), -1, 1)
        .out("x", s.rows() * w.image())
        .range(first, s.rows())
        .call((k, a, from, to) -> k.col2im(w, a[0], a[1], first, from, to))
        .oracle((in, out, within) -> {
          java.util.Arrays.fill(within[1], (int) (first * w.image()), within[1].length, 0);
          columns(w, first * w.positions(), s.rows() * w.positions(), (column, _, input) -> {
            if (input >= 0) {
              put(out[1], within[1], input, out[1][input] + in[0][column],
                  within[1][input] + EPS * w.kernelHeight() * w.kernelWidth());
            }
          });
        });
    return first > 0
        ? setup
        : setup.gradient(0, 1, Double.NaN,
            (k, a, dy, dx) -> k.im2col(w, dy, dx, 0, 0, s.rows() * w.positions()));
  }

  // product

  /** Rows x columns, depth k. Options: 0 a is transposed; 1 c is added to; 2 gaps between the rows. */
  private static Setup product(Size s) {
    long m = s.rows(), n = s.columns(), k = s.depth();
    boolean transposed = s.option(0), accumulate = s.option(1);
    long gap = s.option(2) ? 3 : 0, lda = (transposed ? m : k) + gap, ldb = n + 2 * gap, ldc = n + gap;
    Setup setup = new Setup().in("a", transposed ? span(k, m, lda) : span(m, k, lda), -1, 1)
        .in("b", span(k, n, ldb), -1, 1);
    long c = span(m, n, ldc);
    (accumulate ? setup.inOut("c", c, -1, 1) : setup.out("c", c)).range(0, m)
        .call((kernels, a, from, to) -> kernels.product(a[0], a[1], a[2], n, k, lda, ldb, ldc, transposed, accumulate,
            from, to))
        .oracle((in, out, within) -> {
          for (long i = 0; i < m; i++) {
            for (long j = 0; j < n; j++) {
              int at = (int) (i * ldc + j);
              double sum = accumulate ? in[2][at] : 0, magnitude = Math.abs(sum);
              for (long p = 0; p < k; p++) {
                double term = in[0][(int) (transposed ? p * lda + i : i * lda + p)] * in[1][(int) (p * ldb + j)];
                sum += term;
                magnitude += Math.abs(term);
              }
              put(out[2], within[2], at, sum, k * EPS * magnitude);
            }
          }
        });
    if (s.options() == 0) {
      setup.gradient(1, 2, Double.NaN, (kernels, a, dy, dx) -> kernels.product(a[0], dy, dx, n, m, k, n, n, true, false,
          0, k));
      setup.gradient(0, 2, Double.NaN, (kernels, a, dy, dx) -> {
        MemorySegment transpose = MemorySegment.ofArray(new float[(int) (k * n)]);
        kernels.transpose(a[1], transpose, k, n, 0, n);
        kernels.product(dy, transpose, dx, k, n, n, k, k, false, false, 0, m);
      });
    }
    return setup;
  }

  private static long span(long rows, long columns, long leading) {
    return rows == 0 || columns == 0 ? 0 : (rows - 1) * leading + columns;
  }

  // random

  /** Options: 0 another interval; 1 a seed and a stream of more than 32 bits. */
  private static Setup uniform(Size s) {
    float low = s.option(0) ? -0.5f : 0, high = s.option(0) ? 0.3f : 1;
    long seed = s.option(1) ? 0x8badf00ddeadbeefL : 42, stream = s.option(1) ? -7 : 3;
    return new Setup().out("y", s.columns()).range(0, s.columns())
        .call((k, a, from, to) -> k.uniform(a[0], low, high, seed, stream, from, to))
        .oracle((_, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            double y = low + (double) (high - low) * (Philox.word(seed, stream, i) >>> 8) * 0x1p-24;
            put(out[0], within[0], i, y, EPS * Math.abs(y));
          }
        });
  }

  /** Options: 0 another rate; 1 a seed and a stream of more than 32 bits. */
  private static Setup dropout(Size s) {
    double rate = s.option(0) ? 0.1 : 0.5;
    long seed = s.option(1) ? 0x8badf00ddeadbeefL : 42, stream = s.option(1) ? -7 : 3;
    return new Setup().in("x", s.columns(), -1, 1).out("y", s.columns()).orIs(0).range(0, s.columns())
        .call((k, a, from, to) -> k.dropout(a[0], a[1], rate, seed, stream, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            boolean kept = Integer.toUnsignedLong(Philox.word(seed, stream, i)) * 0x1p-32 >= rate;
            double y = kept ? in[0][i] / (1 - rate) : 0;
            put(out[1], within[1], i, y, 3 * EPS * Math.abs(y));
          }
        })
        .gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.dropout(dy, dx, rate, seed, stream, 0, s.columns()));
  }

}
