package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/**
 * {@code y = activation(x W + b)}: x is batch x in, W is in x out, y is batch x out. Products are cut into panels of
 * rows by their shape alone.
 */
public final class DenseOp implements Op {
  private final Value x, y;
  private final Parameter weight, bias;
  private final boolean relu;
  private final long in, out;
  private final Workers.Task forwardPanel = this::forwardPanel, weightPanel = this::weightPanel,
      inputPanel = this::inputPanel;
  private Compute compute;
  private Kernels kernels;
  private MemorySegment weightTransposed, biasSums;
  private long rows;

  /**
   * The operation.
   *
   * @param x      in elements, or rows of as many, a sample
   * @param y      out elements, or as many rows of them, a sample
   * @param weight in x out floats inside
   * @param bias   out floats
   * @param relu   whether relu follows
   */
  public DenseOp(Value x, Value y, Parameter weight, Parameter bias, boolean relu) {
    this.x = x;
    this.y = y;
    this.weight = weight;
    this.bias = bias;
    this.relu = relu;
    in = x.shape().last();
    out = y.shape().last();
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    kernels = compute.kernels();
    weightTransposed = memory.floats(in * out);
    biasSums = memory.floats(Panels.count(rows(batch), Kernels.BLOCK) * out);
  }

  private long rows(int batch) {
    return batch * (x.shape().elements() / in);
  }

  private long panel(long work) {
    return compute.part(Panels.rows(work));
  }

  @Override
  public void forward(Pass pass) {
    rows = rows(pass.batch());
    compute.run(forwardPanel, Panels.count(rows, panel(out * in)));
  }

  private void forwardPanel(long panel, int worker) {
    long size = panel(out * in), from = panel * size, to = Math.min(from + size, rows);
    compute.product().multiply(x.data(), weight.data(), y.data(), out, in, in, out, out, false, false, from, to);
    kernels.bias(y.data(), bias.data(), y.data(), out, from, to);
    if (relu) {
      kernels.relu(y.data(), y.data(), from * out, to * out);
    }
  }

  @Override
  public void backward(Pass pass) {
    rows = rows(pass.batch());
    MemorySegment dy = y.gradient();
    if (relu) {
      kernels.reluBackward(y.data(), dy, dy, 0, rows * out);
    }
    if (bias.trained()) {
      long blocks = Panels.count(rows, Kernels.BLOCK);
      kernels.columnSums(dy, biasSums, rows, out, Kernels.BLOCK, 0, blocks);
      kernels.sumPartials(biasSums, bias.gradient(), blocks, out, 0, out);
    }
    if (weight.trained()) {
      compute.run(weightPanel, Panels.count(in, panel(out * rows)));
    }
    if (x.needsGradient()) {
      kernels.transpose(weight.data(), weightTransposed, in, out, 0, out);
      compute.run(inputPanel, Panels.count(rows, panel(in * out)));
    }
  }

  private void weightPanel(long panel, int worker) {
    long size = panel(out * rows), from = panel * size, to = Math.min(from + size, in);
    compute.product().multiply(x.data(), y.gradient(), weight.gradient(), out, rows, in, out, out, true, false, from,
        to);
  }

  private void inputPanel(long panel, int worker) {
    long size = panel(in * out), from = panel * size, to = Math.min(from + size, rows);
    compute.product().multiply(y.gradient(), weightTransposed, x.gradient(), in, out, out, in, in, false, false, from,
        to);
  }
}
