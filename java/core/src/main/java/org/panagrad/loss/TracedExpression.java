package org.panagrad.loss;

import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.CombineOp;
import org.panagrad.graph.FunctionOp;
import org.panagrad.graph.Graph;
import org.panagrad.graph.MapOp;
import org.panagrad.graph.OneHotOp;
import org.panagrad.graph.Op;
import org.panagrad.graph.ReluOp;
import org.panagrad.graph.RowSumOp;
import org.panagrad.graph.Shape;
import org.panagrad.graph.SoftmaxOp;
import org.panagrad.graph.SumOp;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.UnaryFunction;

/**
 * An expression that becomes a value of a graph once it is read: what a lambda writes down but does not use is never
 * computed.
 */
final class TracedExpression implements Expression {
  private final Graph graph;
  private final boolean batched, needsGradient;
  private final long columns;
  private final Function<TracedExpression, Value> maker;
  private @Nullable Value value;
  private @Nullable SumOp total;

  private TracedExpression(Graph graph, boolean batched, long columns, boolean needsGradient,
      Function<TracedExpression, Value> maker) {
    this.graph = graph;
    this.batched = batched;
    this.columns = columns;
    this.needsGradient = needsGradient;
    this.maker = maker;
  }

  /** What comes from outside. */
  static TracedExpression of(Graph graph, Value input) {
    return new TracedExpression(graph, input.batched(), input.shape().elements(), input.needsGradient(), _ -> input);
  }

  /** A row for each label, with a 1 at its class. */
  static TracedExpression oneHot(Graph graph, Value labels, long classes) {
    return new TracedExpression(graph, true, classes, false, one -> {
      Value y = one.output();
      graph.add(new OneHotOp(labels, y));
      return y;
    });
  }

  /** What it becomes. */
  Value value() {
    if (value == null) {
      value = maker.apply(this);
    }
    return value;
  }

  /** The same for one more that reads it. */
  Value read() {
    return graph.read(value());
  }

  /** The value that the operation which is added next computes; its operands were read before. */
  private Value output() {
    Shape shape = Shape.of(columns);
    return batched ? graph.value(shape, needsGradient) : graph.unbatched(shape, needsGradient);
  }

  boolean batched() {
    return batched;
  }

  boolean needsGradient() {
    return needsGradient;
  }

  /** The sum that this is, once it was read; null for what is none. */
  @Nullable
  SumOp total() {
    return total;
  }

  /** Makes an operation from its operand and its output. */
  private interface Unary {
    Op of(Value x, Value y);
  }

  private TracedExpression from(boolean batched, long columns, Unary unary) {
    return new TracedExpression(graph, batched, columns, needsGradient, one -> {
      Value x = read(), y = one.output();
      graph.add(unary.of(x, y));
      return y;
    });
  }

  private TracedExpression alike(Unary unary) {
    return from(batched, columns, unary);
  }

  @Override
  public long columns() {
    return columns;
  }

  @Override
  public Expression map(UnaryFunction f, double a, double b) {
    return alike((x, y) -> new MapOp(f, (float) a, (float) b, x, y));
  }

  @Override
  public Expression combine(BinaryFunction f, Expression other) {
    if (!(other instanceof TracedExpression right) || right.graph != graph) {
      throw new IllegalArgumentException(
          f + " of an expression from elsewhere: a lambda may only use what it is given, and what it makes from that");
    }
    if (columns != right.columns && columns != 1 && right.columns != 1) {
      throw new IllegalArgumentException(f + " of " + this + " and " + right
          + ": they must have as many columns, or one of them a single one");
    }
    return new TracedExpression(graph, batched || right.batched, Math.max(columns, right.columns),
        needsGradient || right.needsGradient, one -> {
          Value a = read(), b = right.read(), y = one.output();
          graph.add(new CombineOp(f, a, b, y));
          return y;
        });
  }

  @Override
  public Expression apply(DoubleUnaryOperator f, DoubleUnaryOperator slope) {
    return alike((x, y) -> new FunctionOp(f, slope, x, y));
  }

  @Override
  public Expression constant(double number) {
    return new TracedExpression(graph, false, 1, false, _ -> graph.constant((float) number));
  }

  @Override
  public Expression relu() {
    return alike(ReluOp::new);
  }

  @Override
  public Expression softmax() {
    return alike(SoftmaxOp::new);
  }

  @Override
  public Expression rowSum() {
    return from(batched, 1, RowSumOp::new);
  }

  @Override
  public Expression sum() {
    return total(false);
  }

  @Override
  public Expression mean() {
    return total(true);
  }

  private Expression total(boolean mean) {
    return new TracedExpression(graph, false, 1, needsGradient, one -> {
      Value x = read(), y = one.output();
      one.total = new SumOp(x, y, mean);
      graph.add(one.total);
      return y;
    });
  }

  @Override
  public String toString() {
    return (batched ? "batch" : "1") + " x " + columns;
  }
}
