package org.panagrad.loss;

import java.util.function.DoubleUnaryOperator;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.UnaryFunction;

/**
 * A value inside a loss of one's own ({@link Losses#custom}): predictions, targets, parameters, and what is computed
 * from them. The lambda writes down a formula; the library computes it, and its gradient, batch by batch.
 *
 * <p>A value has rows, one for each sample, and columns; or it stands once for the whole batch, as a parameter, a
 * constant or a sum. Where two values meet, one with a single column is spread over the columns of the other, and one
 * that stands once over the rows: so a number for each sample, a parameter for each column and a single number meet a
 * whole batch. Others are refused with an {@link IllegalArgumentException} that names both shapes.
 *
 * <p>Formulas, edges and slopes at kinks are those of {@link UnaryFunction} and {@link BinaryFunction}. All is computed
 * in float; sums as docs/numerics.md says.
 */
public interface Expression {

  // what an implementation gives

  /**
   * Elements of a row.
   *
   * @return at least 1
   */
  long columns();

  /**
   * A function of each element.
   *
   * @param f which function
   * @param a its first number, where it has one
   * @param b its second number, where it has one
   * @return a value of the same shape
   */
  Expression map(UnaryFunction f, double a, double b);

  /**
   * A function of the elements of two values.
   *
   * @param f     which function
   * @param other second operand
   * @return a value of the shape that both are spread to
   * @throws IllegalArgumentException if they do not fit together
   */
  Expression combine(BinaryFunction f, Expression other);

  /**
   * A function of one's own of each element: computed in double, rounded to float. It has to give the same result
   * whenever it is asked, from any thread: take {@link StrictMath} rather than {@link Math}, whose last bit may change
   * when the JVM compiles it.
   *
   * @param f     the function
   * @param slope its derivative
   * @return a value of the same shape
   */
  Expression apply(DoubleUnaryOperator f, DoubleUnaryOperator slope);

  /**
   * The same number everywhere.
   *
   * @param value rounded to float
   * @return one number
   */
  Expression constant(double value);

  /**
   * {@code x < 0 ? 0 : x}; the slope at 0 is 0.
   *
   * @return a value of the same shape
   */
  Expression relu();

  /**
   * Softmax of each row.
   *
   * @return a value of the same shape
   */
  Expression softmax();

  /**
   * The sum of each row.
   *
   * @return a value with one column
   */
  Expression rowSum();

  /**
   * The sum of all elements.
   *
   * @return one number
   */
  Expression sum();

  /**
   * The mean of all elements of the batch.
   *
   * @return one number; NaN over nothing
   */
  Expression mean();

  // arithmetic

  /**
   * {@code x + y}.
   *
   * @param y what is added
   * @return a value of the shape that both are spread to
   */
  default Expression plus(Expression y) {
    return combine(BinaryFunction.ADD, y);
  }

  /**
   * {@code x + y}.
   *
   * @param y what is added
   * @return a value of the same shape
   */
  default Expression plus(double y) {
    return map(UnaryFunction.AFFINE, 1, y);
  }

  /**
   * {@code x - y}.
   *
   * @param y what is subtracted
   * @return a value of the shape that both are spread to
   */
  default Expression minus(Expression y) {
    return combine(BinaryFunction.SUBTRACT, y);
  }

  /**
   * {@code x - y}.
   *
   * @param y what is subtracted
   * @return a value of the same shape
   */
  default Expression minus(double y) {
    return plus(-y);
  }

  /**
   * {@code x y}.
   *
   * @param y the factor
   * @return a value of the shape that both are spread to
   */
  default Expression times(Expression y) {
    return combine(BinaryFunction.MULTIPLY, y);
  }

  /**
   * {@code x y}.
   *
   * @param y the factor
   * @return a value of the same shape
   */
  default Expression times(double y) {
    return map(UnaryFunction.AFFINE, y, 0);
  }

  /**
   * {@code x / y}.
   *
   * @param y the divisor
   * @return a value of the shape that both are spread to
   */
  default Expression dividedBy(Expression y) {
    return combine(BinaryFunction.DIVIDE, y);
  }

  /**
   * {@code x / y}.
   *
   * @param y the divisor
   * @return a value of the same shape
   */
  default Expression dividedBy(double y) {
    return dividedBy(constant(y));
  }

  /**
   * {@code -x}.
   *
   * @return a value of the same shape
   */
  default Expression negate() {
    return times(-1);
  }

  // functions

  /**
   * {@link UnaryFunction#ABS}.
   *
   * @return a value of the same shape
   */
  default Expression abs() {
    return map(UnaryFunction.ABS, 0, 0);
  }

  /**
   * {@link UnaryFunction#SQUARE}.
   *
   * @return a value of the same shape
   */
  default Expression square() {
    return map(UnaryFunction.SQUARE, 0, 0);
  }

  /**
   * {@link UnaryFunction#SQRT}: its slope at 0 is infinite, so add a little before it.
   *
   * @return a value of the same shape
   */
  default Expression sqrt() {
    return map(UnaryFunction.SQRT, 0, 0);
  }

  /**
   * {@link UnaryFunction#RECIPROCAL}.
   *
   * @return a value of the same shape
   */
  default Expression reciprocal() {
    return map(UnaryFunction.RECIPROCAL, 0, 0);
  }

  /**
   * {@link UnaryFunction#POWER}.
   *
   * @param exponent a number
   * @return a value of the same shape
   */
  default Expression pow(double exponent) {
    return map(UnaryFunction.POWER, exponent, 0);
  }

  /**
   * {@link UnaryFunction#EXP}.
   *
   * @return a value of the same shape
   */
  default Expression exp() {
    return map(UnaryFunction.EXP, 0, 0);
  }

  /**
   * {@code e^x - 1}, also near 0: {@code tanh(x / 2) (e^x + 1)}.
   *
   * @return a value of the same shape
   */
  default Expression expm1() {
    return times(0.5).tanh().times(exp().plus(1));
  }

  /**
   * {@link UnaryFunction#LOG}.
   *
   * @return a value of the same shape
   */
  default Expression log() {
    return map(UnaryFunction.LOG, 0, 0);
  }

  /**
   * {@link UnaryFunction#LOG1P}.
   *
   * @return a value of the same shape
   */
  default Expression log1p() {
    return map(UnaryFunction.LOG1P, 0, 0);
  }

  /**
   * {@link UnaryFunction#TANH}.
   *
   * @return a value of the same shape
   */
  default Expression tanh() {
    return map(UnaryFunction.TANH, 0, 0);
  }

  /**
   * {@link UnaryFunction#SIGMOID}.
   *
   * @return a value of the same shape
   */
  default Expression sigmoid() {
    return map(UnaryFunction.SIGMOID, 0, 0);
  }

  /**
   * {@link UnaryFunction#SOFTPLUS}.
   *
   * @return a value of the same shape
   */
  default Expression softplus() {
    return map(UnaryFunction.SOFTPLUS, 0, 0);
  }

  /**
   * {@link UnaryFunction#ERF}.
   *
   * @return a value of the same shape
   */
  default Expression erf() {
    return map(UnaryFunction.ERF, 0, 0);
  }

  // comparisons

  /**
   * The greater of two; at a tie each has half of the gradient.
   *
   * @param y other operand
   * @return a value of the shape that both are spread to
   */
  default Expression max(Expression y) {
    return combine(BinaryFunction.MAXIMUM, y);
  }

  /**
   * The smaller of two; at a tie each has half of the gradient.
   *
   * @param y other operand
   * @return a value of the shape that both are spread to
   */
  default Expression min(Expression y) {
    return combine(BinaryFunction.MINIMUM, y);
  }

  /**
   * The value, but at least this; where it is just this, half of the gradient passes.
   *
   * @param least lower bound
   * @return a value of the same shape
   */
  default Expression atLeast(double least) {
    return max(constant(least));
  }

  /**
   * The value, but at most this; where it is just this, half of the gradient passes.
   *
   * @param most upper bound
   * @return a value of the same shape
   */
  default Expression atMost(double most) {
    return min(constant(most));
  }

  /**
   * {@code x < y ? 1 : 0}; no gradient passes.
   *
   * @param y other operand
   * @return a value of the shape that both are spread to
   */
  default Expression lessThan(Expression y) {
    return combine(BinaryFunction.LESS, y);
  }

  /**
   * {@code x < y ? 1 : 0}; no gradient passes.
   *
   * @param y a bound
   * @return a value of the same shape
   */
  default Expression lessThan(double y) {
    return lessThan(constant(y));
  }

  // rows

  /**
   * The mean of each row.
   *
   * @return a value with one column
   */
  default Expression rowMean() {
    return rowSum().dividedBy(columns());
  }
}
