package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The share of the targets' variance that is predicted, of each output, and their mean. */
record RSquared(String name) implements Metric {
  @Override
  public boolean takesLabels() {
    return false;
  }

  @Override
  public Accumulator start(long outputs) {
    return new Sums(Math.toIntExact(outputs));
  }

  /** Mean and squared differences of the targets as Welford has them: one pass, and nothing cancels. */
  private static final class Sums implements Accumulator {
    private final double[] mean, targetSquares, errorSquares;
    private double weight;

    Sums(int outputs) {
      mean = new double[outputs];
      targetSquares = new double[outputs];
      errorSquares = new double[outputs];
    }

    @Override
    public void update(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights, long batch) {
      for (long row = 0; row < batch; row++) {
        double w = Rows.weight(weights, row);
        if (w == 0) {
          continue;
        }
        weight += w;
        for (int c = 0; c < mean.length; c++) {
          long i = row * mean.length + c;
          double t = target.getAtIndex(JAVA_FLOAT, i), error = t - prediction.getAtIndex(JAVA_FLOAT, i);
          double before = t - mean[c];
          mean[c] += before * (w / weight);
          targetSquares[c] += w * before * (t - mean[c]);
          errorSquares[c] += w * error * error;
        }
      }
    }

    @Override
    public double value() {
      double sum = 0;
      for (int c = 0; c < mean.length; c++) {
        sum += targetSquares[c] == 0 ? Double.NaN : 1 - errorSquares[c] / targetSquares[c];
      }
      return sum / mean.length;
    }

    @Override
    public void reset() {
      Arrays.fill(mean, 0);
      Arrays.fill(targetSquares, 0);
      Arrays.fill(errorSquares, 0);
      weight = 0;
    }
  }
}
