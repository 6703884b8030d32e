package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Window;

/** The greatest element of each window of NHWC images. */
public final class MaxPoolOp extends RangeOp {
  private final Window window;
  private final Value x, y;
  private MemorySegment indices;

  /**
   * The operation.
   *
   * @param window geometry
   * @param x      height x width x channels
   * @param y      outHeight x outWidth x channels
   */
  public MaxPoolOp(Window window, Value x, Value y) {
    super(x, x.shape().elements());
    this.window = window;
    this.x = x;
    this.y = y;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    super.plan(compute, memory, batch);
    indices = memory.ints(y.elements(batch));
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.maxPool(window, x.data(), y.data(), indices, from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.maxPoolBackward(window, y.gradient(), indices, x.gradient(), from, to);
  }
}
