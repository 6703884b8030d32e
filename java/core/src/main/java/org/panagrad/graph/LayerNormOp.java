package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** Layer norm (Ba, Kiros and Hinton, 2016) over the last axis. */
public final class LayerNormOp extends RangeOp {
  private final Value x, y;
  private final Parameter gamma, beta;
  private final float epsilon;
  private final long columns;
  private final Workers.Task sumBlocks = this::sumBlocks;
  private long blocks, blocksOfPart;
  private MemorySegment means, inverses, gammaSums, betaSums;

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
    super(x, x.shape().last());
    this.x = x;
    this.y = y;
    this.gamma = gamma;
    this.beta = beta;
    this.epsilon = epsilon;
    columns = x.shape().last();
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    super.plan(compute, memory, batch);
    long rows = units(batch);
    blocksOfPart = compute.part(1);
    blocks = Panels.count(rows, Kernels.BLOCK);
    means = memory.floats(rows);
    inverses = memory.floats(rows);
    gammaSums = memory.floats(blocks * columns);
    betaSums = memory.floats(blocks * columns);
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.layerNorm(x.data(), gamma.data(), beta.data(), y.data(), means, inverses, columns, epsilon, from, to);
  }

  @Override
  public void backward(Pass pass) {
    if (gamma.trained() || beta.trained()) {
      blocks = Panels.count(units(), Kernels.BLOCK);
      compute().run(sumBlocks, Panels.count(blocks, blocksOfPart));
      compute().kernels().sumPartials(gammaSums, gamma.gradient(), blocks, columns, 0, columns);
      compute().kernels().sumPartials(betaSums, beta.gradient(), blocks, columns, 0, columns);
    }
    if (x.needsGradient()) {
      super.backward(pass);
    }
  }

  private void sumBlocks(long part, int worker) {
    compute().kernels().normParameterSums(x.data(), means, inverses, false, y.gradient(), gammaSums, betaSums, units(),
        columns, Kernels.BLOCK, part * blocksOfPart, Math.min(blocks, (part + 1) * blocksOfPart));
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.layerNormBackward(x.data(), gamma.data(), means, inverses, y.gradient(), x.gradient(), columns, from, to);
  }
}
