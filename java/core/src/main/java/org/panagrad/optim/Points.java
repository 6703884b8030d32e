package org.panagrad.optim;

/** Sums over arrays, always from the first element to the last, and checks. */
final class Points {
  private Points() {
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The greatest size of an element; NaN if one is NaN. */
  static double maximumNorm(double[] a) {
    double norm = 0;
    for (double element : a) {
      norm = Math.max(norm, Math.abs(element));
    }
    return norm;
  }

  static double sumOfSizes(double[] a) {
    double sum = 0;
    for (double element : a) {
      sum += Math.abs(element);
    }
    return sum;
  }

  /** a - b. */
  static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    move(a, -1, b, difference);
    return difference;
  }

  /** to = from + step * direction; to may be from. */
  static void move(double[] from, double step, double[] direction, double[] to) {
    for (int i = 0; i < from.length; i++) {
      to[i] = from[i] + step * direction[i];
    }
  }

  static void sameLength(String name, double[] array, double[] x) {
    if (array.length != x.length) {
      throw new IllegalArgumentException(name + " has " + array.length + " elements, x has " + x.length);
    }
  }

  /** Both ends excluded. */
  static void inside(String name, double value, double from, double to) {
    if (!(value > from && value < to)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must lie between " + from + " and " + to);
    }
  }
}
