package org.panagrad.metric;

/**
 * A figure of a class from three counts: its rows that were predicted right, the rows for which it was predicted, and
 * the rows that have it as label. What would be 0/0 is 0.
 */
@FunctionalInterface
interface Ratio {
  double of(double right, double predicted, double labels);

  static double divide(double above, double below) {
    return below == 0 ? 0 : above / below;
  }

  static Ratio precision() {
    return (right, predicted, labels) -> divide(right, predicted);
  }

  static Ratio recall() {
    return (right, predicted, labels) -> divide(right, labels);
  }

  /** (1 + beta^2) precision recall / (beta^2 precision + recall), without its divisions by 0. */
  static Ratio fBeta(double beta) {
    if (!(beta > 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("beta is " + beta + ": expected a positive number; 1 weighs both alike");
    }
    double square = beta * beta;
    return (right, predicted, labels) -> divide((1 + square) * right, square * labels + predicted);
  }
}
