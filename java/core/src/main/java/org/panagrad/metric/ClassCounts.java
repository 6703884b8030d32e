package org.panagrad.metric;

import java.util.Arrays;

/** Weighted counts of each class: predicted right, predicted, labels. */
final class ClassCounts {
  private final double[] right, predicted, labels;

  ClassCounts(int classes) {
    right = new double[classes];
    predicted = new double[classes];
    labels = new double[classes];
  }

  /** The prediction may be none of the classes. */
  void add(int label, int prediction, double weight) {
    labels[label] += weight;
    if (prediction >= 0) {
      predicted[prediction] += weight;
    }
    if (prediction == label) {
      right[label] += weight;
    }
  }

  double ratio(Ratio ratio, int label) {
    return ratio.of(right[label], predicted[label], labels[label]);
  }

  double ratio(Ratio ratio, Average average) {
    return switch (average) {
      case MICRO -> ratio.of(sum(right), sum(predicted), sum(labels));
      case MACRO -> mean(ratio, false);
      case WEIGHTED -> mean(ratio, true);
    };
  }

  private static double sum(double[] counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    return sum;
  }

  private double mean(Ratio ratio, boolean byLabels) {
    double sum = 0, weight = 0;
    for (int c = 0; c < labels.length; c++) {
      double w = byLabels ? labels[c] : labels[c] + predicted[c] > 0 ? 1 : 0;
      sum += w * ratio(ratio, c);
      weight += w;
    }
    return Ratio.divide(sum, weight);
  }

  void reset() {
    Arrays.fill(right, 0);
    Arrays.fill(predicted, 0);
    Arrays.fill(labels, 0);
  }
}
