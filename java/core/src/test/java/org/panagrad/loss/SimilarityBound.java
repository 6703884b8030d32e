package org.panagrad.loss;

/**
 * What {@link InfoNce} and {@link NtXent} may be off by, in floats. A similarity of rows of at most these lengths is a
 * chain of products of rounded elements; its error moves the probabilities of its row. Their errors go along the rows
 * of the others into the gradient, whose chain rounds too; then the part along the row is taken away, which may add
 * that of all columns.
 */
record SimilarityBound(int rows, int columns, double temperature, double longest, double shortest, boolean normalized) {
  private static final double EPS = 0x1p-24;

  static SimilarityBound of(int rows, int columns, double temperature, boolean normalized, float[]... inputs) {
    double longest = 0, shortest = Double.POSITIVE_INFINITY;
    for (float[] x : inputs) {
      for (int r = 0; r < x.length / columns; r++) {
        double square = 0;
        for (int c = 0; c < columns; c++) {
          square += (double) x[r * columns + c] * x[r * columns + c];
        }
        longest = Math.max(longest, Math.sqrt(square));
        shortest = Math.min(shortest, Math.sqrt(square));
      }
    }
    return new SimilarityBound(rows, columns, temperature, normalized ? 1 : longest, normalized ? shortest : 1,
        normalized);
  }

  /** The greatest similarity. */
  double similarity() {
    return longest * longest / temperature;
  }

  /** Of a logarithm of a probability: similarities, distances in the softmax, its sums. */
  double probability() {
    return EPS * ((2 * (columns + 3) + 4) * similarity() + 20);
  }

  double loss() {
    return 2 * probability() + EPS * (2 * similarity() + Math.log(rows));
  }

  double gradient(double scale) {
    double each = probability() + EPS * (2 * (rows + 1) + 6);
    double along = normalized ? 1 + Math.sqrt(columns) : 1;
    // each row is a first one, and a second one to all others
    return scale * (1 + rows) * each * longest * along / shortest / temperature;
  }
}
