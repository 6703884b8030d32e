package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.LossScratch.Use;

/**
 * Two predictions of one thing shall agree: the student's, which gets the gradient, and the teacher's, which gets none
 * (a stopped gradient). The teacher may be the same model on another distortion of the row, or a running mean of it
 * (Tarvainen and Valpola: Mean teachers, 2017). No labels are needed.
 *
 * <pre>{@code
 * Loss loss = Consistency.of(Consistency.Kind.MEAN_SQUARED_ERROR);
 * double mean = call.of(studentLogits, teacherLogits, gradient, rows, classes).evaluate(loss);
 * }</pre>
 *
 * <p>A call holds the student's logits as prediction and the teacher's as target. p is the student's softmax, q the
 * teacher's. Immutable.
 *
 * @param kind      how they are compared
 * @param reduction MEAN divides by what stands at the kind, weights counted
 * @param empty     what a mean over nothing is
 */
public record Consistency(Kind kind, Reduction reduction, EmptyPolicy empty) implements Loss {
  private static final ElementLoss SQUARED_ERROR = ElementLoss.meanSquaredError();
  private static final RowLoss CROSS_ENTROPY = RowLoss.softmaxCrossEntropyOfProbabilities(),
      ENTROPY = RowLoss.entropy();

  /** How distributions are compared. */
  public enum Kind {
    /** {@code (p - q)^2} of each class; bounded. MEAN divides by elements. Single losses are of elements. */
    MEAN_SQUARED_ERROR,
    /** {@code -sum q ln p}. MEAN divides by rows. Least, but not 0, where p is q. */
    CROSS_ENTROPY,
    /**
     * {@code sum q (ln q - ln p)}: cross-entropy less the teacher's entropy, with the same gradient. 0 where p is q, or
     * a rounding beside it, of either sign. MEAN divides by rows, as PyTorch's "batchmean".
     */
    KULLBACK_LEIBLER
  }

  /** Checks that nothing is null. */
  public Consistency {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reduction, "reduction");
    Objects.requireNonNull(empty, "empty");
  }

  /**
   * Reduced to the mean, NaN over nothing.
   *
   * @param kind how they are compared
   * @return the loss
   */
  public static Consistency of(Kind kind) {
    return new Consistency(kind, Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public Consistency reduction(Reduction other) {
    return new Consistency(kind, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public Consistency empty(EmptyPolicy other) {
    return new Consistency(kind, reduction, other);
  }

  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public double evaluate(LossCall call) {
    call.refuseSteps();
    long rows = call.rows(), columns = call.columns();
    double divisor = !reduction.divides()
        ? 1
        : reduction == Reduction.MEAN ? call.weights().sumOfRows() : call.weights().keptRows();
    MemorySegment teacher = call.scratch().memory(Use.TARGETS, rows * columns);
    call.scratch().passes().softmax(call.target(), teacher, rows, columns);
    if (kind == Kind.MEAN_SQUARED_ERROR) {
      double elements = reduction.divides() ? divisor * columns : 1;
      return reduction.value(squares(call, teacher, reduction.scale(elements)), elements, empty);
    }
    LossCall inner = call.scratch().inner();
    @Nullable
    MemorySegment losses = kind == Kind.KULLBACK_LEIBLER && call.losses() == null
        ? call.scratch().memory(Use.LOSSES, rows)
        : call.losses();
    inner.of(call.prediction(), teacher, call.gradient(), rows, columns).sampleWeight(call.sampleWeight())
        .losses(losses);
    double sum = inner.rows(CROSS_ENTROPY, reduction.scale(divisor));
    return reduction.value(losses != null && kind == Kind.KULLBACK_LEIBLER ? less(call, losses) : sum, divisor, empty);
  }

  /** The squares' sum; their gradient goes back through the student's softmax. */
  private static double squares(LossCall call, MemorySegment teacher, float scale) {
    long rows = call.rows(), columns = call.columns();
    MemorySegment student = call.scratch().memory(Use.PROBABILITIES, rows * columns), gradient = call.gradient(),
        weights = call.sampleWeight();
    call.scratch().passes().softmax(call.prediction(), student, rows, columns);
    LossCall inner = call.scratch().inner();
    inner.of(student, teacher, gradient, rows, columns).sampleWeight(weights).losses(call.losses());
    double sum = inner.elements(SQUARED_ERROR, scale);
    if (gradient != null) {
      if (weights != null) {
        call.compute().kernels().download(student);
        clearUnweighted(student, weights, rows, columns);
        call.compute().kernels().upload(student);
      }
      call.scratch().passes().softmaxBackward(student, gradient, rows, columns);
    }
    return sum;
  }

  /** What does not count has no gradient, though its softmax be NaN. */
  private static void clearUnweighted(MemorySegment student, MemorySegment weights, long rows, long columns) {
    for (long r = 0; r < rows; r++) {
      for (long c = 0; weights.getAtIndex(JAVA_FLOAT, r) == 0 && c < columns; c++) {
        student.setAtIndex(JAVA_FLOAT, r * columns + c, 0);
      }
    }
  }

  /** Cross-entropies become divergences: each less the teacher's entropy. Their sum. */
  private static double less(LossCall call, MemorySegment losses) {
    long rows = call.rows();
    MemorySegment entropies = call.scratch().memory(Use.WEIGHTS, rows);
    LossCall inner = call.scratch().inner();
    inner.of(call.target(), null, rows, call.columns()).sampleWeight(call.sampleWeight()).losses(entropies)
        .statistics(null);
    inner.rows(ENTROPY, 1);
    call.compute().kernels().download(losses);
    double sum = 0;
    for (long r = 0; r < rows; r++) {
      float divergence = losses.getAtIndex(JAVA_FLOAT, r) - entropies.getAtIndex(JAVA_FLOAT, r);
      losses.setAtIndex(JAVA_FLOAT, r, divergence);
      sum += divergence;
    }
    call.compute().kernels().upload(losses);
    return sum;
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    kernels.softmax(output, output, outputs, 0, batch);
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "consistency", "kind", kind.name().toLowerCase(Locale.ROOT));
  }
}
