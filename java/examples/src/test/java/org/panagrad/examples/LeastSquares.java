package org.panagrad.examples;

/** The closed form of linear regression, in double: the normal equations, solved by elimination with pivoting. */
final class LeastSquares {
  private LeastSquares() {}

  /** The coefficient of each column of x, then the intercept. */
  static double[] of(float[][] x, float[] y) {
    int n = x[0].length + 1;
    double[][] equations = new double[n][n + 1];
    for (int sample = 0; sample < y.length; sample++) {
      double[] row = new double[n + 1];
      for (int k = 0; k < n - 1; k++) {
        row[k] = x[sample][k];
      }
      row[n - 1] = 1;
      row[n] = y[sample];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= n; j++) {
          equations[i][j] += row[i] * row[j];
        }
      }
    }
    return solve(equations);
  }

  private static double[] solve(double[][] a) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      double[] row = a[pivot];
      a[pivot] = a[k];
      a[k] = row;
      for (int i = 0; i < n; i++) {
        double factor = a[i][k] / a[k][k];
        for (int j = k; i != k && j <= n; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    double[] solution = new double[n];
    for (int k = 0; k < n; k++) {
      solution[k] = a[k][n] / a[k][k];
    }
    return solution;
  }
}
