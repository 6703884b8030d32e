package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** Kernels over whole arrays on all threads, for losses made of others. Nothing is allocated by a pass. */
final class KernelPasses {
  private static final long PART = 16 * Kernels.BLOCK;

  private final Compute compute;
  private final Workers.Task sum = this::sum, add = this::add, softmax = this::softmax, backward = this::backward;
  private MemorySegment x = MemorySegment.NULL, y = MemorySegment.NULL, z = MemorySegment.NULL;
  private long units, columns, size, parts;
  private float weight;

  KernelPasses(Compute compute) {
    this.compute = compute;
  }

  /** x = 0. */
  void clear(MemorySegment out, long n) {
    sum(out, out, 0, n);
  }

  /** out = in. */
  void copy(MemorySegment in, MemorySegment out, long n) {
    sum(in, out, 1, n);
  }

  private void sum(MemorySegment in, MemorySegment out, long count, long n) {
    x = in;
    y = out;
    parts = count;
    run(sum, n, 1);
  }

  private void sum(long part, int worker) {
    compute.kernels().sumPartials(x, y, parts, units, from(part), to(part));
  }

  /** out += factor * in, in one rounding. */
  void add(MemorySegment in, MemorySegment out, float factor, long n) {
    x = in;
    y = out;
    weight = factor;
    run(add, n, 1);
  }

  private void add(long part, int worker) {
    compute.kernels().accumulate(x, y, weight, from(part), to(part));
  }

  /** out = softmax of the rows of in. */
  void softmax(MemorySegment in, MemorySegment out, long rows, long columns) {
    x = in;
    y = out;
    run(softmax, rows, columns);
  }

  private void softmax(long part, int worker) {
    compute.kernels().softmax(x, y, columns, from(part), to(part));
  }

  /** From the gradient of a softmax to that of its logits, in place. */
  void softmaxBackward(MemorySegment probabilities, MemorySegment gradient, long rows, long columns) {
    x = probabilities;
    z = gradient;
    run(backward, rows, columns);
  }

  private void backward(long part, int worker) {
    compute.kernels().softmaxBackward(x, z, z, columns, from(part), to(part));
  }

  /** Parts are cut by shape alone; one thread does all at once. */
  private void run(Workers.Task task, long units, long columns) {
    this.units = units;
    this.columns = columns;
    size = compute.threads() == 1 ? Math.max(1, units) : Math.max(1, PART / Math.max(1, columns));
    compute.run(task, Math.max(1, (units + size - 1) / size));
  }

  private long from(long part) {
    return part * size;
  }

  private long to(long part) {
    return Math.min(units, (part + 1) * size);
  }
}
