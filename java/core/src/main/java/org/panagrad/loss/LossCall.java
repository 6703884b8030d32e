package org.panagrad.loss;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.ArraySegments;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.RowLoss;
import org.panagrad.kernel.Workers;

/**
 * The arguments of a loss and the scratch memory for it: made once, then filled and evaluated again and again, without
 * allocation once it has seen the largest batch. Work is split over the threads of its {@link Compute}, which changes no
 * bit.
 *
 * <pre>{@code
 * LossCall call = LossCall.on(compute);
 * double mean = call.of(logits, labels, gradient, rows, classes).evaluate(Losses.softmaxCrossEntropy());
 * }</pre>
 *
 * Not thread-safe: one for each thread.
 */
public final class LossCall {
  /** Elements of a part: some tens of microseconds of work. */
  private static final long PART = 16 * Kernels.BLOCK;
  /** Formulas of one's own, times numbers of columns, that a call remembers. */
  private static final int SESSIONS = 8;
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new float[0]);

  private final Compute compute;
  private final ArraySegments arrays = new ArraySegments(8);
  private final Workers.Task elementTask = this::elementPart, rowTask = this::rowPart;
  private MemorySegment prediction = NOTHING, target = NOTHING, sums = NOTHING, records = NOTHING;
  private @Nullable MemorySegment gradient, losses, weights, lengths;
  private long steps;
  private boolean weightsOfElements;
  private @Nullable LossStatistics statistics;
  private long rows, columns;
  private final @Nullable MemorySegment[] scratch = new MemorySegment[Use.values().length];
  private @Nullable LossCall inner;
  private @Nullable KernelPasses passes;
  private final LossParts parts = new LossParts();
  private final ParameterPlaces places = new ParameterPlaces();
  private final @Nullable CustomSession[] sessions = new CustomSession[SESSIONS];
  private int nextSession;
  private long kept;
  private float constant;
  private long constants;
  // of the pass that is running
  private @Nullable ElementLoss elementLoss;
  private @Nullable RowLoss rowLoss;
  private float scale;
  private @Nullable OverlapPass overlap;

  private LossCall(Compute compute) {
    this.compute = compute;
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
   * What nearly every call has; weights, lengths and a place for single losses are taken away.
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
    this.prediction = prediction;
    this.target = target;
    this.gradient = gradient;
    this.rows = rows;
    this.columns = columns;
    weights = losses = lengths = null;
    weightsOfElements = false;
    steps = 0;
    return this;
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
    return of(prediction, NOTHING, gradient, rows, columns);
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
    weights = sampleWeight;
    weightsOfElements = false;
    return this;
  }

  /**
   * A weight for each element, for elementwise losses; a mask is one of 0 and 1.
   *
   * @param elementWeight rows x columns floats, not negative, or null
   * @return this
   */
  public LossCall elementWeight(@Nullable MemorySegment elementWeight) {
    weights = elementWeight;
    weightsOfElements = elementWeight != null;
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
    this.lengths = lengths;
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
   * The numbers of a parameter of a loss: its initial values at first; they may be written.
   *
   * @param parameter of a loss that this call evaluates
   * @return as many floats as it has
   */
  public MemorySegment parameter(LossParameter parameter) {
    return places.of(parameter).values();
  }

  /**
   * The gradient of a parameter: written whenever that of the predictions is.
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
    places.bind(parameter, values, gradient);
    return this;
  }

  /** Where parameters lie. */
  ParameterPlaces places() {
    return places;
  }

  /** The graph of a loss of one's own for rows of this length. The oldest makes room for a new one. */
  CustomSession session(CustomLoss loss) {
    for (CustomSession session : sessions) {
      if (session != null && session.serves(loss, columns)) {
        return session;
      }
    }
    CustomSession session = new CustomSession(loss, columns);
    sessions[nextSession] = session;
    nextSession = (nextSession + 1) % SESSIONS;
    return session;
  }

  // what a loss reads

  /**
   * What to compute with.
   *
   * @return kernels and threads
   */
  public Compute compute() {
    return compute;
  }

  /**
   * Predictions.
   *
   * @return rows x columns floats
   */
  public MemorySegment prediction() {
    return prediction;
  }

  /**
   * Targets.
   *
   * @return as given
   */
  public MemorySegment target() {
    return target;
  }

  /**
   * The place of the gradient.
   *
   * @return rows x columns floats, or null
   */
  public @Nullable MemorySegment gradient() {
    return gradient;
  }

  /**
   * The samples' weights.
   *
   * @return a float for each row, or null
   * @throws IllegalArgumentException if there are weights of elements, which a loss of rows has no use for
   */
  public @Nullable MemorySegment sampleWeight() {
    if (weightsOfElements && weights != null) {
      throw new IllegalArgumentException("elementWeight is for elementwise losses: a loss of rows takes sampleWeight");
    }
    return weights;
  }

  /**
   * Samples.
   *
   * @return their number
   */
  public long rows() {
    return rows;
  }

  /**
   * Elements of a sample.
   *
   * @return their number
   */
  public long columns() {
    return columns;
  }

  /** The place of single losses, or null. */
  @Nullable
  MemorySegment losses() {
    return losses;
  }

  // what losses made of others do with a call

  /** Why a loss needs memory of the call's; each has its own, so that one loss may stand inside another. */
  enum Use {
    /** Equal targets. */
    CONSTANTS,
    /** Labels that a loss chose. */
    LABELS,
    /** Weights that a loss chose. */
    WEIGHTS,
    /** Probabilities of the target. */
    TARGETS,
    /** Probabilities of the prediction. */
    PROBABILITIES,
    /** Single losses that nobody asked for. */
    LOSSES,
    /** The gradient of a head, before its weight. */
    HEAD,
    /** The gradient of a part of a sum, before its weight. */
    PART,
    /** The gradient of the parts so far. */
    TOTAL
  }

  /**
   * Memory of this call, whose contents last.
   *
   * @param use   whose
   * @param count floats, or ints
   * @return at least so many
   */
  MemorySegment scratch(Use use, long count) {
    MemorySegment known = scratch[use.ordinal()];
    if (known == null || known.byteSize() < 4 * count) {
      known = MemorySegment.ofArray(new float[Math.toIntExact(count + count / 2)]);
      scratch[use.ordinal()] = known;
    }
    return known;
  }

  /** Kernels on all threads. */
  KernelPasses passes() {
    if (passes == null) {
      passes = new KernelPasses(compute);
    }
    return passes;
  }

  /** A call for a pass that is a step of a loss on this one; nothing of it lasts. */
  LossCall inner() {
    if (inner == null) {
      inner = new LossCall(compute);
    }
    return inner.statistics(statistics);
  }

  /** Steps that each sequence has, or null. */
  @Nullable
  MemorySegment lengths() {
    return lengths;
  }

  /** Rows of a sequence, 0 where rows are no steps. */
  long steps() {
    return steps;
  }

  /** Rows are no steps to a loss that does not ask. */
  void refuseSteps() {
    if (steps != 0) {
      throw new IllegalArgumentException("lengths are for SequenceCrossEntropy: this loss would count the padding");
    }
  }

  /** Another place of the gradient. */
  void gradient(@Nullable MemorySegment other) {
    gradient = other;
  }

  /** Who wants to know, or null. */
  @Nullable
  LossStatistics statistics() {
    return statistics;
  }

  /** Other targets. */
  void target(MemorySegment other) {
    target = other;
  }

  /**
   * A target that is the same everywhere; it is written only when it or its length is new.
   *
   * @param value of each element
   * @return rows x columns floats
   */
  MemorySegment constants(float value) {
    long n = rows * columns;
    if (value != constant) {
      constants = 0;
      constant = value;
    }
    MemorySegment all = scratch(Use.CONSTANTS, n);
    if (constants < n) {
      constants = all.byteSize() / 4;
      for (long i = 0; i < constants; i++) {
        all.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
    }
    return all;
  }

  // what a loss divides by

  private double weights(boolean number) {
    if (weights == null) {
      return weightsOfElements ? rows * columns : rows;
    }
    double sum = 0;
    long n = weightsOfElements ? rows * columns : rows;
    for (long i = 0; i < n; i++) {
      float w = weights.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      sum += number ? w == 0 ? 0 : 1 : w;
    }
    return sum;
  }

  private double perElement(double weights) {
    return this.weights != null && weightsOfElements ? weights : weights * columns;
  }

  /** The sum of the weights of all elements. */
  double elementWeights() {
    return perElement(weights(false));
  }

  /** Elements whose weight is not 0. */
  double keptElements() {
    return perElement(weights(true));
  }

  /** The sum of the rows' weights. */
  double rowWeights() {
    sampleWeight(); // refuses weights of elements
    return weights(false);
  }

  /** Rows whose weight is not 0. */
  double keptRows() {
    return weightsOfElements ? rows : weights(true);
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
    refuseSteps();
    loss.checkColumns(columns);
    long n = rows * columns, blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK;
    prepare(blocks, scale);
    elementLoss = loss;
    long parts = parts(n, PART);
    if (parts > 1) { // else the kernel asks: nothing is to be written when something is wrong anywhere
      loss.check(target, weights, weightsOfElements ? 1 : columns, 0, n);
    }
    compute.run(elementTask, parts);
    collect(blocks);
    return Compute.sum(sums, blocks);
  }

  /**
   * The sum of an elementwise pass alone, for a loss that needs it before it has a gradient: the gradient is left as it
   * is, and statistics are for the pass that writes it, if there is one.
   *
   * @param loss its formula
   * @return the sum of the losses
   */
  double sumOfElements(ElementLoss loss) {
    MemorySegment later = gradient;
    LossStatistics told = statistics;
    gradient = null;
    statistics = later == null ? told : null;
    try {
      return elements(loss, 1);
    } finally {
      gradient = later;
      statistics = told;
    }
  }

  private void elementPart(long part, int worker) {
    long n = rows * columns, size = compute.threads() == 1 ? n : PART;
    compute.kernels().elementLoss(elementLoss, prediction, target, weights,
        weightsOfElements ? 1 : Math.max(1, columns),
        gradient, losses, sums, statistics == null ? null : records, scale, part * size,
        Math.min(n, (part + 1) * size));
  }

  /**
   * A pass over rows.
   *
   * @param loss  formula and options
   * @param scale factor of the gradient
   * @return the sum of the losses
   */
  public double rows(RowLoss loss, float scale) {
    refuseSteps();
    prepare(rows, scale);
    rowLoss = loss;
    long parts = parts(rows, rowsOfPart());
    if (parts > 1) {
      loss.check(target, sampleWeight(), columns, 0, rows);
    }
    compute.run(rowTask, parts);
    collect(rows);
    return Compute.sum(losses == null ? sums : losses, rows);
  }

  private long rowsOfPart() {
    return Math.max(1, PART / Math.max(1, columns));
  }

  private void rowPart(long part, int worker) {
    long size = compute.threads() == 1 ? rows : rowsOfPart();
    compute.kernels().rowLoss(rowLoss, prediction, target, sampleWeight(), gradient, losses == null ? sums : losses,
        statistics == null ? null : records, columns, scale, part * size, Math.min(rows, (part + 1) * size));
  }

  /** One thread does all at once; what is empty is one part too, so that it is checked. */
  private long parts(long n, long size) {
    return compute.threads() == 1 ? 1 : Math.max(1, (n + size - 1) / size);
  }

  private void prepare(long units, float scale) {
    this.scale = scale;
    if (sums.byteSize() < 4 * units) {
      sums = memory(4 * units);
    }
    if (statistics != null && records.byteSize() < LossStatistics.BYTES * units) {
      records = memory(LossStatistics.BYTES * units);
    }
  }

  /** Room to grow, off the heap: a call with nothing on the heap need not be cut into short pieces. */
  private static MemorySegment memory(long bytes) {
    return Arena.ofAuto().allocate(bytes + bytes / 2, Long.BYTES);
  }

  /** The passes of an overlap, with their memory. */
  OverlapPass overlap() {
    if (overlap == null) {
      overlap = new OverlapPass(this);
    }
    return overlap;
  }

  private void collect(long units) {
    if (statistics != null) {
      statistics.add(records, units);
    }
  }
}
