package org.panagrad.graph;

import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Workers;

/** The sum of all elements of an array: canonical sums of blocks, added in order in double. */
final class Sums {
  private static final long BLOCKS_OF_PART = 16;

  private final Workers.Task part = this::part;
  private Compute compute;
  private MemorySegment x, sums;
  private long n;

  /** Takes memory for arrays of at most so many elements. */
  void plan(Compute compute, Memory memory, long most) {
    this.compute = compute;
    sums = memory.floats(Panels.count(most, BLOCK));
  }

  /** Of the first n elements. */
  double of(MemorySegment x, long n) {
    this.x = x;
    this.n = n;
    long blocks = Panels.count(n, BLOCK);
    compute.run(part, Panels.count(blocks, compute.part(BLOCKS_OF_PART)));
    return compute.kernels().sum(sums, blocks);
  }

  /** Whole blocks are the rows of a matrix; what is left at the end is a column. */
  private void part(long part, int worker) {
    long size = compute.part(BLOCKS_OF_PART), from = part * size, to = Math.min(Panels.count(n, BLOCK), from + size);
    long whole = Math.min(to, n / BLOCK);
    compute.kernels().rowSums(x, sums, BLOCK, from, whole);
    if (whole < to) {
      compute.kernels().columnSums(x, sums, n, 1, BLOCK, whole, to);
    }
  }
}
