package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.util.List;
import org.panagrad.graph.Parameter;
import org.panagrad.train.Model;

/** A network of dense layers with a mean squared error, in plain double loops, that begins where a model stands. */
final class DoubleMlp {
  /** An activation of hidden layers. */
  enum Hidden {
    TANH, RELU;

    private double of(double x) {
      return this == TANH ? Math.tanh(x) : Math.max(x, 0);
    }

    /** The slope where the activation gave y. */
    private double slope(double y) {
      return this == TANH ? 1 - y * y : y > 0 ? 1 : 0;
    }
  }

  private final Hidden hidden;
  private final double[][][] weights; // of each layer, (in, out); the last row is the bias
  private final double[][][] gradients, means, squares;
  private int steps;

  DoubleMlp(Model model, Hidden hidden) {
    this.hidden = hidden;
    List<Parameter> parameters = model.parameters();
    weights = new double[parameters.size() / 2][][];
    for (int l = 0; l < weights.length; l++) {
      Parameter weight = parameters.get(2 * l), bias = parameters.get(2 * l + 1);
      int in = (int) weight.inside().size(0), out = (int) weight.inside().size(1);
      weights[l] = new double[in + 1][out];
      for (int j = 0; j < out; j++) {
        for (int i = 0; i < in; i++) {
          weights[l][i][j] = weight.data().getAtIndex(JAVA_FLOAT, (long) i * out + j);
        }
        weights[l][in][j] = bias.data().getAtIndex(JAVA_FLOAT, j);
      }
    }
    gradients = zeros();
    means = zeros();
    squares = zeros();
  }

  private double[][][] zeros() {
    double[][][] zeros = new double[weights.length][][];
    for (int l = 0; l < zeros.length; l++) {
      zeros[l] = new double[weights[l].length][weights[l][0].length];
    }
    return zeros;
  }

  /** The mean over the samples. */
  double loss(float[][] inputs, float[] targets) {
    double sum = 0;
    for (int n = 0; n < targets.length; n++) {
      double[][] layers = forward(inputs[n]);
      double error = layers[weights.length][0] - targets[n];
      sum += error * error;
    }
    return sum / targets.length;
  }

  void sgd(float[][] inputs, float[] targets, double rate) {
    gradient(inputs, targets);
    each((l, i, j) -> weights[l][i][j] -= rate * gradients[l][i][j]);
  }

  void adam(float[][] inputs, float[] targets, double rate) {
    gradient(inputs, targets);
    steps++;
    double mean = 1 - Math.pow(0.9, steps), square = 1 - Math.pow(0.999, steps);
    each((l, i, j) -> {
      double g = gradients[l][i][j];
      means[l][i][j] = 0.9 * means[l][i][j] + 0.1 * g;
      squares[l][i][j] = 0.999 * squares[l][i][j] + 0.001 * g * g;
      weights[l][i][j] -= rate * means[l][i][j] / mean / (Math.sqrt(squares[l][i][j] / square) + 1e-8);
    });
  }

  private interface Place {
    void visit(int layer, int in, int out);
  }

  private void each(Place place) {
    for (int l = 0; l < weights.length; l++) {
      for (int i = 0; i < weights[l].length; i++) {
        for (int j = 0; j < weights[l][i].length; j++) {
          place.visit(l, i, j);
        }
      }
    }
  }

  /** The sample, then what each layer gives. */
  private double[][] forward(float[] sample) {
    double[][] layers = new double[weights.length + 1][];
    layers[0] = new double[sample.length];
    for (int i = 0; i < sample.length; i++) {
      layers[0][i] = sample[i];
    }
    for (int l = 0; l < weights.length; l++) {
      double[] x = layers[l], y = weights[l][x.length].clone();
      for (int j = 0; j < y.length; j++) {
        for (int i = 0; i < x.length; i++) {
          y[j] += x[i] * weights[l][i][j];
        }
        y[j] = l + 1 < weights.length ? hidden.of(y[j]) : y[j];
      }
      layers[l + 1] = y;
    }
    return layers;
  }

  private void gradient(float[][] inputs, float[] targets) {
    each((l, i, j) -> gradients[l][i][j] = 0);
    for (int n = 0; n < targets.length; n++) {
      double[][] layers = forward(inputs[n]);
      double[] slope = {2 * (layers[weights.length][0] - targets[n]) / targets.length};
      for (int l = weights.length - 1; l >= 0; l--) {
        slope = backward(l, layers[l], slope);
      }
    }
  }

  /** Adds a layer's gradient; returns the slope of the loss by what the layer before it computed ahead of its activation. */
  private double[] backward(int l, double[] x, double[] slope) {
    double[] before = new double[x.length];
    for (int j = 0; j < slope.length; j++) {
      for (int i = 0; i < x.length; i++) {
        gradients[l][i][j] += x[i] * slope[j];
        before[i] += weights[l][i][j] * slope[j];
      }
      gradients[l][x.length][j] += slope[j];
    }
    for (int i = 0; l > 0 && i < x.length; i++) {
      before[i] *= hidden.slope(x[i]);
    }
    return before;
  }
}
