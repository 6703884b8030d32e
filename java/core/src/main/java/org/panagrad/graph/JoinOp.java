package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** The gradient of a value with several readers, or none: the sum of theirs, in the order in which they asked. */
final class JoinOp implements Op {
  private static final long PART = 16 * Kernels.BLOCK;

  private final Value value;
  private final Workers.Task part = this::part;
  private Compute compute;
  private long n;

  JoinOp(Value value) {
    this.value = value;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
  }

  @Override
  public void forward(Pass pass) {
  }

  @Override
  public void backward(Pass pass) {
    n = value.elements(pass.batch());
    compute.run(part, Panels.count(n, compute.part(PART)));
  }

  private void part(long part, int worker) {
    long size = compute.part(PART), from = part * size, to = Math.min(n, from + size);
    List<Value> readers = value.readers();
    MemorySegment sum = value.gradient();
    if (readers.isEmpty()) {
      compute.kernels().sumPartials(sum, sum, 0, n, from, to);
    }
    for (int i = 1; i < readers.size(); i++) {
      compute.kernels().accumulate(readers.get(i).gradient(), sum, 1, from, to);
    }
  }
}
