package org.panagrad.graph;

import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Window;

/** The mean of each window of NHWC images, padding counted as zeros. */
public final class AveragePoolOp extends RangeOp {
  private final Window window;
  private final Value x, y;

  /**
   * The operation.
   *
   * @param window geometry, without dilation
   * @param x      height x width x channels
   * @param y      outHeight x outWidth x channels
   */
  public AveragePoolOp(Window window, Value x, Value y) {
    super(x, x.shape().elements());
    this.window = window;
    this.x = x;
    this.y = y;
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.averagePool(window, x.data(), y.data(), from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.averagePoolBackward(window, y.gradient(), x.gradient(), from, to);
  }
}
