package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.loss.LossScratch.Use;

/**
 * Unlabelled rows learn from the model's own sure answers (Sohn et al.: FixMatch, 2020): where the greatest probability
 * of a weakly distorted view is at least {@code confidence}, its class is the label for a strongly distorted one; other
 * rows have no loss and no gradient.
 *
 * <pre>{@code
 * double loss = call.of(strongLogits, weakLogits, gradient, rows, classes).evaluate(PseudoLabels.of(0.95));
 * long sure = call.kept();
 * }</pre>
 *
 * <p>A call holds the strong view's logits as prediction and the weak view's as target, which gets no gradient. Of
 * equal greatest probabilities the first counts; a row whose softmax is NaN is not sure. {@link LossCall#kept} says how
 * many rows were. Weights of samples work as everywhere. Immutable.
 *
 * @param loss       of the kept rows, with its options, its reduction and its word on nothing
 * @param confidence least probability of a label, from 0 to 1
 * @param divisor    what a mean divides by
 */
public record PseudoLabels(RowwiseLoss loss, double confidence, Divisor divisor) implements Loss {

  /** What a mean divides by. */
  public enum Divisor {
    /** All rows, by weight where there are weights, as FixMatch does: few sure rows say little. Classes weigh 1. */
    ROWS,
    /** The rows that were kept, as if there were no others; none of them is a mean over nothing. */
    KEPT
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if confidence is not from 0 to 1, or the loss takes no labels
   */
  public PseudoLabels {
    Objects.requireNonNull(divisor, "divisor");
    Ranges.within("confidence", confidence, 0, 1);
    if (!loss.takesLabels()) {
      throw new IllegalArgumentException("loss is " + loss.function() + ": a loss with labels is needed");
    }
  }

  /**
   * Softmax-cross-entropy, its mean over all rows.
   *
   * @param confidence least probability of a label, from 0 to 1; FixMatch's is 0.95
   * @return the loss
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static PseudoLabels of(double confidence) {
    return new PseudoLabels(Losses.softmaxCrossEntropy(), confidence, Divisor.ROWS);
  }

  /**
   * The same with another loss of the kept rows.
   *
   * @param other with its options, its reduction and its word on nothing
   * @return a loss
   * @throws IllegalArgumentException if it takes no labels
   */
  public PseudoLabels loss(RowwiseLoss other) {
    return new PseudoLabels(other, confidence, divisor);
  }

  /**
   * The same with another divisor.
   *
   * @param other what a mean divides by
   * @return a loss
   */
  public PseudoLabels divisor(Divisor other) {
    return new PseudoLabels(loss, confidence, other);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public PseudoLabels reduction(Reduction other) {
    return loss(loss.reduction(other));
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public PseudoLabels empty(EmptyPolicy other) {
    return loss(loss.empty(other));
  }

  /**
   * {@inheritDoc}
   *
   * @return false: the target is the weak view's logits
   */
  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public double evaluate(LossCall call) {
    call.refuseSteps();
    long rows = call.rows(), columns = call.columns();
    MemorySegment probabilities = call.scratch().memory(Use.TARGETS, rows * columns),
        labels = call.scratch().memory(Use.LABELS, rows),
        weights = call.scratch().memory(Use.WEIGHTS, rows);
    call.scratch().passes().softmax(call.target(), probabilities, rows, columns);
    Kernels kernels = call.compute().kernels();
    kernels.download(probabilities);
    call.kept(choose(probabilities, call.sampleWeight(), labels, weights, rows, columns));
    kernels.upload(labels);
    kernels.upload(weights);
    LossCall inner = call.scratch().inner();
    inner.of(call.prediction(), labels, call.gradient(), rows, columns).sampleWeight(weights).losses(call.losses());
    if (divisor == Divisor.KEPT) {
      return loss.evaluate(inner);
    }
    Reduction reduction = loss.reduction();
    double all = !reduction.divides()
        ? 1
        : reduction == Reduction.MEAN ? call.weights().sumOfRows() : call.weights().keptRows();
    return reduction.value(inner.rows(loss.function(), reduction.scale(all)), all, loss.empty());
  }

  /** Labels of all rows, weights of 0 for those that are not sure; how many are. */
  private long choose(MemorySegment probabilities, @Nullable MemorySegment given, MemorySegment labels,
      MemorySegment weights, long rows, long columns) {
    float least = (float) confidence;
    long kept = 0;
    for (long r = 0; r < rows; r++) {
      float greatest = Float.NEGATIVE_INFINITY;
      int label = 0;
      for (int c = 0; c < columns; c++) {
        float p = probabilities.getAtIndex(JAVA_FLOAT, r * columns + c);
        if (p > greatest) {
          greatest = p;
          label = c;
        }
      }
      float weight = greatest >= least ? given == null ? 1 : given.getAtIndex(JAVA_FLOAT, r) : 0;
      labels.setAtIndex(JAVA_INT, r, label);
      weights.setAtIndex(JAVA_FLOAT, r, weight);
      kept += weight == 0 ? 0 : 1;
    }
    return kept;
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    loss.activate(kernels, output, batch, outputs);
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "pseudoLabels", "confidence", confidence, "divisor",
        divisor.name().toLowerCase(Locale.ROOT), "loss", loss.describe());
  }
}
