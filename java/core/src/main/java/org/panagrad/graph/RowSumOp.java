package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Spread;

/** The sum over the last axis. */
public final class RowSumOp extends RangeOp {
  private final Value x, y;
  private final long columns;
  private MemorySegment one;

  /**
   * The operation.
   *
   * @param x rows
   * @param y a number for each
   */
  public RowSumOp(Value x, Value y) {
    super(x, x.shape().last());
    this.x = x;
    this.y = y;
    columns = x.shape().last();
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    super.plan(compute, memory, batch);
    one = memory.floats(1);
    one.setAtIndex(JAVA_FLOAT, 0, 1);
    compute.kernels().upload(one);
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.rowSums(x.data(), y.data(), columns, from, to);
  }

  /** The row's gradient for each of its elements: times 1, a product that spreads it. */
  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.combine(BinaryFunction.MULTIPLY, y.gradient(), Spread.PER_ROW, one, Spread.SCALAR, x.gradient(), columns,
        from, to);
  }
}
