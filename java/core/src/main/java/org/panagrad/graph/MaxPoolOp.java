package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Window;
import org.panagrad.kernel.Workers;

/** The greatest element of each window of NHWC images. */
public final class MaxPoolOp implements Op {
  /** Elements of a part that is worth handing to another thread. */
  private static final long WORTH = 1 << 16;

  private final Window window;
  private final Value x, y;
  private final long images;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private MemorySegment indices;
  private int batch;

  /**
   * The operation.
   *
   * @param window geometry
   * @param x      height x width x channels
   * @param y      outHeight x outWidth x channels
   */
  public MaxPoolOp(Window window, Value x, Value y) {
    this.window = window;
    this.x = x;
    this.y = y;
    images = WORTH / x.shape().elements() + 1;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    indices = memory.ints(batch * y.shape().elements());
  }

  @Override
  public void forward(Pass pass) {
    batch = pass.batch();
    compute.run(forwardPart, Panels.count(batch, images));
  }

  private void forwardPart(long part, int worker) {
    compute.kernels().maxPool(window, x.data(), y.data(), indices, part * images,
        Math.min((part + 1) * images, batch));
  }

  @Override
  public void backward(Pass pass) {
    batch = pass.batch();
    if (x.needsGradient()) {
      compute.run(backwardPart, Panels.count(batch, images));
    }
  }

  private void backwardPart(long part, int worker) {
    compute.kernels().maxPoolBackward(window, y.gradient(), indices, x.gradient(), part * images,
        Math.min((part + 1) * images, batch));
  }
}
