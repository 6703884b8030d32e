package org.panagrad.graph;

/**
 * A direction of a recurrent layer in double, sample by sample, straight from PyTorch's documentation and with its
 * tensors as they are on disk. It shares no code and no layout with the library.
 */
final class ReferenceRecurrence {
  private final RecurrentCase test;
  /** weight_ih, weight_hh, bias_ih, bias_hh; then x, and the initial hidden and cell states, batch first. */
  final double[][] in = new double[7][];
  /** All hidden states, the last one, the last cell state; batch first. */
  final double[][] out = new double[3][];

  ReferenceRecurrence(RecurrentCase test) {
    this.test = test;
  }

  /** Computes the outputs. */
  void run() {
    out[0] = new double[test.batch() * test.steps() * test.hidden()];
    out[1] = new double[test.batch() * test.hidden()];
    out[2] = new double[test.batch() * test.hidden()];
    for (int sample = 0; sample < test.batch(); sample++) {
      run(sample);
    }
  }

  private void run(int sample) {
    int hidden = test.hidden(), length = test.length(sample);
    double[] h = java.util.Arrays.copyOfRange(in[5], sample * hidden, (sample + 1) * hidden);
    double[] c = java.util.Arrays.copyOfRange(in[6], sample * hidden, (sample + 1) * hidden);
    for (int i = 0; i < length; i++) {
      int step = test.reverse() ? length - 1 - i : i;
      double[] x = new double[test.features()];
      System.arraycopy(in[4], (sample * test.steps() + step) * x.length, x, 0, x.length);
      h = test.gru() ? gru(x, h) : lstm(x, h, c);
      System.arraycopy(h, 0, out[0], (sample * test.steps() + step) * hidden, hidden);
    }
    System.arraycopy(h, 0, out[1], sample * hidden, hidden);
    System.arraycopy(c, 0, out[2], sample * hidden, hidden);
  }

  private double[] lstm(double[] x, double[] h, double[] c) {
    double[] a = linear(in[0], in[2], x), b = linear(in[1], in[3], h), next = new double[h.length];
    for (int u = 0; u < h.length; u++) {
      double i = sigmoid(a[u] + b[u]), f = sigmoid(a[h.length + u] + b[h.length + u]);
      double g = Math.tanh(a[2 * h.length + u] + b[2 * h.length + u]);
      double o = sigmoid(a[3 * h.length + u] + b[3 * h.length + u]);
      c[u] = f * c[u] + i * g;
      next[u] = o * Math.tanh(c[u]);
    }
    return next;
  }

  private double[] gru(double[] x, double[] h) {
    double[] a = linear(in[0], in[2], x), b = linear(in[1], in[3], h), next = new double[h.length];
    for (int u = 0; u < h.length; u++) {
      double r = sigmoid(a[u] + b[u]), z = sigmoid(a[h.length + u] + b[h.length + u]);
      double n = Math.tanh(a[2 * h.length + u] + r * b[2 * h.length + u]);
      next[u] = (1 - z) * n + z * h[u];
    }
    return next;
  }

  private static double[] linear(double[] weight, double[] bias, double[] x) {
    double[] y = bias.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
