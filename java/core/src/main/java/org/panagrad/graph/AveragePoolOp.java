package org.panagrad.graph;

import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Window;
import org.panagrad.kernel.Workers;

/** The mean of each window of NHWC images, padding counted as zeros. */
public final class AveragePoolOp implements Op {
  /** Elements of a part that is worth handing to another thread. */
  private static final long WORTH = 1 << 16;

  private final Window window;
  private final Value x, y;
  private final long images;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private int batch;

  /**
   * The operation.
   *
   * @param window geometry, without dilation
   * @param x      height x width x channels
   * @param y      outHeight x outWidth x channels
   */
  public AveragePoolOp(Window window, Value x, Value y) {
    this.window = window;
    this.x = x;
    this.y = y;
    images = WORTH / x.shape().elements() + 1;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
  }

  @Override
  public void forward(Pass pass) {
    batch = pass.batch();
    compute.run(forwardPart, Panels.count(batch, images));
  }

  private void forwardPart(long part, int worker) {
    compute.kernels().averagePool(window, x.data(), y.data(), part * images, Math.min((part + 1) * images, batch));
  }

  @Override
  public void backward(Pass pass) {
    if (x.needsGradient()) {
      compute.run(backwardPart, Panels.count(batch, images));
    }
  }

  private void backwardPart(long part, int worker) {
    compute.kernels().averagePoolBackward(window, y.gradient(), x.gradient(), part * images,
        Math.min((part + 1) * images, batch));
  }
}
