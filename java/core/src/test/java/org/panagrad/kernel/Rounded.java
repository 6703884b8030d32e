package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

/**
 * A number, and how far a computation of it in float may be off: an operation adds its own rounding to what its
 * operands bring along. An oracle that goes through a kernel's formula in these has a derived tolerance at the end.
 *
 * @param value the exact one (in double)
 * @param error bound of the distance
 */
record Rounded(double value, double error) {

  /** A number that a float holds. */
  static Rounded exact(double value) {
    return new Rounded(value, 0);
  }

  private static Rounded of(double value, double error) {
    return new Rounded(value, error + EPS * (Math.abs(value) + error) + TINY);
  }

  Rounded plus(Rounded other) {
    return of(value + other.value, error + other.error);
  }

  Rounded minus(Rounded other) {
    return of(value - other.value, error + other.error);
  }

  Rounded times(Rounded other) {
    return of(value * other.value,
        Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error);
  }

  Rounded over(Rounded other) {
    double quotient = value / other.value;
    return of(quotient, (error + Math.abs(quotient) * other.error) / (Math.abs(other.value) - other.error));
  }

  Rounded root() {
    double root = Math.sqrt(value);
    return of(root, root == 0 ? Math.sqrt(error) : Math.min(error / root, Math.sqrt(value + error)));
  }

  /** Exact: by 0, 1/2, 1, 2 or their negatives. */
  Rounded scaled(double factor) {
    return new Rounded(value * factor, error * Math.abs(factor));
  }

  /** Its arc tangent, within 2 ulp; nowhere is that function steeper than 1. */
  Rounded atan() {
    double angle = StrictMath.atan(value);
    return new Rounded(angle, error + 4 * EPS * (Math.abs(angle) + error) + TINY);
  }

  /** What must come out of a kernel. */
  void put(double[] out, double[] within, long i) {
    out[(int) i] = value;
    within[(int) i] = error;
  }
}
