package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** The sum of values of one shape, added in their order. */
public final class AddOp implements Op {
  private static final long PART = 16 * Kernels.BLOCK;

  private final List<Value> x;
  private final Value y;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private long n;

  /**
   * The operation.
   *
   * @param x at least one
   * @param y of their shape
   */
  public AddOp(List<Value> x, Value y) {
    this.x = List.copyOf(x);
    this.y = y;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
  }

  @Override
  public void forward(Pass pass) {
    n = pass.batch() * y.shape().elements();
    compute.run(forwardPart, Panels.count(n, PART));
  }

  private void forwardPart(long part, int worker) {
    long from = part * PART, to = Math.min(n, from + PART);
    copy(x.getFirst().data(), y.data(), from, to);
    for (int i = 1; i < x.size(); i++) {
      compute.kernels().accumulate(x.get(i).data(), y.data(), 1, from, to);
    }
  }

  @Override
  public void backward(Pass pass) {
    compute.run(backwardPart, Panels.count(n, PART));
  }

  private void backwardPart(long part, int worker) {
    long from = part * PART, to = Math.min(n, from + PART);
    for (int i = 0; i < x.size(); i++) {
      if (x.get(i).needsGradient()) {
        copy(y.gradient(), x.get(i).gradient(), from, to);
      }
    }
  }

  private void copy(MemorySegment from, MemorySegment to, long begin, long end) {
    compute.kernels().sumPartials(from, to, 1, n, begin, end);
  }
}
