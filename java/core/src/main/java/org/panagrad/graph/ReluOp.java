package org.panagrad.graph;

import org.panagrad.kernel.Kernels;

/** {@code x < 0 ? 0 : x} of each element; the slope at 0 is 0. */
public final class ReluOp extends RangeOp {
  private final Value x, y;

  /**
   * The operation.
   *
   * @param x its argument
   * @param y of the same shape
   */
  public ReluOp(Value x, Value y) {
    super(y, 1);
    this.x = x;
    this.y = y;
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.relu(x.data(), y.data(), from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.reluBackward(y.data(), y.gradient(), x.gradient(), from, to);
  }
}
