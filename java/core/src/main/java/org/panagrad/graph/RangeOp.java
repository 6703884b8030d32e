package org.panagrad.graph;

import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/** An operation on each element or each row by itself, so that it is done range by range. */
abstract class RangeOp implements Op {
  private static final long PART = 16 * Kernels.BLOCK;

  private final Value counted;
  private final long width;
  private final Workers.Task forwardPart = this::forwardPart, backwardPart = this::backwardPart;
  private Compute compute;
  private long units, unitsOfPart;

  /**
   * Over what a value holds.
   *
   * @param counted whose elements or rows are counted
   * @param width   elements of a unit: 1, or the length of a row
   */
  RangeOp(Value counted, long width) {
    this.counted = counted;
    this.width = width;
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    unitsOfPart = compute.part(Math.max(1, PART / width));
  }

  final Compute compute() {
    return compute;
  }

  /** Units of so many samples. */
  final long units(int batch) {
    return counted.elements(batch) / width;
  }

  /** Units of the pass. */
  final long units() {
    return units;
  }

  @Override
  public void forward(Pass pass) {
    units = units(pass.batch());
    compute.run(forwardPart, Panels.count(units, unitsOfPart));
  }

  @Override
  public void backward(Pass pass) {
    compute.run(backwardPart, Panels.count(units, unitsOfPart));
  }

  private void forwardPart(long part, int worker) {
    forward(compute.kernels(), part * unitsOfPart, Math.min(units, (part + 1) * unitsOfPart));
  }

  private void backwardPart(long part, int worker) {
    backward(compute.kernels(), part * unitsOfPart, Math.min(units, (part + 1) * unitsOfPart));
  }

  /** The output's units of a range. */
  abstract void forward(Kernels kernels, long from, long to);

  /** The gradient's units of a range. */
  abstract void backward(Kernels kernels, long from, long to);
}
