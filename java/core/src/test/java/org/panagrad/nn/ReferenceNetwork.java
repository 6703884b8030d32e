package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.graph.Parameter;

/**
 * A network's forward pass in double, straight from the formulas: channels first and weights as on disk, as PyTorch has
 * it. It shares no code and no layout with the library.
 */
final class ReferenceNetwork {
  /** Of each parameter its elements in disk order. */
  final List<double[]> parameters = new ArrayList<>();
  private final Sequential network;
  /** How far the last run stayed away from where a relu or a maximum changes its derivative. */
  double margin;
  private int height, width, channels, next;

  ReferenceNetwork(Sequential network, List<Parameter> parameters) {
    this.network = network;
    parameters.forEach(parameter -> this.parameters.add(disk(parameter, parameter.data())));
  }

  /** An array in the kernels' order, in disk order. */
  static double[] disk(Parameter parameter, MemorySegment inside) {
    MemorySegment disk = MemorySegment.ofArray(new float[(int) parameter.shape().elements()]);
    parameter.toDisk(inside, disk);
    double[] values = new double[(int) parameter.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = disk.getAtIndex(JAVA_FLOAT, i);
    }
    return values;
  }

  /** The outputs of one sample, height x width x channels. */
  double[] outputs(float[] sample) {
    List<Long> sizes = network.inputShape().sizes();
    boolean image = sizes.size() == 3;
    height = image ? sizes.get(0).intValue() : 1;
    width = image ? sizes.get(1).intValue() : 1;
    channels = sizes.getLast().intValue();
    margin = Double.POSITIVE_INFINITY;
    next = 0;
    double[] x = new double[sample.length];
    for (int i = 0; i < sample.length; i++) {
      x[i % channels * height * width + i / channels] = sample[i];
    }
    for (Layer layer : network.layers()) {
      x = switch (layer) {
        case Conv2D conv -> relu(conv.isRelu(), convolve(conv, x));
        case Dense dense -> relu(dense.isRelu(), multiply(dense, x));
        case MaxPool2D pool -> pool(pool, x);
        case Flatten _ -> x;
        default -> throw new AssertionError("the reference has no " + layer);
      };
    }
    return x;
  }

  private double[] multiply(Dense dense, double[] x) {
    double[] weight = parameters.get(next++), bias = parameters.get(next++), y = bias.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private double[] convolve(Conv2D conv, double[] x) {
    double[] weight = parameters.get(next++), bias = parameters.get(next++);
    int kernel = conv.kernel(), outHeight = (height + 2 * conv.padding() - kernel) / conv.stride() + 1;
    int outWidth = (width + 2 * conv.padding() - kernel) / conv.stride() + 1;
    double[] y = new double[conv.filters() * outHeight * outWidth];
    for (int at = 0; at < y.length; at++) {
      int o = at / (outHeight * outWidth), top = at / outWidth % outHeight * conv.stride() - conv.padding();
      int left = at % outWidth * conv.stride() - conv.padding();
      y[at] = bias[o];
      for (int w = 0; w < channels * kernel * kernel; w++) {
        int c = w / (kernel * kernel), row = top + w / kernel % kernel, column = left + w % kernel;
        if (row >= 0 && row < height && column >= 0 && column < width) {
          y[at] += weight[o * channels * kernel * kernel + w] * x[(c * height + row) * width + column];
        }
      }
    }
    shape(outHeight, outWidth, conv.filters());
    return y;
  }

  private double[] pool(MaxPool2D pool, double[] x) {
    int outHeight = (height - pool.size()) / pool.stride() + 1, outWidth = (width - pool.size()) / pool.stride() + 1;
    double[] y = new double[channels * outHeight * outWidth];
    for (int at = 0; at < y.length; at++) {
      int c = at / (outHeight * outWidth), top = at / outWidth % outHeight * pool.stride();
      int left = at % outWidth * pool.stride();
      double first = Double.NEGATIVE_INFINITY, second = first;
      for (int w = 0; w < pool.size() * pool.size(); w++) {
        double v = x[(c * height + top + w / pool.size()) * width + left + w % pool.size()];
        second = Math.max(second, Math.min(first, v));
        first = Math.max(first, v);
      }
      y[at] = first;
      // a tie of zeros comes from relu, which passes no gradient on
      margin = first == 0 ? margin : Math.min(margin, first - second);
    }
    shape(outHeight, outWidth, channels);
    return y;
  }

  private double[] relu(boolean wanted, double[] x) {
    for (int i = 0; wanted && i < x.length; i++) {
      margin = Math.min(margin, Math.abs(x[i]));
      x[i] = Math.max(0, x[i]);
    }
    return x;
  }

  private void shape(int height, int width, int channels) {
    this.height = height;
    this.width = width;
    this.channels = channels;
  }
}
