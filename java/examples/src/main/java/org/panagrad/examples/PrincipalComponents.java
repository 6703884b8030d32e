package org.panagrad.examples;

import java.util.Random;

/** Principal component analysis: the best linear code of a width, in double by orthogonal iteration. */
final class PrincipalComponents {
  private static final int ITERATIONS = 60;
  private final double[] mean;
  private final double[][] components;

  private PrincipalComponents(double[] mean, double[][] components) {
    this.mean = mean;
    this.components = components;
  }

  /** Those of samples, row by row, that have the most variance. */
  static PrincipalComponents of(float[] samples, int features, int width) {
    double[] mean = new double[features];
    double[][] covariance = covariance(samples, mean);
    Random random = new Random(0);
    double[][] components = new double[width][features];
    for (double[] component : components) {
      for (int i = 0; i < features; i++) {
        component[i] = random.nextGaussian();
      }
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      for (int k = 0; k < width; k++) {
        components[k] = product(covariance, components[k]);
      }
      orthonormalize(components);
    }
    return new PrincipalComponents(mean, components);
  }

  /** Fills in the mean, too. Most pixels are 0, and skipped. */
  private static double[][] covariance(float[] samples, double[] mean) {
    int features = mean.length, count = samples.length / features;
    double[][] sums = new double[features][features];
    for (int row = 0; row < samples.length; row += features) {
      for (int i = 0; i < features; i++) {
        double value = samples[row + i];
        mean[i] += value / count;
        for (int j = 0; j <= i && value != 0; j++) {
          sums[i][j] += value * samples[row + j];
        }
      }
    }
    for (int i = 0; i < features; i++) {
      for (int j = 0; j <= i; j++) {
        sums[i][j] = sums[j][i] = sums[i][j] / count - mean[i] * mean[j];
      }
    }
    return sums;
  }

  private static double[] product(double[][] matrix, double[] vector) {
    double[] product = new double[matrix.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = dot(matrix[i], vector);
    }
    return product;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Gram and Schmidt's way. */
  private static void orthonormalize(double[][] vectors) {
    for (int k = 0; k < vectors.length; k++) {
      for (int earlier = 0; earlier < k; earlier++) {
        double along = dot(vectors[earlier], vectors[k]);
        for (int i = 0; i < vectors[k].length; i++) {
          vectors[k][i] -= along * vectors[earlier][i];
        }
      }
      double norm = Math.sqrt(dot(vectors[k], vectors[k]));
      for (int i = 0; i < vectors[k].length; i++) {
        vectors[k][i] /= norm;
      }
    }
  }

  /** Mean squared error of what the code keeps of samples. */
  double error(float[] samples) {
    double sum = 0;
    double[] centred = new double[mean.length];
    for (int row = 0; row < samples.length; row += mean.length) {
      for (int i = 0; i < mean.length; i++) {
        centred[i] = samples[row + i] - mean[i];
      }
      sum += dot(centred, centred);
      for (double[] component : components) {
        double along = dot(component, centred);
        sum -= along * along;
      }
    }
    return sum / samples.length;
  }
}
