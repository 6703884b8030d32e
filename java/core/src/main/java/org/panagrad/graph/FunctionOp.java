package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;
import org.panagrad.kernel.Kernels;

/**
 * A function of one's own of each element: computed in double, rounded once. It is called from several threads at a
 * time.
 */
public final class FunctionOp extends RangeOp {
  private final DoubleUnaryOperator f, slope;
  private final Value x, y;

  /**
   * The operation.
   *
   * @param f     the function
   * @param slope its derivative
   * @param x     its argument
   * @param y     of the same shape
   */
  public FunctionOp(DoubleUnaryOperator f, DoubleUnaryOperator slope, Value x, Value y) {
    super(y, 1);
    this.f = f;
    this.slope = slope;
    this.x = x;
    this.y = y;
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    MemorySegment in = x.data(), out = y.data();
    kernels.download(in);
    for (long i = from; i < to; i++) {
      out.setAtIndex(JAVA_FLOAT, i, (float) f.applyAsDouble(in.getAtIndex(JAVA_FLOAT, i)));
    }
    kernels.upload(out);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    MemorySegment in = x.data(), dy = y.gradient(), dx = x.gradient();
    kernels.download(in);
    kernels.download(dy);
    for (long i = from; i < to; i++) {
      double s = slope.applyAsDouble(in.getAtIndex(JAVA_FLOAT, i));
      dx.setAtIndex(JAVA_FLOAT, i, (float) (dy.getAtIndex(JAVA_FLOAT, i) * s));
    }
    kernels.upload(dx);
  }
}
