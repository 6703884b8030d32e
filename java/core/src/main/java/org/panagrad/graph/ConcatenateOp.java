package org.panagrad.graph;

import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Workers;

/** Values side by side along their last axis. */
public final class ConcatenateOp implements Op {
  /** Elements of a part that is worth handing to another thread. */
  private static final long WORTH = 1 << 16;

  private final List<Value> x;
  private final Value y;
  private final long rowsOfSample, columns, rowsOfPart;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private long rows;

  /**
   * The operation.
   *
   * @param x at least one, alike but for their last size
   * @param y as they are, its last size the sum of theirs
   */
  public ConcatenateOp(List<Value> x, Value y) {
    this.x = List.copyOf(x);
    this.y = y;
    columns = y.shape().last();
    rowsOfSample = y.shape().elements() / columns;
    rowsOfPart = WORTH / columns + 1;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
  }

  @Override
  public void forward(Pass pass) {
    rows = pass.batch() * rowsOfSample;
    compute.run(forwardPart, Panels.count(rows, rowsOfPart));
  }

  private void forwardPart(long part, int worker) {
    long at = 0;
    for (int i = 0; i < x.size(); i++) {
      long width = x.get(i).shape().last();
      Rows.copy(x.get(i).data(), width, 0, y.data(), columns, at, width, part * rowsOfPart, end(part));
      at += width;
    }
  }

  private long end(long part) {
    return Math.min(rows, (part + 1) * rowsOfPart);
  }

  @Override
  public void backward(Pass pass) {
    compute.run(backwardPart, Panels.count(rows, rowsOfPart));
  }

  private void backwardPart(long part, int worker) {
    long at = 0;
    for (int i = 0; i < x.size(); i++) {
      long width = x.get(i).shape().last();
      if (x.get(i).needsGradient()) {
        Rows.copy(y.gradient(), columns, at, x.get(i).gradient(), width, 0, width, part * rowsOfPart, end(part));
      }
      at += width;
    }
  }
}
