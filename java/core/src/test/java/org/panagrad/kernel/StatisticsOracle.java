package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

/** What a record of {@link LossStatistics} must hold; its integers are told as the floats of their bits. */
final class StatisticsOracle {
  private static final int MINIMUM = 2, MAXIMUM = 3, SQUARE = 4, NONFINITE = 5, SATURATED = 6, CORRECT = 7;

  private StatisticsOracle() {
  }

  /** A unit's inputs and gradient, elements [from, to); the inputs are finite. */
  static void expect(double[] x, double[] gradient, double[] gradientWithin, int from, int to, double[] out,
      double[] within, long unit, long first) {
    long at = unit * LossStatistics.WORDS;
    double minimum = Double.POSITIVE_INFINITY, maximum = Double.NEGATIVE_INFINITY, square = 0, error = 0;
    for (int i = from; i < to; i++) {
      minimum = Math.min(minimum, x[i]);
      maximum = Math.max(maximum, x[i]);
      square += gradient[i] * gradient[i];
      error += (2 * Math.abs(gradient[i]) + gradientWithin[i]) * gradientWithin[i] + TINY;
    }
    integer(out, within, at, -1); // no first one: the low and the high half of a long
    integer(out, within, at + 1, -1);
    put(out, within, at + MINIMUM, minimum, 0);
    put(out, within, at + MAXIMUM, maximum, 0);
    put(out, within, at + SQUARE, square, error + (roundings(to - from) + 1) * EPS * square);
    integer(out, within, at + NONFINITE, 0);
    integer(out, within, at + SATURATED, 0);
    integer(out, within, at + CORRECT, 0);
  }

  /** Of a row: whether it is saturated, and right. */
  static void row(double[] out, double[] within, long row, boolean saturated, boolean correct) {
    integer(out, within, row * LossStatistics.WORDS + SATURATED, saturated ? 1 : 0);
    integer(out, within, row * LossStatistics.WORDS + CORRECT, correct ? 1 : 0);
  }

  private static void integer(double[] out, double[] within, long at, int value) {
    put(out, within, at, Float.intBitsToFloat(value), 0);
  }
}
