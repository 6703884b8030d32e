package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/**
 * Dropout (Srivastava and others, 2014): in training a share of the elements becomes 0 and the others grow by as much. What
 * is dropped depends on the model's seed, the pass and the element's place alone, not on threads or history.
 */
public final class DropoutOp implements Op {
  private static final long PART = 16 * Kernels.BLOCK;
  /** Apart from the streams of initial values and of shuffling. */
  private static final long STREAM = 1L << 61, OPERATIONS = 1L << 16;

  private final Value x, y;
  private final double rate;
  private final int index;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private boolean dropping;
  private long seed, stream, n;

  /**
   * The operation.
   *
   * @param x     any shape
   * @param y     of that shape
   * @param rate  the share that is dropped, from 0 to less than 1
   * @param index of this operation among those that drop, from 0: each drops others
   */
  public DropoutOp(Value x, Value y, double rate, int index) {
    this.x = x;
    this.y = y;
    this.rate = rate;
    this.index = index;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
  }

  @Override
  public void forward(Pass pass) {
    n = pass.batch() * x.shape().elements();
    dropping = pass.training();
    seed = pass.seed();
    stream = STREAM + pass.number() * OPERATIONS + index;
    compute.run(forwardPart, Panels.count(n, PART));
  }

  private void forwardPart(long part, int worker) {
    drop(x.data(), y.data(), part * PART, Math.min(n, (part + 1) * PART));
  }

  @Override
  public void backward(Pass pass) {
    if (x.needsGradient()) {
      compute.run(backwardPart, Panels.count(n, PART));
    }
  }

  private void backwardPart(long part, int worker) {
    drop(y.gradient(), x.gradient(), part * PART, Math.min(n, (part + 1) * PART));
  }

  private void drop(MemorySegment in, MemorySegment out, long from, long to) {
    if (dropping) {
      compute.kernels().dropout(in, out, rate, seed, stream, from, to);
    } else {
      compute.kernels().sumPartials(in, out, 1, n, from, to);
    }
  }
}
