package org.panagrad.loss;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.UnaryFunction;

/**
 * An expression computed at once in double: the oracle of any lambda. Each element carries a bound of what float may be
 * off by: a function is looked at where the errors of its operands may have moved it, and adds its own roundings.
 */
final class DoubleExpression implements Expression {
  private static final double EPS = 0x1p-24;
  /** Roundings of a function: the worst, a power within 2 ulp or a rational one of four steps. */
  private static final double ROUNDINGS = 8;

  final double[] value, error;
  private final int rows, columns;
  private final boolean batched;

  private DoubleExpression(double[] value, double[] error, int rows, int columns, boolean batched) {
    this.value = value;
    this.error = error;
    this.rows = rows;
    this.columns = columns;
    this.batched = batched;
  }

  static DoubleExpression batch(double[] x, int columns) {
    return new DoubleExpression(x, new double[x.length], x.length / columns, columns, true);
  }

  static DoubleExpression single(double... x) {
    return new DoubleExpression(x, new double[x.length], 1, x.length, false);
  }

  boolean isBatched() {
    return batched;
  }

  @Override
  public long columns() {
    return columns;
  }

  private DoubleExpression each(DoubleUnaryOperator f, double roundings) {
    double[] y = new double[value.length], e = new double[value.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = f.applyAsDouble(value[i]);
      e[i] = Math.max(Math.abs(f.applyAsDouble(value[i] + error[i]) - y[i]),
          Math.abs(f.applyAsDouble(value[i] - error[i]) - y[i])) + roundings * EPS * Math.abs(y[i]);
    }
    return new DoubleExpression(y, e, rows, columns, batched);
  }

  @Override
  public Expression map(UnaryFunction f, double a, double b) {
    double p = (float) a, q = (float) b;
    return each(switch (f) {
      case AFFINE -> x -> p * x + q;
      case ABS -> Math::abs;
      case SQUARE -> x -> x * x;
      case SQRT -> Math::sqrt;
      case RECIPROCAL -> x -> 1 / x;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case LOG1P -> Math::log1p;
      case TANH -> Math::tanh;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case SOFTPLUS -> x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case POWER -> x -> Math.pow(x, p);
      default -> throw new AssertionError(f + " has no oracle here: MapCases has it");
    }, ROUNDINGS);
  }

  @Override
  public Expression combine(BinaryFunction f, Expression other) {
    DoubleExpression b = (DoubleExpression) other;
    DoubleBinaryOperator at = switch (f) {
      case ADD -> (x, y) -> x + y;
      case SUBTRACT -> (x, y) -> x - y;
      case MULTIPLY -> (x, y) -> x * y;
      case DIVIDE -> (x, y) -> x / y;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case LESS -> (x, y) -> x < y ? 1 : 0;
    };
    int r = Math.max(rows, b.rows), c = Math.max(columns, b.columns);
    double[] y = new double[r * c], e = new double[r * c];
    for (int i = 0; i < y.length; i++) {
      int k = place(i / c, i % c), l = b.place(i / c, i % c);
      y[i] = at.applyAsDouble(value[k], b.value[l]);
      for (int corner = 0; corner < 4; corner++) {
        double moved = at.applyAsDouble(value[k] + (corner % 2 == 0 ? error[k] : -error[k]),
            b.value[l] + (corner < 2 ? b.error[l] : -b.error[l]));
        e[i] = Math.max(e[i], Math.abs(moved - y[i]));
      }
      e[i] += EPS * Math.abs(y[i]);
    }
    return new DoubleExpression(y, e, r, c, batched || b.batched);
  }

  /** Where an element of what this is spread over stands. */
  private int place(int row, int column) {
    return (rows == 1 ? 0 : row) * columns + (columns == 1 ? 0 : column);
  }

  @Override
  public Expression apply(DoubleUnaryOperator f, DoubleUnaryOperator slope) {
    return each(f, 1);
  }

  @Override
  public Expression constant(double number) {
    return single((float) number);
  }

  @Override
  public Expression relu() {
    return each(x -> Math.max(x, 0), 0);
  }

  @Override
  public Expression softmax() {
    DoubleExpression e = (DoubleExpression) exp();
    return e.dividedBy(e.rowSum());
  }

  /**
   * Sums of so many neighbours. An element goes through a partial's additions, six of the tree, and one to end with.
   */
  private DoubleExpression sums(int length, int columns, int rows, boolean batched) {
    int n = length == 0 ? 1 : Math.max(1, value.length / length);
    double[] y = new double[n], e = new double[n];
    for (int i = 0; i < value.length; i++) {
      y[i / length] += value[i];
      e[i / length] += error[i] + (length / 64 + 8) * EPS * Math.abs(value[i]);
    }
    return new DoubleExpression(y, e, rows, columns, batched);
  }

  @Override
  public Expression rowSum() {
    return sums(columns, 1, rows, batched);
  }

  @Override
  public Expression sum() {
    return sums(value.length, 1, 1, false);
  }

  @Override
  public Expression mean() {
    double n = value.length;
    return sums(value.length, 1, 1, false).each(x -> x / n, 1);
  }
}
