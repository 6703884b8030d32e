package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;

/**
 * Dropout (Srivastava and others, 2014): in training a share of the elements becomes 0 and the others grow by as much.
 * What is dropped depends on the model's seed, the pass and the element's place alone, not on threads or history.
 */
public final class DropoutOp extends RangeOp {
  /** Apart from the streams of initial values and of shuffling. */
  private static final long STREAM = 1L << 61, OPERATIONS = 1L << 16;

  private final Value x, y;
  private final double rate;
  private final int index;
  private boolean dropping;
  private long seed, stream;

  /**
   * The operation.
   *
   * @param x     any shape
   * @param y     of that shape
   * @param rate  the share that is dropped, from 0 to less than 1
   * @param index of this operation among those that drop, from 0: each drops others
   */
  public DropoutOp(Value x, Value y, double rate, int index) {
    super(y, 1);
    this.x = x;
    this.y = y;
    this.rate = rate;
    this.index = index;
  }

  @Override
  public void forward(Pass pass) {
    dropping = pass.training();
    seed = pass.seed();
    stream = STREAM + pass.number() * OPERATIONS + index;
    super.forward(pass);
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    drop(kernels, x.data(), y.data(), from, to);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    drop(kernels, y.gradient(), x.gradient(), from, to);
  }

  private void drop(Kernels kernels, MemorySegment in, MemorySegment out, long from, long to) {
    if (dropping) {
      kernels.dropout(in, out, rate, seed, stream, from, to);
    } else {
      kernels.sumPartials(in, out, 1, units(), from, to);
    }
  }
}
