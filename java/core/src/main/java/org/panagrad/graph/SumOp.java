package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Spread;
import org.panagrad.kernel.Workers;

/** The sum or the mean of all elements of a batch: one number, added up in double. */
public final class SumOp implements Op {
  private static final long PART = 16 * Kernels.BLOCK;

  private final Value x, y;
  private final boolean mean;
  private final Sums sums = new Sums();
  private final Workers.Task backwardPart = this::backwardPart;
  private Compute compute;
  private MemorySegment share;
  private long n;
  private double value;

  /**
   * The operation.
   *
   * @param x    its elements are added
   * @param y    one number, not batched
   * @param mean whether the sum is divided by their number
   */
  public SumOp(Value x, Value y, boolean mean) {
    this.x = x;
    this.y = y;
    this.mean = mean;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    sums.plan(compute, memory, x.elements(batch));
    share = memory.floats(1);
  }

  @Override
  public void forward(Pass pass) {
    n = x.elements(pass.batch());
    double sum = sums.of(x.data(), n);
    value = mean ? sum / n : sum;
    y.data().setAtIndex(JAVA_FLOAT, 0, (float) value);
    compute.kernels().upload(y.data());
  }

  /**
   * What the output is rounded from.
   *
   * @return of the last forward; NaN for the mean over nothing
   */
  public double value() {
    return value;
  }

  @Override
  public void backward(Pass pass) {
    share.setAtIndex(JAVA_FLOAT, 0, mean ? (float) (1.0 / n) : 1);
    compute.kernels().upload(share);
    compute.run(backwardPart, Panels.count(n, compute.part(PART)));
  }

  private void backwardPart(long part, int worker) {
    long size = compute.part(PART), from = part * size;
    compute.kernels().combine(BinaryFunction.MULTIPLY, y.gradient(), Spread.SCALAR, share, Spread.SCALAR, x.gradient(),
        1, from, Math.min(n, from + size));
  }
}
