package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A row on its way through a loss: what {@link RowFormula} reads and writes. One for each thread, used again. */
final class RowCall {
  private static final ThreadLocal<RowCall> OF_THREAD = ThreadLocal.withInitial(RowCall::new);

  private RowSweeps sweeps;
  private MemorySegment x;
  private @Nullable MemorySegment target;
  RowLoss loss;
  @Nullable
  MemorySegment gradient, classWeights;
  long columns, row, label;
  private boolean known;
  float targetWeight, scale, maximum, sum;

  private RowCall() {
  }

  /** The driver: weights, ignored rows and statistics are the same for all formulas. */
  static void run(RowSweeps sweeps, RowLoss loss, MemorySegment x, @Nullable MemorySegment target,
      @Nullable MemorySegment weights, @Nullable MemorySegment gradient, MemorySegment losses,
      @Nullable MemorySegment statistics, long columns, float scale, long from, long to) {
    RowCall r = OF_THREAD.get();
    r.sweeps = sweeps;
    r.loss = loss;
    r.x = x;
    r.target = target;
    r.gradient = gradient;
    r.classWeights = loss.classWeights();
    r.columns = columns;
    for (long i = from; i < to; i++) {
      float weight = weights == null ? 1 : get(weights, i);
      r.begin(i, weight * scale);
      if (statistics != null) {
        LossStatistics.ofInputs(statistics, i, x, r.row, r.row + columns, r.row);
        LossStatistics.setCorrect(statistics, i, r.isCorrect());
      }
      if (weight == 0 || loss.takesLabels() && r.label == loss.ignoreIndex()) {
        set(losses, i, 0);
        r.clearGradient();
      } else {
        float value = loss.formula().at(r);
        set(losses, i, weights == null ? value : value * weight);
      }
      if (statistics != null) {
        LossStatistics.setSaturated(statistics, i, r.sum > 0 && r.sum <= 1.000001f);
        if (gradient != null) {
          LossStatistics.ofGradient(statistics, i, gradient, r.row, r.row + columns);
        }
      }
    }
    r.x = r.target = r.gradient = r.classWeights = null; // it outlives the call, its memory must not
  }

  private void begin(long i, float scale) {
    row = i * columns;
    this.scale = scale;
    sum = 0;
    label = loss.takesLabels() ? target.getAtIndex(JAVA_INT, i) : -1;
    // checked before the call; another thread may have written since
    known = label >= 0 && label < columns;
    targetWeight = classWeights != null && known ? get(classWeights, label) : 1;
  }

  float x(long c) {
    return get(x, row + c);
  }

  /** The label's logit. */
  float target() {
    return known ? x(label) : Float.NaN;
  }

  float weight(long c) {
    return classWeights == null ? 1 : get(classWeights, c);
  }

  /** A target's probability of a class, smoothed and weighted. */
  float probability(long c) {
    float each = loss.option(RowFormula.SMOOTHING) / (float) columns;
    float y = Math.fma(get(target, row + c), loss.option(RowFormula.KEEP), each);
    return classWeights == null ? y : y * weight(c);
  }

  void findMaximum() {
    maximum = sweeps.maximum(x, row, columns);
  }

  /** e^(x - maximum) into the gradient, where there is one, and its sum. */
  void exp() {
    sum = sweeps.expRow(x, gradient, row, columns, maximum);
  }

  /** Canonical sum over the row of one kind of term. */
  float sum(int term) {
    double sum = 0;
    float[] partial = Partials.ofThread();
    for (long block = 0; block < columns; block += Kernels.BLOCK) {
      long end = Math.min(block + Kernels.BLOCK, columns);
      Partials.clear(partial);
      for (long c = block; c < end; c++) {
        partial[(int) (c - block) % PARTIALS] += term(term, c);
      }
      sum += Partials.tree(partial);
    }
    return (float) sum;
  }

  private float term(int term, long c) {
    if (term == RowFormula.MASS) {
      return probability(c);
    }
    float d = maximum - x(c);
    if (term == RowFormula.WEIGHTED_DISTANCE) {
      return weight(c) * d;
    }
    // nothing where the probability is 0, however far away the logit
    float p = term == RowFormula.MASS_DISTANCE ? probability(c) : Elementary.exp(-d);
    return p == 0 ? 0 : p * d;
  }

  void scaleGradient(float factor) {
    sweeps.scale(gradient, row, row + columns, factor);
  }

  void clearGradient() {
    for (long i = row; gradient != null && i < row + columns; i++) {
      set(gradient, i, 0);
    }
  }

  void addAtLabel(float value) {
    if (known) {
      set(gradient, row + label, get(gradient, row + label) + value);
    }
  }

  /** Whether the first greatest logit is the label's. */
  boolean isCorrect() {
    if (!known || x(label) != sweeps.maximum(x, row, columns)) {
      return false;
    }
    for (long c = 0; c < label; c++) {
      if (x(c) == x(label)) {
        return false;
      }
    }
    return true;
  }
}
