package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.KernelCases.sigmoid;
import static org.panagrad.kernel.KernelCases.softplus;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** {@link KernelCases} of functions of one and of two arrays, and of sums of rows. */
final class MapCases {
  /** A function with its numbers, and where its inputs lie; a size's depth says which. */
  private record Subject(UnaryFunction f, float a, float b, double low, double high) {
  }

  private static final List<Subject> SUBJECTS = List.of(new Subject(UnaryFunction.AFFINE, 0.7f, -0.3f, -2, 2),
      new Subject(UnaryFunction.ABS, 0, 0, -1, 1), new Subject(UnaryFunction.SQUARE, 0, 0, -2, 2),
      new Subject(UnaryFunction.SQRT, 0, 0, 0.1, 5), new Subject(UnaryFunction.RECIPROCAL, 0, 0, 0.3, 5),
      new Subject(UnaryFunction.EXP, 0, 0, -4, 4), new Subject(UnaryFunction.LOG, 0, 0, 0.2, 20),
      new Subject(UnaryFunction.LOG1P, 0, 0, -0.8, 20), new Subject(UnaryFunction.TANH, 0, 0, -5, 5),
      new Subject(UnaryFunction.SIGMOID, 0, 0, -9, 9), new Subject(UnaryFunction.SOFTPLUS, 0, 0, -9, 9),
      new Subject(UnaryFunction.LEAKY_RELU, 0.01f, 0, -2, 2), new Subject(UnaryFunction.ELU, 1.5f, 0, -9, 2),
      new Subject(UnaryFunction.GELU, 0, 0, -5, 5), new Subject(UnaryFunction.GELU_TANH, 0, 0, -5, 5),
      new Subject(UnaryFunction.SILU, 0, 0, -9, 9), new Subject(UnaryFunction.ERF, 0, 0, -4, 4),
      new Subject(UnaryFunction.POWER, 0, 0, -3, 3), new Subject(UnaryFunction.POWER, 1, 0, -3, 3),
      new Subject(UnaryFunction.POWER, 2, 0, -3, 3), new Subject(UnaryFunction.POWER, -3, 0, -3, -0.5),
      new Subject(UnaryFunction.POWER, 2.7f, 0, 0.1, 3), new Subject(UnaryFunction.POWER, -0.5f, 0, 0.3, 20));
  /** The last one is longer than native code takes from the heap in one call. */
  private static final List<Integer> LENGTHS = List.of(1, 17, 65, 4097);
  private static final List<Size> VECTORS = IntStream.range(0, SUBJECTS.size()).boxed()
      .flatMap(subject -> LENGTHS.stream().map(n -> Size.of(1, n, subject))).toList();
  private static final Spread[] SPREADS = Spread.values();
  private static final int FUNCTIONS = BinaryFunction.values().length;

  private MapCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("map_f32", MapCases::map, VECTORS),
        new KernelCase("map_backward_f32", MapCases::mapBackward, VECTORS),
        new KernelCase("combine_f32", MapCases::combine, matrices()),
        new KernelCase("combine_backward_f32", MapCases::combineBackward, matrices()),
        new KernelCase("row_sums_f32", MapCases::rowSums, List.of(Size.of(0, 5), Size.of(3, 1), Size.of(5, 17),
            Size.of(3, 65), Size.of(3, 4097), Size.of(2, 32_771))));
  }

  // one element

  private static double normal(double x) {
    return 0.5 * (1 + erf(x * Math.sqrt(0.5)));
  }

  private static double density(double x) {
    return StrictMath.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  /** 2 u of gelu's approximation by tanh. */
  private static double inner(double x) {
    return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
  }

  private static double innerSlope(double x) {
    return 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  }

  /** By its series, whose terms never cancel: 2 / sqrt(pi) e^(-x^2) sum of (2 x^2)^k x / (1 3 5 ... (2 k + 1)). */
  static double erf(double x) {
    if (!(Math.abs(x) < 6)) {
      return Math.signum(x);
    }
    double term = x, sum = x;
    for (int k = 1; term != 0 && Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= 2 * x * x / (2 * k + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }

  private static double value(Subject s, double x) {
    double a = s.a;
    return switch (s.f) {
      case AFFINE -> a * x + s.b;
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> StrictMath.exp(x);
      case LOG -> StrictMath.log(x);
      case LOG1P -> StrictMath.log1p(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SOFTPLUS -> softplus(x);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case ELU -> x > 0 ? x : a * StrictMath.expm1(x);
      case GELU -> x * normal(x);
      case GELU_TANH -> x * sigmoid(inner(x));
      case SILU -> x * sigmoid(x);
      case ERF -> erf(x);
      case POWER -> StrictMath.pow(x, a);
    };
  }

  /**
   * How far a float computation may be off: the function's ulps and a product's rounding; where a sum cancels, units of
   * EPS of what is added; where e^t is taken of a rounded t, |t| for each rounding.
   */
  private static double valueError(Subject s, double x, double y) {
    double ulp = Math.ulp((float) y);
    return switch (s.f) {
      case EXP, LOG, LOG1P -> ulp;
      case TANH, ERF -> 1.5 * ulp;
      case SIGMOID -> 2.5 * ulp;
      case SOFTPLUS, POWER -> 2 * ulp;
      case ELU -> x > 0 ? 0 : 1.5 * Math.ulp((float) StrictMath.expm1(x)) * s.a + ulp / 2;
      case GELU -> 4 * EPS * Math.abs(x) + ulp / 2;
      case GELU_TANH -> (5 * Math.abs(inner(x)) + 6) * EPS * Math.abs(y) + TINY;
      case SILU -> 6 * EPS * Math.abs(y) + TINY;
      default -> ulp / 2;
    };
  }

  private static double slope(Subject s, double x) {
    double a = s.a;
    return switch (s.f) {
      case AFFINE -> a;
      case ABS -> Math.signum(x);
      case SQUARE -> 2 * x;
      case SQRT -> 0.5 / Math.sqrt(x);
      case RECIPROCAL -> -1 / (x * x);
      case EXP -> StrictMath.exp(x);
      case LOG -> 1 / x;
      case LOG1P -> 1 / (1 + x);
      case TANH -> 1 - StrictMath.tanh(x) * StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case SOFTPLUS -> sigmoid(x);
      case LEAKY_RELU -> x > 0 ? 1 : a;
      case ELU -> x > 0 ? 1 : a * StrictMath.exp(x);
      case GELU -> normal(x) + x * density(x);
      case GELU_TANH -> sigmoid(inner(x)) * (1 + x * innerSlope(x) * sigmoid(-inner(x)));
      case SILU -> sigmoid(x) * (1 + x * sigmoid(-x));
      case ERF -> 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x);
      case POWER -> a == 0 ? 0 : a * StrictMath.pow(x, a - 1);
    };
  }

  /** Relative roundings of the slope's operations, one of y among them; absolute where something cancels. */
  private static double slopeError(Subject s, double x) {
    double size = Math.abs(slope(s, x)), t = Math.abs(inner(x));
    return switch (s.f) {
      case TANH -> 4 * EPS;
      case SIGMOID -> 3 * EPS * size + EPS * sigmoid(x);
      case GELU -> (4 + 12 * Math.abs(x) * density(x)) * EPS;
      case GELU_TANH -> (8 * sigmoid(inner(x))
          + (5 * t + 20) * Math.abs(x) * innerSlope(x) * sigmoid(t) * sigmoid(-t)) * EPS;
      case SILU -> 8 * EPS * sigmoid(x) * (1 + Math.abs(x) * sigmoid(-x)) + TINY;
      case SOFTPLUS, ERF -> 6 * EPS * size + TINY;
      case POWER -> 7 * EPS * size + TINY;
      default -> 4 * EPS * size;
    };
  }

  private static Setup map(Size size) {
    Subject s = SUBJECTS.get((int) size.depth());
    long n = size.columns();
    Setup setup = new Setup().in("x", n, s.low, s.high).out("y", n).orIs(0).range(0, n)
        .call((k, a, from, to) -> k.map(s.f, s.a, s.b, a[0], a[1], from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double y = value(s, in[0][i]);
            put(out[1], within[1], i, y, valueError(s, in[0][i], y));
          }
        });
    return s.f == UnaryFunction.POWER && s.a == 0
        ? setup // no derivative differs from 0
        : setup.gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.mapBackward(s.f, s.a, s.b, a[0], a[1], dy, dx, 0, n));
  }

  /** y is as if it were not rounded: it has no input of its own. */
  private static Setup mapBackward(Size size) {
    Subject s = SUBJECTS.get((int) size.depth());
    long n = size.columns();
    double[] x = new double[(int) n];
    java.util.Random random = new java.util.Random(n);
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(s.low, s.high);
    }
    return new Setup().in("x", n, (_, i) -> x[i]).in("y", n, (_, i) -> value(s, x[i])).in("dy", n, -1, 1)
        .out("dx", n).orIs(2).range(0, n)
        .call((k, a, from, to) -> k.mapBackward(s.f, s.a, s.b, a[0], a[1], a[2], a[3], from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double dy = in[2][i], dx = dy * slope(s, in[0][i]);
            put(out[3], within[3], i, dx, slopeError(s, in[0][i]) * Math.abs(dy) + EPS * Math.abs(dx) + TINY);
          }
        });
  }

  // two elements

  /** Functions by depth; spreads by options, two bits each. Every spread of a meets every one of b once. */
  private static List<Size> matrices() {
    List<Size> sizes = new ArrayList<>();
    List<Size> shapes = List.of(Size.of(3, 37), Size.of(5, 1), Size.of(2, 65), Size.of(7, 16));
    for (int spreads = 0; spreads < 16; spreads++) {
      Size shape = shapes.get(spreads % 4);
      sizes.add(shape.depth(spreads % FUNCTIONS).options(spreads));
    }
    for (int f = 0; f < FUNCTIONS; f++) {
      sizes.add(Size.of(3, 4097, f)); // FULL with FULL
      sizes.add(Size.of(3, 37, f).options(spreads(Spread.FULL, Spread.PER_COLUMN)));
      sizes.add(Size.of(3, 37, f).options(spreads(Spread.SCALAR, Spread.FULL)));
    }
    sizes.add(Size.of(2, 32_771).options(spreads(Spread.FULL, Spread.PER_COLUMN)));
    return sizes;
  }

  private static int spreads(Spread a, Spread b) {
    return a.ordinal() + SPREADS.length * b.ordinal();
  }

  /** The operands of a size. */
  private record Operands(BinaryFunction f, Spread a, Spread b, long rows, long columns) {
    static Operands of(Size s) {
      return new Operands(BinaryFunction.values()[(int) s.depth()], SPREADS[s.options() % SPREADS.length],
          SPREADS[s.options() / SPREADS.length], s.rows(), s.columns());
    }

    Setup inputs() {
      return new Setup().in("a", a.length(rows, columns), 0.5, 2).in("b", b.length(rows, columns), 0.5, 2);
    }

    double a(double[][] in, int i) {
      return in[0][(int) a.index(i / columns, i % columns, columns)];
    }

    double b(double[][] in, int i) {
      return in[1][(int) b.index(i / columns, i % columns, columns)];
    }
  }

  private static Setup combine(Size s) {
    Operands o = Operands.of(s);
    long n = o.rows * o.columns;
    Setup setup = o.inputs().out("y", n);
    setup = o.a == Spread.FULL ? setup.orIs(0) : o.b == Spread.FULL ? setup.orIs(1) : setup;
    setup.range(0, o.rows)
        .call((k, x, from, to) -> k.combine(o.f, x[0], o.a, x[1], o.b, x[2], o.columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double a = o.a(in, i), b = o.b(in, i);
            double y = switch (o.f) {
              case ADD -> a + b;
              case SUBTRACT -> a - b;
              case MULTIPLY -> a * b;
              case DIVIDE -> a / b;
              case MAXIMUM -> Math.max(a, b);
              case MINIMUM -> Math.min(a, b);
              case LESS -> a < b ? 1 : 0;
            };
            put(out[2], within[2], i, y, EPS * Math.abs(y));
          }
        });
    if (o.f != BinaryFunction.LESS && o.a == Spread.FULL) {
      setup.gradient(0, 2, Double.NaN, (k, x, dy, dx) -> k.combineBackward(o.f, x[0], o.a, x[1], o.b, dy, dx, null,
          o.columns, 0, o.rows));
    }
    if (o.f != BinaryFunction.LESS && o.b == Spread.FULL) {
      setup.gradient(1, 2, Double.NaN, (k, x, dy, dx) -> k.combineBackward(o.f, x[0], o.a, x[1], o.b, dy, null, dx,
          o.columns, 0, o.rows));
    }
    return setup;
  }

  private static Setup combineBackward(Size s) {
    Operands o = Operands.of(s);
    long n = o.rows * o.columns;
    return o.inputs().in("dy", n, -1, 1).out("da", n).orNull().out("db", n).orNull().range(0, o.rows)
        .call((k, x, from, to) -> k.combineBackward(o.f, x[0], o.a, x[1], o.b, x[2], x[3], x[4], o.columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double a = o.a(in, i), b = o.b(in, i), dy = in[2][i], byA = 0, byB = 0;
            switch (o.f) {
              case ADD -> byA = byB = dy;
              case SUBTRACT -> byB = -(byA = dy);
              case MULTIPLY -> {
                byA = dy * b;
                byB = dy * a;
              }
              case DIVIDE -> {
                byA = dy / b;
                byB = -dy * a / (b * b);
              }
              case MAXIMUM, MINIMUM -> {
                boolean first = o.f == BinaryFunction.MAXIMUM ? a > b : a < b;
                byA = a == b ? dy / 2 : first ? dy : 0;
                byB = dy - byA;
              }
              case LESS -> {
              }
            }
            put(out[3], within[3], i, byA, EPS * Math.abs(byA));
            put(out[4], within[4], i, byB, 3.1 * EPS * Math.abs(byB));
          }
        });
  }

  // rows

  private static Setup rowSums(Size s) {
    long rows = s.rows(), columns = s.columns();
    return new Setup().in("x", rows * columns, -1, 1).out("y", rows).range(0, rows)
        .call((k, a, from, to) -> k.rowSums(a[0], a[1], columns, from, to))
        .oracle((in, out, within) -> {
          for (long r = 0; r < rows; r++) {
            double sum = 0, magnitude = 0;
            for (long c = 0; c < columns; c++) {
              sum += in[0][(int) (r * columns + c)];
              magnitude += Math.abs(in[0][(int) (r * columns + c)]);
            }
            put(out[1], within[1], r, sum, roundings(columns) * EPS * magnitude + EPS * Math.abs(sum));
          }
        });
  }
}
