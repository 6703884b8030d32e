package org.panagrad.loss;

/**
 * {@code ln Z(alpha(shape))}, {@code Z(alpha)} the integral of {@code e^-rho(u, alpha)} over all u: see
 * {@link AdaptiveRobust}. A table over shape, made at first use by quadrature, with cubic Hermite interpolation; over
 * shape rather than alpha since there it is smooth up to both ends. Beyond the table alpha stands still.
 */
final class RobustNormaliser {
  /** Shapes from -LAST to LAST, so many points a unit. */
  private static final int LAST = 16, DENSITY = 32;
  /**
   * Points of the quadrature are {@code u = e^(sinh(k STEP) pi / 2)}: at the last ones nothing is left of the
   * integrand.
   */
  private static final double STEP = 1.0 / 32;
  private static final int POINTS = 150;
  private static final double[] VALUES = new double[2 * LAST * DENSITY + 1], SLOPES = new double[VALUES.length];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      integrate(i);
    }
  }

  private RobustNormaliser() {
  }

  /** Value and slope of a point of the table, by quadrature. */
  private static void integrate(int point) {
    double shape = (double) point / DENSITY - LAST, alpha = AdaptiveRobust.alpha(shape);
    double z = quadrature(alpha);
    // alpha moves by alpha' = (alpha - 0.001) (1.999 - alpha) / 1.998 for each unit of shape
    double byShape = (alpha - AdaptiveRobust.alpha(Double.NEGATIVE_INFINITY))
        / (1 + StrictMath.exp(shape));
    VALUES[point] = StrictMath.log(z);
    SLOPES[point] = quadratureOfSlope(alpha) / z * byShape;
  }

  /** Z(alpha), twice the half from 0 on, by the double exponential rule. */
  static double quadrature(double alpha) {
    double sum = 0;
    for (int k = -POINTS; k <= POINTS; k++) {
      double u = point(k);
      sum += weight(k, u) * StrictMath.exp(-rho(u, alpha));
    }
    return 2 * STEP * sum;
  }

  /** dZ/dalpha. */
  private static double quadratureOfSlope(double alpha) {
    double sum = 0;
    for (int k = -POINTS; k <= POINTS; k++) {
      double u = point(k);
      sum -= weight(k, u) * StrictMath.exp(-rho(u, alpha)) * rhoByAlpha(u, alpha);
    }
    return 2 * STEP * sum;
  }

  private static double point(int k) {
    return StrictMath.exp(Math.PI / 2 * StrictMath.sinh(k * STEP));
  }

  private static double weight(int k, double u) {
    return u * Math.PI / 2 * StrictMath.cosh(k * STEP);
  }

  static double rho(double u, double alpha) {
    double b = 2 - alpha;
    return b / alpha * StrictMath.expm1(alpha / 2 * StrictMath.log1p(u * u / b));
  }

  private static double rhoByAlpha(double u, double alpha) {
    double b = 2 - alpha, q = u * u / b, l = StrictMath.log1p(q), e = StrictMath.expm1(alpha / 2 * l);
    return -2 / (alpha * alpha) * e + b / alpha * (e + 1) * (l / 2 + alpha / 2 * (q / b) / (1 + q));
  }

  /** The function. */
  static double value(double shape) {
    double s = Math.min(Math.max(shape, -LAST), LAST) + LAST;
    int i = index(s);
    double x = s * DENSITY - i, h = 1.0 / DENSITY, rest = 1 - x;
    return VALUES[i] * rest * rest * (1 + 2 * x) + VALUES[i + 1] * x * x * (3 - 2 * x)
        + h * x * rest * (SLOPES[i] * rest - SLOPES[i + 1] * x);
  }

  /** The derivative of the interpolation. */
  static double slope(double shape) {
    if (Math.abs(shape) > LAST) {
      return 0;
    }
    double s = shape + LAST;
    int i = index(s);
    double x = s * DENSITY - i, rest = 1 - x;
    return (VALUES[i + 1] - VALUES[i]) * DENSITY * 6 * x * rest + SLOPES[i] * rest * (1 - 3 * x)
        + SLOPES[i + 1] * x * (3 * x - 2);
  }

  /** The piece that a place lies in; that of NaN is the first. */
  private static int index(double place) {
    return Math.min((int) (place * DENSITY), VALUES.length - 2);
  }
}
