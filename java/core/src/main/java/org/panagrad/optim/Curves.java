package org.panagrad.optim;

/** Functions that schedules are made of: the same bits everywhere, without StrictMath's pow and cos, which allocate. */
final class Curves {
  /** (-1)^k / (2k + 1)!: the series of the sine, from k = 8 down to 0. */
  private static final double[] SINE = {1 / 355687428096000.0, -1 / 1307674368000.0, 1 / 6227020800.0,
      -1 / 39916800.0, 1 / 362880.0, -1 / 5040.0, 1 / 120.0, -1 / 6.0, 1};

  private Curves() {
  }

  /** Between two rates; exactly the one at 1 and the other at 0. */
  static double mix(double atOne, double atZero, double share) {
    return atOne * share + atZero * (1 - share);
  }

  /**
   * (1 + cos(pi x)) / 2, x from 0 to 1: exactly 1 and 0 at the ends. It is cos^2(pi x / 2), and the sine of at most
   * pi/4 has a series short enough: its first missing term is below 1e-19.
   */
  static double halfCosine(double x) {
    double angle = Math.PI / 2 * (x <= 0.5 ? x : 1 - x), square = angle * angle, sine = 0;
    for (double coefficient : SINE) {
      sine = sine * square + coefficient;
    }
    sine *= angle;
    return x <= 0.5 ? 1 - sine * sine : sine * sine;
  }

  /** x^n, n at least 0, by squaring. */
  static double power(double x, long n) {
    double result = 1;
    for (double square = x; n > 0; n >>= 1, square *= square) {
      if ((n & 1) == 1) {
        result *= square;
      }
    }
    return result;
  }

  /** x^p, x at least 0 and p positive. */
  static double power(double x, double p) {
    if (p == (long) p) {
      return power(x, (long) p);
    }
    return x == 0 ? 0 : StrictMath.exp(p * StrictMath.log(x));
  }
}
