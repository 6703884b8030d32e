package org.panagrad.graph;

import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Workers;

/** Rows of a table, looked up by number. */
public final class EmbeddingOp implements Op {
  /** Elements of a part that is worth handing to another thread. */
  private static final long WORTH = 1 << 16;

  private final Value x, y;
  private final Parameter table;
  private final long vocabulary, columns;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private long rows, rowsOfPart;

  /**
   * The operation.
   *
   * @param x     ints from 0 to the rows of the table, exclusive
   * @param y     a row of the table for each of them
   * @param table vocabulary x columns floats
   */
  public EmbeddingOp(Value x, Value y, Parameter table) {
    this.x = x;
    this.y = y;
    this.table = table;
    vocabulary = table.inside().size(0);
    columns = table.inside().last();
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    rowsOfPart = compute.part(WORTH / columns + 1);
  }

  @Override
  public void forward(Pass pass) {
    rows = pass.batch() * x.shape().elements();
    compute.run(forwardPart, Panels.count(rows, rowsOfPart));
  }

  private void forwardPart(long part, int worker) {
    compute.kernels().embedding(table.data(), x.data(), y.data(), vocabulary, columns, part * rowsOfPart,
        Math.min(rows, (part + 1) * rowsOfPart));
  }

  /** Each part goes through all numbers, so there are few: a part for each {@link #WORTH} of the table's elements. */
  @Override
  public void backward(Pass pass) {
    compute.run(backwardPart, Panels.count(vocabulary, rowsOfPart));
  }

  private void backwardPart(long part, int worker) {
    compute.kernels().embeddingBackward(x.data(), y.gradient(), table.gradient(), rows, columns, part * rowsOfPart,
        Math.min(vocabulary, (part + 1) * rowsOfPart));
  }
}
