package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** Layer norm (Ba, Kiros and Hinton, 2016) over the last axis. */
public final class LayerNormOp implements Op {
  /** Elements of a part that is worth handing to another thread. */
  private static final long WORTH = 1 << 15;

  private final Value x, y;
  private final Parameter gamma, beta;
  private final float epsilon;
  private final long columns, rowsOfPart;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart,
      sumBlock = this::sumBlock;
  private Compute compute;
  private MemorySegment means, inverses, gammaSums, betaSums;
  private long rows;

  /**
   * The operation.
   *
   * @param x       rows of the last size
   * @param y       of that shape
   * @param gamma   factors, as many as the last size
   * @param beta    summands
   * @param epsilon added to the variance
   */
  public LayerNormOp(Value x, Value y, Parameter gamma, Parameter beta, float epsilon) {
    this.x = x;
    this.y = y;
    this.gamma = gamma;
    this.beta = beta;
    this.epsilon = epsilon;
    columns = x.shape().last();
    rowsOfPart = WORTH / columns + 1;
  }

  private long rows(int batch) {
    return batch * (x.shape().elements() / columns);
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    means = memory.floats(rows(batch));
    inverses = memory.floats(rows(batch));
    gammaSums = memory.floats(Panels.count(rows(batch), Kernels.BLOCK) * columns);
    betaSums = memory.floats(Panels.count(rows(batch), Kernels.BLOCK) * columns);
  }

  @Override
  public void forward(Pass pass) {
    rows = rows(pass.batch());
    compute.run(forwardPart, Panels.count(rows, rowsOfPart));
  }

  private void forwardPart(long part, int worker) {
    compute.kernels().layerNorm(x.data(), gamma.data(), beta.data(), y.data(), means, inverses, columns, epsilon,
        part * rowsOfPart, Math.min(rows, (part + 1) * rowsOfPart));
  }

  @Override
  public void backward(Pass pass) {
    if (gamma.trained() || beta.trained()) {
      long blocks = Panels.count(rows, Kernels.BLOCK);
      compute.run(sumBlock, blocks);
      compute.kernels().sumPartials(gammaSums, gamma.gradient(), blocks, columns, 0, columns);
      compute.kernels().sumPartials(betaSums, beta.gradient(), blocks, columns, 0, columns);
    }
    if (x.needsGradient()) {
      compute.run(backwardPart, Panels.count(rows, rowsOfPart));
    }
  }

  private void sumBlock(long block, int worker) {
    compute.kernels().normParameterSums(x.data(), means, inverses, false, y.gradient(), gammaSums, betaSums, rows,
        columns, Kernels.BLOCK, block, block + 1);
  }

  private void backwardPart(long part, int worker) {
    compute.kernels().layerNormBackward(x.data(), gamma.data(), means, inverses, y.gradient(), x.gradient(), columns,
        part * rowsOfPart, Math.min(rows, (part + 1) * rowsOfPart));
  }
}
