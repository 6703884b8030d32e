package org.panagrad.graph;

import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.UnaryFunction;

/** A function of each element. */
public final class MapOp extends RangeOp {
  private final UnaryFunction f;
  private final float a, b;
  private final Value x, y;

  /**
   * The operation.
   *
   * @param f which function
   * @param a its first number, where it has one
   * @param b its second number, where it has one
   * @param x its argument
   * @param y of the same shape
   */
  public MapOp(UnaryFunction f, float a, float b, Value x, Value y) {
    super(y, 1);
    this.f = f;
    this.a = a;
    this.b = b;
    this.x = x;
    this.y = y;
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.map(f, a, b, x.data(), y.data(), from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.mapBackward(f, a, b, x.data(), y.data(), y.gradient(), x.gradient(), from, to);
  }
}
