package org.panagrad.graph;

import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;

/** Pieces of a row of numbers, side by side: what {@link ConcatenateOp} puts together. */
public final class SplitOp implements Op {
  private final Value x;
  private final List<Value> y;
  private Kernels kernels;

  /**
   * The operation.
   *
   * @param x a row of numbers a sample
   * @param y rows whose sizes add up to its size
   */
  public SplitOp(Value x, List<Value> y) {
    this.x = x;
    this.y = List.copyOf(y);
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    kernels = compute.kernels();
  }

  @Override
  public void forward(Pass pass) {
    long at = 0;
    for (int i = 0; i < y.size(); i++) {
      Rows.copy(kernels, x.data(), x.shape().last(), at, y.get(i).data(), y.get(i).shape().last(), 0,
          y.get(i).shape().last(), 0,
          pass.batch());
      at += y.get(i).shape().last();
    }
  }

  @Override
  public void backward(Pass pass) {
    long at = 0;
    for (int i = 0; i < y.size() && x.needsGradient(); i++) {
      Rows.copy(kernels, y.get(i).gradient(), y.get(i).shape().last(), 0, x.gradient(), x.shape().last(), at,
          y.get(i).shape().last(), 0, pass.batch());
      at += y.get(i).shape().last();
    }
  }
}
