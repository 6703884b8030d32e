package org.panagrad.graph;

import java.util.List;
import org.panagrad.kernel.Kernels;

/** Values side by side along their last axis. */
public final class ConcatenateOp extends RangeOp {
  private final List<Value> x;
  private final Value y;
  private final long columns;

  /**
   * The operation.
   *
   * @param x at least one, alike but for their last size
   * @param y as they are, its last size the sum of theirs
   */
  public ConcatenateOp(List<Value> x, Value y) {
    super(y, y.shape().last());
    this.x = List.copyOf(x);
    this.y = y;
    columns = y.shape().last();
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    long at = 0;
    for (int i = 0; i < x.size(); i++) {
      long width = x.get(i).shape().last();
      Rows.copy(kernels, x.get(i).data(), width, 0, y.data(), columns, at, width, from, to);
      at += width;
    }
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    long at = 0;
    for (int i = 0; i < x.size(); i++) {
      long width = x.get(i).shape().last();
      if (x.get(i).needsGradient()) {
        Rows.copy(kernels, y.gradient(), columns, at, x.get(i).gradient(), width, 0, width, from, to);
      }
      at += width;
    }
  }
}
