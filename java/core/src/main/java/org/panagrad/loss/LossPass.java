package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.kernel.RowLoss;
import org.panagrad.kernel.Workers;

/**
 * A pass over what a {@link LossCall} holds, element by element or row by row on all threads, with memory for its sums.
 */
final class LossPass {
  /** Elements of a part: some tens of microseconds of work. */
  private static final long PART = 16 * Kernels.BLOCK;

  private final LossCall call;
  private final Compute compute;
  private final Workers.Task elementTask = this::elementPart, rowTask = this::rowPart;
  private MemorySegment sums = MemorySegment.NULL, records = MemorySegment.NULL;
  // of the pass that is running
  private @Nullable ElementLoss elementLoss;
  private @Nullable RowLoss rowLoss;
  private float scale;

  LossPass(LossCall call) {
    this.call = call;
    compute = call.compute();
  }

  /** {@link LossCall#elements}. */
  double elements(ElementLoss loss, float scale) {
    call.refuseSteps();
    loss.checkColumns(call.columns());
    long n = call.rows() * call.columns(), blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK;
    prepare(blocks, scale);
    elementLoss = loss;
    long parts = parts(n, PART);
    if (parts > 1) { // else the kernel asks: nothing is to be written when something is wrong anywhere
      loss.check(call.target(), call.weights().values(), call.weights().elementsOfOne(), 0, n);
    }
    compute.run(elementTask, parts);
    collect(blocks);
    return compute.kernels().sum(sums, blocks);
  }

  /**
   * The sum of an elementwise pass alone, for a loss that needs it before it has a gradient: the gradient is left as it
   * is, and statistics are for the pass that writes it, if there is one.
   *
   * @param loss its formula
   * @return the sum of the losses
   */
  double sumOfElements(ElementLoss loss) {
    MemorySegment later = call.gradient();
    LossStatistics told = call.statistics();
    call.gradient(null);
    call.statistics(later == null ? told : null);
    try {
      return elements(loss, 1);
    } finally {
      call.gradient(later);
      call.statistics(told);
    }
  }

  private void elementPart(long part, int worker) {
    long n = call.rows() * call.columns(), size = compute.threads() == 1 ? n : PART;
    compute.kernels().elementLoss(elementLoss, call.prediction(), call.target(), call.weights().values(),
        Math.max(1, call.weights().elementsOfOne()), call.gradient(), call.losses(), sums, records(), scale,
        part * size, Math.min(n, (part + 1) * size));
  }

  /** {@link LossCall#rows(RowLoss, float)}. */
  double rows(RowLoss loss, float scale) {
    call.refuseSteps();
    long rows = call.rows();
    prepare(rows, scale);
    rowLoss = loss;
    long parts = parts(rows, rowsOfPart());
    if (parts > 1) {
      loss.check(call.target(), call.sampleWeight(), call.columns(), 0, rows);
    }
    compute.run(rowTask, parts);
    collect(rows);
    return compute.kernels().sum(lossesOfRows(), rows);
  }

  private long rowsOfPart() {
    return Math.max(1, PART / Math.max(1, call.columns()));
  }

  private void rowPart(long part, int worker) {
    long rows = call.rows(), size = compute.threads() == 1 ? rows : rowsOfPart();
    compute.kernels().rowLoss(rowLoss, call.prediction(), call.target(), call.sampleWeight(), call.gradient(),
        lossesOfRows(), records(), call.columns(), scale, part * size, Math.min(rows, (part + 1) * size));
  }

  private MemorySegment lossesOfRows() {
    MemorySegment wanted = call.losses();
    return wanted == null ? sums : wanted;
  }

  private @Nullable MemorySegment records() {
    return call.statistics() == null ? null : records;
  }

  /** One thread does all at once; what is empty is one part too, so that it is checked. */
  private long parts(long n, long size) {
    return compute.threads() == 1 ? 1 : Math.max(1, (n + size - 1) / size);
  }

  private void prepare(long units, float scale) {
    this.scale = scale;
    if (sums.byteSize() < 4 * units) {
      sums = memory(4 * units);
    }
    if (call.statistics() != null && records.byteSize() < LossStatistics.BYTES * units) {
      records = memory(LossStatistics.BYTES * units);
    }
  }

  /** Room to grow, off the heap: a call with nothing on the heap need not be cut into short pieces. */
  private MemorySegment memory(long bytes) {
    return compute.kernels().allocate(bytes + bytes / 2);
  }

  private void collect(long units) {
    LossStatistics statistics = call.statistics();
    if (statistics != null) {
      compute.kernels().download(records);
      statistics.add(records, units);
    }
  }
}
