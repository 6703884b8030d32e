package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.LossScratch.Use;

/**
 * Cross-entropy per time step of sequences that are padded to one length, for any model that gives logits per step;
 * some texts call it LSTM loss or GRU loss. Padding has no loss, no gradient and no place in the divisor, whatever its
 * logits, labels and weights hold: they are not read.
 *
 * <pre>{@code
 * SequenceCrossEntropy loss = SequenceCrossEntropy.of().labelSmoothing(0.1);
 * double mean = call.of(logits, labels, gradient, sequences * steps, classes).lengths(lengths, steps).evaluate(loss);
 * }</pre>
 *
 * <p>A call holds sequences x steps rows of logits and a label for each row. What is padding is said by
 * {@link LossCall#lengths}, or by a mask of 0 and 1 as {@link LossCall#sampleWeight(MemorySegment)}, a weight for each
 * step; or by both. With a mask alone, steps need not be said for {@link Mean#TOKENS}. Single losses are those of the
 * steps; for a mean over {@link Mean#SEQUENCES} each is divided as its sequence's mean divides. Statistics see all
 * rows, padding too.
 *
 * @param step   the loss of a step, with its options, its reduction and its word on nothing
 * @param layout how rows are ordered
 * @param mean   what a mean is over; SUM and NONE do not ask
 */
public record SequenceCrossEntropy(RowwiseLoss step, Layout layout, Mean mean) implements Loss {

  /** The order of the rows. */
  public enum Layout {
    /** Sequence by sequence: row n * steps + t. */
    BATCH_MAJOR,
    /** Step by step: row t * sequences + n. */
    TIME_MAJOR
  }

  /** What a mean is over. */
  public enum Mean {
    /** All steps that count, as PyTorch does with an ignored label: long sequences weigh more. */
    TOKENS,
    /**
     * The means of the sequences, each over its own steps that count: sequences weigh the same. One without such a step
     * has no mean and is not counted.
     */
    SEQUENCES
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the loss of a step takes no labels
   */
  public SequenceCrossEntropy {
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(mean, "mean");
    if (!step.takesLabels()) {
      throw new IllegalArgumentException("step is " + step.function() + ": a loss of steps with labels is needed");
    }
  }

  /**
   * Softmax-cross-entropy, batch-major, its mean over the tokens.
   *
   * @return the loss
   */
  public static SequenceCrossEntropy of() {
    return of(Losses.softmaxCrossEntropy());
  }

  /**
   * Another loss of labels for each step, batch-major, its mean over the tokens.
   *
   * @param step the loss of a step, with its options, its reduction and its word on nothing
   * @return the loss
   * @throws IllegalArgumentException if it takes no labels
   */
  public static SequenceCrossEntropy of(RowwiseLoss step) {
    return new SequenceCrossEntropy(step, Layout.BATCH_MAJOR, Mean.TOKENS);
  }

  private SequenceCrossEntropy step(RowwiseLoss other) {
    return new SequenceCrossEntropy(other, layout, mean);
  }

  /**
   * The same with another order of the rows.
   *
   * @param other how rows are ordered
   * @return a loss
   */
  public SequenceCrossEntropy layout(Layout other) {
    return new SequenceCrossEntropy(step, other, mean);
  }

  /**
   * The same with another mean.
   *
   * @param other what a mean is over
   * @return a loss
   */
  public SequenceCrossEntropy mean(Mean other) {
    return new SequenceCrossEntropy(step, layout, other);
  }

  /**
   * The same with weights of the classes.
   *
   * @param weights one for each class, not negative
   * @return a loss
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public SequenceCrossEntropy classWeight(float... weights) {
    return step(step.classWeight(weights));
  }

  /**
   * The same with a label whose steps count nothing.
   *
   * @param label PyTorch's is -100
   * @return a loss
   */
  public SequenceCrossEntropy ignoreIndex(int label) {
    return step(step.ignoreIndex(label));
  }

  /**
   * The same with a part of each target spread over all classes.
   *
   * @param smoothing from 0 to 1
   * @return a loss
   * @throws IllegalArgumentException if smoothing is out of range, or the loss of a step has none
   */
  public SequenceCrossEntropy labelSmoothing(double smoothing) {
    return step(step.labelSmoothing(smoothing));
  }

  /**
   * The same with {@code zLoss (ln sum e^x)^2} added to each step.
   *
   * @param factor at least 0
   * @return a loss
   * @throws IllegalArgumentException if the factor is negative, or the loss of a step has none
   */
  public SequenceCrossEntropy zLoss(double factor) {
    return step(step.zLoss(factor));
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses become one value
   * @return a loss
   */
  public SequenceCrossEntropy reduction(Reduction other) {
    return step(step.reduction(other));
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return a loss
   */
  public SequenceCrossEntropy empty(EmptyPolicy other) {
    return step(step.empty(other));
  }

  @Override
  public boolean takesLabels() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a length is not from 0 to steps, rows are no multiple of steps, or a label or a
   *                                  weight of a step that exists is wrong
   */
  @Override
  public double evaluate(LossCall call) {
    long rows = call.rows(), steps = steps(call), sequences = rows / steps;
    requireLengths(call.lengths(), sequences, steps);
    MemorySegment labels = call.scratch().memory(Use.LABELS, rows), weights = call.scratch().memory(Use.WEIGHTS, rows);
    copyWhatExists(call, labels, weights, sequences, steps);
    call.compute().kernels().upload(labels);
    call.compute().kernels().upload(weights);
    LossCall inner = call.scratch().inner();
    inner.of(call.prediction(), labels, call.gradient(), rows, call.columns()).sampleWeight(weights)
        .losses(call.losses());
    if (mean == Mean.TOKENS || !step.reduction().divides()) {
      return step.evaluate(inner);
    }
    step.function().check(labels, null, call.columns(), 0, rows);
    long counted = divideBySequence(labels, weights, sequences, steps);
    call.compute().kernels().upload(weights);
    return step.reduction().value(inner.rows(step.function(), step.reduction().scale(counted)), counted, step.empty());
  }

  private long steps(LossCall call) {
    long steps = call.steps();
    if (steps == 0 && mean == Mean.TOKENS) {
      return 1; // a mask says it all
    }
    if (steps < 1) {
      throw new IllegalArgumentException(
          "steps is " + steps
              + ": it must be at least 1; LossCall.lengths or LossCall.steps says how many rows a sequence has");
    }
    if (call.rows() % steps != 0) {
      throw new IllegalArgumentException("rows is " + call.rows() + ": it must be a multiple of steps, " + steps);
    }
    return steps;
  }

  private static void requireLengths(@Nullable MemorySegment lengths, long sequences, long steps) {
    if (lengths == null) {
      return;
    }
    Memories.in("lengths", lengths, sequences);
    for (long n = 0; n < sequences; n++) {
      int length = lengths.getAtIndex(JAVA_INT, n);
      if (length < 0 || length > steps) {
        throw new IllegalArgumentException(
            "lengths[" + n + "] is " + length + ": it must be from 0 to steps, " + steps);
      }
    }
  }

  private long row(long n, long t, long sequences, long steps) {
    return layout == Layout.BATCH_MAJOR ? n * steps + t : t * sequences + n;
  }

  /** Padding gets a weight of 0 and a label that nobody refuses. */
  private void copyWhatExists(LossCall call, MemorySegment labels, MemorySegment weights, long sequences, long steps) {
    MemorySegment lengths = call.lengths(), given = call.sampleWeight(), target = call.target();
    Memories.in("labels", target, call.rows());
    if (given != null) {
      Memories.in("sampleWeight", given, call.rows());
    }
    for (long n = 0; n < sequences; n++) {
      long length = lengths == null ? steps : lengths.getAtIndex(JAVA_INT, n);
      for (long t = 0; t < steps; t++) {
        long r = row(n, t, sequences, steps);
        float weight = t >= length ? 0 : given == null ? 1 : given.getAtIndex(JAVA_FLOAT, r);
        if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
          throw new IllegalArgumentException(
              "sampleWeight[" + r + "] is " + weight + ": a weight is a number from 0 up");
        }
        weights.setAtIndex(JAVA_FLOAT, r, weight);
        labels.setAtIndex(JAVA_INT, r, weight == 0 ? 0 : target.getAtIndex(JAVA_INT, r));
      }
    }
  }

  /** Weights become shares of their sequence's mean; says how many sequences have one. */
  private long divideBySequence(MemorySegment labels, MemorySegment weights, long sequences, long steps) {
    RowLoss function = step.function();
    boolean weighted = step.reduction() == Reduction.MEAN;
    long counted = 0;
    for (long n = 0; n < sequences; n++) {
      double divisor = 0;
      for (long t = 0; t < steps; t++) {
        long r = row(n, t, sequences, steps);
        divisor += function.share(labels.getAtIndex(JAVA_INT, r), weights.getAtIndex(JAVA_FLOAT, r), weighted);
      }
      for (long t = 0; t < steps; t++) {
        long r = row(n, t, sequences, steps);
        double share = divisor == 0 ? 0 : weights.getAtIndex(JAVA_FLOAT, r) / divisor;
        weights.setAtIndex(JAVA_FLOAT, r, (float) share);
      }
      counted += divisor == 0 ? 0 : 1;
    }
    return counted;
  }

  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    step.activate(kernels, output, batch, outputs);
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("name", "sequenceCrossEntropy", "layout", layout.name().toLowerCase(Locale.ROOT), "mean",
        mean.name().toLowerCase(Locale.ROOT), "step", step.describe());
  }
}
