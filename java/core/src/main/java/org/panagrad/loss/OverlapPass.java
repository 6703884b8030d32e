package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.OverlapKernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.Workers;

/**
 * How {@link Dice} and {@link Tversky} are evaluated, and the scratch memory for it: the sums of all blocks, from them
 * in double the overlap of each row or of the batch, then the gradient. It belongs to a {@link LossCall}.
 */
final class OverlapPass {
  /** Elements of a part: some tens of microseconds of work. */
  private static final long PART = 16 * Kernels.BLOCK;

  private final LossCall call;
  private final Workers.Task sumTask = this::sumPart, gradientTask = this::gradientPart;
  private MemorySegment sums = MemorySegment.NULL, slopes = MemorySegment.NULL;
  // of the evaluation that is running
  private double alpha, beta, smooth;
  private boolean fromLogits;
  private long blocks, units, unitsOfPart;
  private @Nullable MemorySegment weights;
  // of the overlap seen last: its derivative by p is slope t + base
  private double slope, base;

  OverlapPass(LossCall call) {
    this.call = call;
  }

  /** The loss of what the call holds: {@link Tversky} says what the options mean. */
  double evaluate(double alpha, double beta, double smooth, boolean fromLogits, boolean perSample,
      Reduction reduction, EmptyPolicy empty) {
    call.refuseSteps();
    this.alpha = alpha;
    this.beta = beta;
    this.smooth = smooth;
    this.fromLogits = fromLogits;
    weights = call.sampleWeight();
    double counted = weigh(reduction != Reduction.MEAN);
    prepare();
    run(sumTask);
    call.compute().kernels().download(sums);
    double divisor = perSample || counted == 0 ? counted : 1;
    double sum = perSample ? samples(reduction.divides() && counted > 0 ? 1 / counted : 1) : batch(counted > 0);
    if (call.gradient() != null) {
      call.compute().kernels().upload(slopes);
      run(gradientTask);
    }
    return reduction.value(sum, divisor, empty);
  }

  /** Sum, or number, of the weights that are not 0. */
  private double weigh(boolean number) {
    double sum = 0;
    for (long r = 0; r < call.rows(); r++) {
      float w = weight(r);
      if (!(w >= 0 && w < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("sampleWeight[" + r + "] is " + w + ": a weight is a number from 0 up");
      }
      sum += number ? w == 0 ? 0 : 1 : w;
    }
    return sum;
  }

  private float weight(long row) {
    return weights == null ? 1 : weights.getAtIndex(JAVA_FLOAT, row);
  }

  private void prepare() {
    long columns = Math.max(1, call.columns()); // the kernels refuse 0
    blocks = OverlapKernels.blocks(columns);
    units = Math.multiplyExact(call.rows(), blocks);
    unitsOfPart = call.compute().threads() == 1
        ? Math.max(1, units)
        : Math.max(1, PART / Math.min(columns, Kernels.BLOCK));
    sums = grown(sums, OverlapKernels.SUMS * units);
    slopes = grown(slopes, 2 * call.rows());
  }

  private MemorySegment grown(MemorySegment memory, long n) {
    return memory.byteSize() >= 4 * n ? memory : call.compute().kernels().allocate(4 * (n + n / 2));
  }

  /** What is empty is one part too, so that it is checked. */
  private void run(Workers.Task task) {
    call.compute().run(task, Math.max(1, (units + unitsOfPart - 1) / unitsOfPart));
  }

  private void sumPart(long part, int worker) {
    call.compute().kernels().overlapSums(call.prediction(), call.target(), sums, call.columns(), fromLogits,
        part * unitsOfPart, Math.min(units, (part + 1) * unitsOfPart));
  }

  private void gradientPart(long part, int worker) {
    call.compute().kernels().overlapGradient(call.prediction(), call.target(), slopes, call.gradient(), call.columns(),
        fromLogits, part * unitsOfPart, Math.min(units, (part + 1) * unitsOfPart));
  }

  /** An overlap for each row. */
  private double samples(double scale) {
    MemorySegment losses = call.losses();
    double sum = 0;
    for (long r = 0; r < call.rows(); r++) {
      double w = weight(r);
      double loss = w == 0 ? 0 : w * overlap(sum(r, 0), sum(r, 1), sum(r, 2));
      slopes(r, w * scale);
      if (losses != null) {
        losses.setAtIndex(JAVA_FLOAT, r, (float) loss);
      }
      sum += loss;
    }
    if (losses != null && call.compute().kernels().onDevice()) {
      call.compute().kernels().upload(losses.asSlice(0, 4 * call.rows()));
    }
    return sum;
  }

  /** One overlap of all elements. */
  private double batch(boolean any) {
    if (call.losses() != null) {
      throw new IllegalArgumentException("one overlap for the whole batch has no losses of single rows");
    }
    double both = 0, prediction = 0, target = 0;
    for (long r = 0; r < call.rows(); r++) {
      double w = weight(r);
      if (w != 0) {
        both += w * sum(r, 0);
        prediction += w * sum(r, 1);
        target += w * sum(r, 2);
      }
    }
    double loss = any ? overlap(both, prediction, target) : 0;
    for (long r = 0; r < call.rows(); r++) {
      slopes(r, weight(r));
    }
    return loss;
  }

  /** A row's sum of p t (0), p (1) or t (2): of its blocks, in order. */
  private double sum(long row, int which) {
    double sum = 0;
    for (long u = row * blocks; u < (row + 1) * blocks; u++) {
      sum += sums.getAtIndex(JAVA_FLOAT, OverlapKernels.SUMS * u + which);
    }
    return sum;
  }

  /** What is missed, over what is hit or missed. */
  private double overlap(double both, double prediction, double target) {
    double hit = both + smooth, missed = alpha * (prediction - both) + beta * (target - both), all = hit + missed;
    slope = -((alpha + beta) * hit + missed) / (all * all);
    base = alpha * hit / (all * all);
    return missed / all;
  }

  /**
   * The slopes of the overlap seen last, as they count in a row: not at all, not even as NaN, where the factor is 0.
   */
  private void slopes(long row, double factor) {
    slopes.setAtIndex(JAVA_FLOAT, 2 * row, factor == 0 ? 0 : (float) (slope * factor));
    slopes.setAtIndex(JAVA_FLOAT, 2 * row + 1, factor == 0 ? 0 : (float) (base * factor));
  }
}
