package org.panagrad.graph;

import org.panagrad.kernel.Kernels;

/** Softmax over the last axis. */
public final class SoftmaxOp extends RangeOp {
  private final Value x, y;
  private final long columns;

  /**
   * The operation.
   *
   * @param x its argument
   * @param y of the same shape
   */
  public SoftmaxOp(Value x, Value y) {
    super(x, x.shape().last());
    this.x = x;
    this.y = y;
    columns = x.shape().last();
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.softmax(x.data(), y.data(), columns, from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.softmaxBackward(y.data(), y.gradient(), x.gradient(), columns, from, to);
  }
}
