package org.panagrad.graph;

import java.util.List;
import org.panagrad.kernel.Kernels;

/** The sum of values of one shape, added in their order. */
public final class AddOp extends RangeOp {
  private final List<Value> x;
  private final Value y;

  /**
   * The operation.
   *
   * @param x at least one
   * @param y of their shape
   */
  public AddOp(List<Value> x, Value y) {
    super(y, 1);
    this.x = List.copyOf(x);
    this.y = y;
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.sumPartials(x.getFirst().data(), y.data(), 1, units(), from, to);
    for (int i = 1; i < x.size(); i++) {
      kernels.accumulate(x.get(i).data(), y.data(), 1, from, to);
    }
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    for (int i = 0; i < x.size(); i++) {
      if (x.get(i).needsGradient()) {
        kernels.sumPartials(y.gradient(), x.get(i).gradient(), 1, units(), from, to);
      }
    }
  }
}
