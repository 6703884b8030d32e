package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.ArraySegments;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.Reached;
import org.panagrad.kernel.RowLoss;

/**
 * The arguments of a loss and the scratch memory for it: made once, then filled and evaluated again and again, without
 * allocation once it has seen the largest batch. Work is split over the threads of its {@link Compute}, which changes
 * no bit.
 *
 * <pre>{@code
 * LossCall call = LossCall.on(compute);
 * double mean = call.of(logits, labels, gradient, rows, classes).evaluate(Losses.softmaxCrossEntropy());
 * }</pre>
 *
 * Not thread-safe: one for each thread.
 */
public final class LossCall extends LossArguments {
  /** Arguments that kernels only read. */
  private static final int TARGET = 0, WEIGHTS = 1, LENGTHS = 2;

  private final Reached reached;
  private final ArraySegments arrays = new ArraySegments(8);
  private final LossParts parts = new LossParts();
  private final ParameterPlaces places;
  private final LossScratch scratch = new LossScratch(this);
  private final LossPass pass;
  private long kept;

  private LossCall(Compute compute) {
    super(compute);
    places = new ParameterPlaces(compute.kernels());
    reached = new Reached(compute.kernels(), 3);
    pass = new LossPass(this);
  }

  /**
   * Nothing in it yet.
   *
   * @param compute kernels and threads
   * @return a call
   */
  public static LossCall on(Compute compute) {
    return new LossCall(compute);
  }

  /**
   * What nearly every call has; weights, lengths and a place for single losses are taken away. On a GPU, predictions and
   * gradient lie in its session's memory; target, weights and lengths may lie anywhere: they are copied by this call, and
   * by those that give them.
   *
   * @param prediction rows x columns floats
   * @param target     what the loss takes: rows x columns floats, or an int for each row
   * @param gradient   rows x columns floats, may be {@code prediction}; null for the value alone
   * @param rows       samples
   * @param columns    elements of a sample
   * @return this
   * @throws IllegalArgumentException if a size is negative, or there are too many elements to count
   */
  public LossCall of(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient, long rows,
      long columns) {
    if (rows < 0 || columns < 0 || columns > 0 && rows > (Long.MAX_VALUE >> 3) / columns) {
      throw new IllegalArgumentException(
          rows + " rows of " + columns + " elements: sizes are not negative, and their product must be countable");
    }
    compute().kernels().requireReached("prediction", prediction);
    compute().kernels().requireReached("gradient", gradient);
    this.prediction = prediction;
    this.target = reached.of(TARGET, target);
    this.gradient = gradient;
    this.rows = rows;
    this.columns = columns;
    weights.clear(rows, columns);
    losses = lengths = null;
    steps = 0;
    return this;
  }

  /**
   * Copies to a GPU what {@link #of} will be given as the target, if it lies elsewhere: before other work, that copy
   * need not wait for it. On a processor nothing is done.
   *
   * @param target as {@link #of} takes it
   */
  public void expect(MemorySegment target) {
    reached.of(TARGET, target);
  }

  private @Nullable MemorySegment reachedWeights(@Nullable MemorySegment given) {
    return given == null ? null : reached.of(WEIGHTS, given);
  }

  /**
   * The same on arrays.
   *
   * @param prediction rows x columns floats
   * @param target     rows x columns floats
   * @param gradient   rows x columns floats, may be {@code prediction}; null for the value alone
   * @param rows       samples
   * @param columns    elements of a sample
   * @return this
   */
  public LossCall of(float[] prediction, float[] target, float @Nullable [] gradient, int rows, int columns) {
    return of(arrays.of(0, prediction), arrays.of(1, target), gradient == null ? null : arrays.of(2, gradient), rows,
        columns);
  }

  /**
   * The same on arrays, with labels.
   *
   * @param prediction rows x columns floats
   * @param labels     rows ints
   * @param gradient   rows x columns floats, may be {@code prediction}; null for the value alone
   * @param rows       samples
   * @param columns    classes
   * @return this
   */
  public LossCall of(float[] prediction, int[] labels, float @Nullable [] gradient, int rows, int columns) {
    return of(arrays.of(0, prediction), arrays.of(6, labels), gradient == null ? null : arrays.of(2, gradient), rows,
        columns);
  }

  /**
   * The same for a loss that takes no target, as {@link Losses#entropy} or a side of {@link Adversarial}.
   *
   * @param prediction rows x columns floats
   * @param gradient   rows x columns floats, may be {@code prediction}; null for the value alone
   * @param rows       samples
   * @param columns    elements of a sample
   * @return this
   */
  public LossCall of(MemorySegment prediction, @Nullable MemorySegment gradient, long rows, long columns) {
    return of(prediction, MemorySegment.NULL, gradient, rows, columns);
  }

  /**
   * The same on arrays, for a loss that takes no target.
   *
   * @param prediction rows x columns floats
   * @param gradient   rows x columns floats, may be {@code prediction}; null for the value alone
   * @param rows       samples
   * @param columns    elements of a sample
   * @return this
   */
  public LossCall of(float[] prediction, float @Nullable [] gradient, int rows, int columns) {
    return of(arrays.of(0, prediction), gradient == null ? null : arrays.of(2, gradient), rows, columns);
  }

  /**
   * A weight for each sample; 0 takes it out of loss, gradient and divisor.
   *
   * @param sampleWeight rows floats, not negative, or null
   * @return this
   */
  public LossCall sampleWeight(@Nullable MemorySegment sampleWeight) {
    weights.set(reachedWeights(sampleWeight), false);
    return this;
  }

  /**
   * A weight for each element, for elementwise losses; a mask is one of 0 and 1.
   *
   * @param elementWeight rows x columns floats, not negative, or null
   * @return this
   */
  public LossCall elementWeight(@Nullable MemorySegment elementWeight) {
    weights.set(reachedWeights(elementWeight), true);
    return this;
  }

  /**
   * A weight for each sample.
   *
   * @param sampleWeight rows floats
   * @return this
   */
  public LossCall sampleWeight(float[] sampleWeight) {
    return sampleWeight(arrays.of(3, sampleWeight));
  }

  /**
   * A weight for each element.
   *
   * @param elementWeight rows x columns floats
   * @return this
   */
  public LossCall elementWeight(float[] elementWeight) {
    return elementWeight(arrays.of(7, elementWeight));
  }

  /**
   * Says that rows are time steps, for {@link SequenceCrossEntropy}; other losses refuse that.
   *
   * @param steps rows of a sequence; all sequences have all of them, unless a mask says otherwise
   * @return this
   */
  public LossCall steps(long steps) {
    this.steps = steps;
    lengths = null;
    return this;
  }

  /**
   * Says that rows are time steps, of which some are padding.
   *
   * @param lengths how many steps each sequence has, an int from 0 to steps for each
   * @param steps   rows of a sequence, padding included
   * @return this
   */
  public LossCall lengths(MemorySegment lengths, long steps) {
    this.lengths = reached.of(LENGTHS, lengths);
    this.steps = steps;
    return this;
  }

  /**
   * The same on an array.
   *
   * @param lengths how many steps each sequence has, from 0 to steps
   * @param steps   rows of a sequence, padding included
   * @return this
   */
  public LossCall lengths(int[] lengths, int steps) {
    return lengths(arrays.of(5, lengths), steps);
  }

  /**
   * Where single losses go.
   *
   * @param losses a float for each element or row, as the loss has them, or null
   * @return this
   */
  public LossCall losses(@Nullable MemorySegment losses) {
    compute().kernels().requireReached("losses", losses);
    this.losses = losses;
    return this;
  }

  /**
   * Where single losses go.
   *
   * @param losses a float for each element or row, as the loss has them
   * @return this
   */
  public LossCall losses(float[] losses) {
    return losses(arrays.of(4, losses));
  }

  /**
   * Who wants to know what the passes see, from now on; clearing it is the caller's.
   *
   * @param statistics added to by each evaluation, or null
   * @return this
   */
  public LossCall statistics(@Nullable LossStatistics statistics) {
    this.statistics = statistics;
    return this;
  }

  /**
   * Value, gradient, and what else was asked for.
   *
   * @param loss of what this call holds
   * @return the reduced value
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a label, weight or target is wrong; nothing is written then
   * @throws IllegalStateException     for a mean over nothing, where the loss's policy says so
   */
  public double evaluate(Loss loss) {
    return loss.evaluate(this);
  }

  // what a loss reports beside its value

  /**
   * What the parts of a {@link SumOfLosses} came to.
   *
   * @return names and values of the last one that was evaluated
   */
  public LossParts parts() {
    return parts;
  }

  /**
   * Rows that {@link PseudoLabels} found sure enough.
   *
   * @return how many in the last evaluation
   */
  public long kept() {
    return kept;
  }

  /** Says how many rows were kept. */
  void kept(long rows) {
    kept = rows;
  }

  // parameters of losses

  /**
   * The numbers of a parameter of a loss: its initial values at first; they may be written, and on a GPU uploaded then.
   *
   * @param parameter of a loss that this call evaluates
   * @return as many floats as it has
   */
  public MemorySegment parameter(LossParameter parameter) {
    return places.of(parameter).values();
  }

  /**
   * The gradient of a parameter: written whenever that of the predictions is; on a GPU to be downloaded.
   *
   * @param parameter of a loss that this call evaluates
   * @return as many floats as it has
   */
  public MemorySegment parameterGradient(LossParameter parameter) {
    return places.of(parameter).gradient();
  }

  /**
   * Says where a parameter and its gradient lie, from now on: in a model, or where another call has them.
   *
   * @param parameter of a loss
   * @param values    as many floats as it has; read
   * @param gradient  as many floats; written
   * @return this
   * @throws IndexOutOfBoundsException if one is too short
   */
  public LossCall bind(LossParameter parameter, MemorySegment values, MemorySegment gradient) {
    compute().kernels().requireReached("values", values);
    compute().kernels().requireReached("gradient", gradient);
    places.bind(parameter, values, gradient);
    return this;
  }

  // for losses of this package

  /** Where parameters lie. */
  ParameterPlaces places() {
    return places;
  }

  /** What losses made of others need. */
  LossScratch scratch() {
    return scratch;
  }

  // the passes

  /**
   * An elementwise pass.
   *
   * @param loss  its formula
   * @param scale factor of the gradient
   * @return the sum of the losses
   */
  public double elements(ElementLoss loss, float scale) {
    return pass.elements(loss, scale);
  }

  /** {@link LossPass#sumOfElements}. */
  double sumOfElements(ElementLoss loss) {
    return pass.sumOfElements(loss);
  }

  /**
   * A pass over rows.
   *
   * @param loss  formula and options
   * @param scale factor of the gradient
   * @return the sum of the losses
   */
  public double rows(RowLoss loss, float scale) {
    return pass.rows(loss, scale);
  }
}
