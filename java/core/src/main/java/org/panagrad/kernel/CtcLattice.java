package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.fill;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/**
 * The lattice of the CTC loss for one sample: what native/src/cpu/kernels/ctc.c does, operation by operation, with its
 * layout of the scratch. One per thread, set anew for each sample, so that nothing is allocated.
 *
 * <p>There are 2 S + 1 states for a target of S labels: blank, label, blank, ... label, blank. State -1 stands before
 * the first frame, state 2 S + 1 behind the last one.
 */
final class CtcLattice {
  private static final ThreadLocal<CtcLattice> OF_THREAD = ThreadLocal.withInitial(CtcLattice::new);
  private static final MemorySegment NONE = MemorySegment.NULL;

  private RowSweeps sweeps = new ScalarKernels();
  private MemorySegment logits = NONE, labels = NONE, scratch = NONE;
  /** Of the sample: its first logit and its first label. */
  private long firstLogit, firstLabel;
  private long frames, states, classes, stride;
  private int blank;
  /** Where the parts of the scratch begin. State s stands at s + 2 in a row of alpha, at s in the others. */
  private long alpha, beta, emission, skip, maxima, logs;

  private CtcLattice() {
  }

  static CtcLattice ofThread() {
    return OF_THREAD.get();
  }

  void begin(RowSweeps sweeps, MemorySegment logits, MemorySegment labels, MemorySegment scratch, long sample,
      long time, long classes, long maxTarget, int blank, long frames, long targets) {
    this.sweeps = sweeps;
    this.logits = logits;
    this.labels = labels;
    this.scratch = scratch;
    this.frames = frames;
    this.classes = classes;
    this.blank = blank;
    firstLogit = sample * time * classes;
    firstLabel = sample * maxTarget;
    states = 2 * targets + 1;
    stride = 2 * maxTarget + 3;
    alpha = sample * SequenceKernels.ctcScratch(time, maxTarget);
    beta = alpha + (time + 1) * stride;
    emission = beta + stride;
    skip = emission + stride;
    maxima = skip + stride;
    logs = maxima + time;
  }

  /** Holds on to nobody's memory between calls. */
  void clear() {
    logits = NONE;
    labels = NONE;
    scratch = NONE;
  }

  /** The class of a state, or -1: the caller has checked the labels, but another thread may write. */
  private int stateClass(long state) {
    int label = state % 2 == 0 ? blank : labels.getAtIndex(JAVA_INT, firstLabel + state / 2);
    return label >= 0 && label < classes ? label : -1;
  }

  /**
   * Which states may be entered from the last but one (0, else -inf): the first label and the end from outside, a label
   * unless it repeats.
   *
   * @return whether all labels are in range
   */
  boolean findSkips() {
    boolean known = true;
    fill(scratch, skip, skip + states + 2, Float.NEGATIVE_INFINITY);
    for (long s = 1; s < states; s += 2) {
      int label = stateClass(s);
      known &= label >= 0;
      if (s == 1 || label != stateClass(s - 2)) {
        set(scratch, skip + s, 0);
      }
    }
    set(scratch, skip + states, 0);
    return known;
  }

  /** ln(e^a + e^b + e^c): the maximum, then the terms in this order. Of nothing but -inf it is -inf, with a NaN NaN. */
  private static float logSumExp(float a, float b, float c) {
    float m = b > a ? b : a;
    m = c > m ? c : m;
    if (m == Float.NEGATIVE_INFINITY) {
      return a + b + c;
    }
    return m + Elementary.log(Elementary.exp(a - m) + Elementary.exp(b - m) + Elementary.exp(c - m));
  }

  private void normaliseFrame(long t) {
    long row = firstLogit + t * classes;
    float maximum = sweeps.maximum(logits, row, classes);
    set(scratch, maxima + t, maximum);
    set(scratch, logs + t, Elementary.log(sweeps.expRow(logits, null, row, classes, maximum)));
  }

  private void gatherEmissions(long t) {
    long row = firstLogit + t * classes;
    float maximum = get(scratch, maxima + t), log = get(scratch, logs + t);
    for (long s = 0; s < states; s++) {
      int label = stateClass(s);
      set(scratch, emission + s, label < 0 ? Float.NaN : get(logits, row + label) - maximum - log);
    }
  }

  /** Makes a row relative to its greatest element, which it returns; 0 where no state can be reached. */
  private float makeRelative(long row) {
    float maximum = sweeps.maximum(scratch, row, states);
    if (!(maximum > Float.NEGATIVE_INFINITY)) {
      return 0;
    }
    for (long i = row; i < row + states; i++) {
      set(scratch, i, get(scratch, i) - maximum);
    }
    return maximum;
  }

  private void forwardStep(long previous, long next) {
    fill(scratch, next, next + 2, Float.NEGATIVE_INFINITY);
    for (long s = 0; s < states; s++) {
      float skipped = get(scratch, previous + s) + get(scratch, skip + s);
      float ways = logSumExp(skipped, get(scratch, previous + s + 1), get(scratch, previous + s + 2));
      set(scratch, next + s + 2, ways + get(scratch, emission + s));
    }
  }

  /** All rows of alpha; the log of the target's probability. */
  double forward() {
    long row = alpha;
    fill(scratch, row, row + states + 2, Float.NEGATIVE_INFINITY);
    set(scratch, row + 1, 0);
    double taken = 0;
    for (long t = 0; t < frames; t++) {
      normaliseFrame(t);
      gatherEmissions(t);
      forwardStep(row, row + stride);
      row += stride;
      taken += makeRelative(row + 2);
    }
    return taken
        + logSumExp(get(scratch, row + states), get(scratch, row + states + 1), Float.NEGATIVE_INFINITY);
  }

  /** beta of a frame from that of the next one; alpha becomes the log of what passes through each state. */
  private void backwardStep(long row) {
    for (long s = 0; s < states; s++) {
      float skipped = get(scratch, beta + s + 2) + get(scratch, skip + s + 2);
      float ways = logSumExp(get(scratch, beta + s), get(scratch, beta + s + 1), skipped);
      set(scratch, row + s, get(scratch, row + s) + ways);
      set(scratch, beta + s, ways + get(scratch, emission + s));
    }
    set(scratch, beta + states, Float.NEGATIVE_INFINITY);
    makeRelative(beta);
  }

  /** (softmax of the frame - share of each class in what passes through the states) * scale. */
  private void frameGradient(long t, long share, MemorySegment gradient, float scale) {
    float through = sweeps.expRow(scratch, scratch, share, states, sweeps.maximum(scratch, share, states));
    sweeps.scale(scratch, share, share + states, scale / through);
    long row = firstLogit + t * classes;
    float sum = sweeps.expRow(logits, gradient, row, classes, get(scratch, maxima + t));
    sweeps.scale(gradient, row, row + classes, scale / sum);
    for (long s = 0; s < states; s++) {
      int label = stateClass(s);
      if (label >= 0) {
        set(gradient, row + label, get(gradient, row + label) - get(scratch, share + s));
      }
    }
  }

  /** The gradient of all frames, after {@link #forward}; it may overwrite the logits. */
  void backward(MemorySegment gradient, float scale) {
    fill(scratch, beta, beta + states + 2, Float.NEGATIVE_INFINITY);
    set(scratch, beta + states, 0);
    for (long t = frames - 1; t >= 0; t--) {
      long row = alpha + (t + 1) * stride + 2;
      gatherEmissions(t);
      backwardStep(row);
      frameGradient(t, row, gradient, scale);
    }
  }
}
