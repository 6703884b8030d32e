package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Shape;
import org.panagrad.graph.SumOp;
import org.panagrad.graph.Value;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.CustomLoss.Formula;
import org.panagrad.loss.CustomLoss.Target;

/**
 * A {@link CustomLoss} for rows of one length: the graph that its lambda wrote down, with its memory. What the lambda
 * returns for rows is multiplied by their weights and added up inside the graph.
 */
final class CustomSession {
  private static final RowLoss LABELS = RowLoss.softmaxCrossEntropy();
  private static final ElementLoss NUMBERS = ElementLoss.meanSquaredError();

  private final Formula formula;
  private final Target target;
  private final long columns;
  private final List<LossParameter> parameters;
  private final Kernels kernels;
  private final Graph graph;
  private final Value prediction, weight, total;
  private final Value[] parameterInputs;
  /** What each row or element comes to, weighted; null where the lambda has reduced by itself. */
  private final @Nullable Value losses;
  private final @Nullable SumOp exact;
  private final KeptRows kept;
  private MemorySegment ones = MemorySegment.NULL;
  private int planned;

  CustomSession(CustomLoss loss, Kernels kernels, long columns) {
    this.kernels = kernels;
    graph = Graph.collected(kernels);
    kept = new KeptRows(kernels);
    formula = loss.formula();
    target = loss.target();
    parameters = loss.parameters();
    this.columns = columns;
    prediction = graph.input(Shape.of(columns), false, true);
    weight = graph.input(Shape.of(1), false, false);
    TracedExpression x = TracedExpression.of(graph, prediction), t = x;
    if (target != Target.NOTHING) {
      boolean labels = target == Target.CLASSES;
      Value input = graph.input(labels ? Shape.of(1) : Shape.of(columns), labels, false);
      t = labels ? TracedExpression.oneHot(graph, input, columns) : TracedExpression.of(graph, input);
    }
    parameterInputs = new Value[parameters.size()];
    Map<LossParameter, Expression> learned = new HashMap<>();
    for (int i = 0; i < parameterInputs.length; i++) {
      parameterInputs[i] = graph.unbatchedInput(Shape.of(parameters.get(i).size()), true);
      learned.put(parameters.get(i), TracedExpression.of(graph, parameterInputs[i]));
    }
    TracedExpression result = requireResult(formula.of(x, t, Map.copyOf(learned)));
    TracedExpression weighted = null, sum = result;
    if (result.batched()) {
      weighted = (TracedExpression) result.times(TracedExpression.of(graph, weight));
      sum = (TracedExpression) weighted.sum();
    }
    total = sum.read();
    exact = sum.total();
    losses = weighted == null ? null : weighted.value();
    graph.build(0);
  }

  private static TracedExpression requireResult(Expression result) {
    if (!(result instanceof TracedExpression traced)) {
      throw new IllegalArgumentException("the lambda returned " + result + ": it must return what it made");
    }
    if (!traced.batched() && traced.columns() != 1) {
      throw new IllegalArgumentException("the lambda returned " + traced
          + ": it must return one number, or one for each sample or each element");
    }
    return traced;
  }

  /** Frees what a GPU has of it; on a processor that goes by itself. */
  void close() {
    graph.close();
  }

  /** Whether this is for the formula, with rows of so many columns. */
  boolean serves(CustomLoss loss, long columns) {
    return loss.formula() == formula && loss.target() == target && loss.parameters().equals(parameters)
        && columns == this.columns;
  }

  double evaluate(CustomLoss loss, LossCall call) {
    check(call);
    kept.choose(call.sampleWeight(), call.rows());
    feed(call);
    graph.forward(kept.count(), true);
    double divisor = divisor(loss.reduction(), call), value = value(loss, divisor);
    if (call.losses() != null) {
      kept.scatter(losses.data(), call.losses(), losses.shape().elements());
    }
    if (call.gradient() != null) {
      backward(losses == null ? 1 : loss.reduction().scale(divisor), call);
    }
    return value;
  }

  /** All that may be wrong, before anything is written. */
  private void check(LossCall call) {
    call.refuseSteps();
    long rows = call.rows(), n = rows * columns;
    MemorySegment weights = call.sampleWeight();
    Memories.in("prediction", call.prediction(), n);
    Memories.outIfAny("gradient", call.gradient(), n);
    if (weights != null) {
      Memories.in("sampleWeight", weights, rows);
    }
    switch (target) {
      case CLASSES -> {
        Memories.in("labels", call.target(), rows);
        LABELS.check(call.target(), weights, columns, 0, rows);
      }
      case NUMBERS -> {
        Memories.in("target", call.target(), n);
        NUMBERS.check(call.target(), weights, columns, 0, n);
      }
      case NOTHING -> NUMBERS.check(call.prediction(), weights, columns, 0, n);
    }
    if (losses != null) {
      Memories.outIfAny("losses", call.losses(), rows * losses.shape().elements());
    } else if (weights != null || call.losses() != null) {
      throw new IllegalArgumentException((weights != null ? "sampleWeight is" : "losses are")
          + " for a lambda that returns a number for each sample or element: this one returns one number");
    }
  }

  private void feed(LossCall call) {
    int rows = kept.count();
    plan(rows, call);
    graph.feed(0, kept.gather(call.prediction(), graph.staging(0), columns));
    graph.feed(1, call.sampleWeight() == null
        ? ones
        : kept.gather(call.sampleWeight(), graph.staging(1), 1));
    int next = 2;
    if (target != Target.NOTHING) {
      graph.feed(next, kept.gather(call.target(), graph.staging(next), target == Target.CLASSES ? 1 : columns));
      next++;
    }
    for (int i = 0; i < parameterInputs.length; i++) {
      graph.feed(next + i, call.places().of(parameters.get(i)).values());
    }
  }

  /** Room to grow, as everywhere in a call. */
  private void plan(int rows, LossCall call) {
    if (planned == 0 || rows > planned) {
      planned = planned == 0 ? Math.max(1, rows) : (int) Math.min(Integer.MAX_VALUE, rows + rows / 2L);
      graph.plan(call.compute(), planned);
      ones = kernels.allocate(4L * planned);
      for (int i = 0; i < planned; i++) {
        ones.setAtIndex(JAVA_FLOAT, i, 1);
      }
      kernels.upload(ones);
    }
  }

  /** What a mean divides by. */
  private double divisor(Reduction reduction, LossCall call) {
    if (losses == null || !reduction.divides()) {
      return 1;
    }
    return losses.shape().elements() * (reduction == Reduction.MEAN ? call.weights().sumOfRows() : kept.count());
  }

  /** A mean of the lambda's own is over nothing where there is no row. */
  private double value(CustomLoss loss, double divisor) {
    double value = exact == null ? downloaded(total.data()) : exact.value();
    if (losses == null) {
      return kept.count() == 0 && Double.isNaN(value) ? loss.empty().mean() : value;
    }
    return loss.reduction().value(value, divisor, loss.empty());
  }

  private float downloaded(MemorySegment number) {
    kernels.download(number);
    return number.get(JAVA_FLOAT, 0);
  }

  private void backward(float scale, LossCall call) {
    if (kept.count() == 0) { // nothing is learned from nothing
      kept.scatter(prediction.gradient(), call.gradient(), columns);
      call.places().weigh(parameters, 0);
      return;
    }
    if (total.needsGradient()) {
      total.gradient().setAtIndex(JAVA_FLOAT, 0, scale);
      kernels.upload(total.gradient());
    }
    graph.backward();
    kept.scatter(prediction.gradient(), call.gradient(), columns);
    for (int i = 0; i < parameterInputs.length; i++) {
      kernels.copy(parameterInputs[i].gradient(), call.places().of(parameters.get(i)).gradient());
    }
  }
}
