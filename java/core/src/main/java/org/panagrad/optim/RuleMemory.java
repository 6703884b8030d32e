package org.panagrad.optim;

/**
 * What a rule keeps of its scalars from step to step, so as not to compute it anew; one for each group of parameters.
 * With a fresh one a rule gives the same scalars, later.
 */
public final class RuleMemory {
  /** Powers of one number, by the squares of its squares, which are kept. */
  static final class Powers {
    private final double[] squares = new double[Long.SIZE - 1];

    /** x^n with the bits of {@link Curves#power(double, long)}. */
    double of(double x, long n) {
      if (squares[0] != x) {
        double square = x;
        for (int i = 0; i < squares.length; i++, square *= square) {
          squares[i] = square;
        }
      }
      double result = 1;
      for (long left = n; left != 0; left &= left - 1) {
        result *= squares[Long.numberOfTrailingZeros(left)];
      }
      return result;
    }
  }

  final Powers beta1 = new Powers(), beta2 = new Powers();
  /** A product over the steps up to one, and which; 0 is none. */
  double product;
  long productStep;

  /** Remembers nothing yet. */
  public RuleMemory() {
  }
}
