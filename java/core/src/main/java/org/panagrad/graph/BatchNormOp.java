package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/**
 * Batch norm (Ioffe and Szegedy, 2015) over all axes but the last. In training by the batch's mean and biased variance,
 * which running ones follow as PyTorch's do: {@code running += momentum (batch's - running)}, of the unbiased variance.
 * Else by the running ones.
 */
public final class BatchNormOp extends RangeOp {
  private final Value x, y;
  private final Parameter gamma, beta, runningMean, runningVariance;
  private final double epsilon, momentum;
  private final long columns;
  private final Workers.Task meanBlocks = this::meanBlocks, squareBlocks = this::squareBlocks,
      sumBlocks = this::sumBlocks;
  private Kernels kernels;
  private MemorySegment means, inverses, blockSums, otherBlockSums, meanGradients, meanProducts;
  private long rows, blocks, blocksOfPart;

  /**
   * The operation.
   *
   * @param x               rows of the last size
   * @param y               of that shape
   * @param gamma           factors, as many as the last size
   * @param beta            summands
   * @param runningMean     followed in training
   * @param runningVariance followed in training
   * @param epsilon         added to the variance
   * @param momentum        the share of a new batch, from 0 to 1
   */
  public BatchNormOp(Value x, Value y, Parameter gamma, Parameter beta, Parameter runningMean,
      Parameter runningVariance, double epsilon, double momentum) {
    super(x, x.shape().last());
    this.x = x;
    this.y = y;
    this.gamma = gamma;
    this.beta = beta;
    this.runningMean = runningMean;
    this.runningVariance = runningVariance;
    this.epsilon = epsilon;
    this.momentum = momentum;
    columns = x.shape().last();
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    super.plan(compute, memory, batch);
    kernels = compute.kernels();
    blocksOfPart = compute.part(1);
    blocks = Panels.count(units(batch), Kernels.BLOCK);
    means = memory.floats(columns);
    inverses = memory.floats(columns);
    blockSums = memory.floats(blocks * columns);
    otherBlockSums = memory.floats(blocks * columns);
    meanGradients = memory.floats(columns);
    meanProducts = memory.floats(columns);
  }

  // forward

  @Override
  public void forward(Pass pass) {
    rows = units(pass.batch());
    if (pass.training()) {
      measure();
    } else {
      kernels.copy(runningMean.data(), means);
      kernels.download(runningVariance.data());
      for (long c = 0; c < columns; c++) {
        inverses.setAtIndex(JAVA_FLOAT, c, inverse(runningVariance.data().getAtIndex(JAVA_FLOAT, c)));
      }
      kernels.upload(inverses);
    }
    super.forward(pass);
  }

  /** Mean and deviation of the batch; the running ones follow. */
  private void measure() {
    sum(meanBlocks);
    kernels.sumPartials(blockSums, means, blocks, columns, 0, columns);
    divide(means);
    sum(squareBlocks);
    kernels.sumPartials(blockSums, inverses, blocks, columns, 0, columns);
    kernels.download(inverses);
    kernels.download(runningMean.data());
    kernels.download(runningVariance.data());
    double unbiased = rows > 1 ? 1.0 / (rows - 1) : 0;
    for (long c = 0; c < columns; c++) {
      double squares = inverses.getAtIndex(JAVA_FLOAT, c);
      follow(runningMean.data(), c, means.getAtIndex(JAVA_FLOAT, c));
      follow(runningVariance.data(), c, squares * unbiased);
      inverses.setAtIndex(JAVA_FLOAT, c, inverse(squares / rows));
    }
    kernels.upload(inverses);
    kernels.upload(runningMean.data());
    kernels.upload(runningVariance.data());
  }

  /** Sums of columns, block by block. */
  private void sum(Workers.Task task) {
    blocks = Panels.count(rows, Kernels.BLOCK);
    compute().run(task, Panels.count(blocks, blocksOfPart));
  }

  private long end(long part) {
    return Math.min(blocks, (part + 1) * blocksOfPart);
  }

  private void meanBlocks(long part, int worker) {
    kernels.columnSums(x.data(), blockSums, rows, columns, Kernels.BLOCK, part * blocksOfPart, end(part));
  }

  private void squareBlocks(long part, int worker) {
    kernels.columnSquares(x.data(), means, blockSums, rows, columns, Kernels.BLOCK, part * blocksOfPart, end(part));
  }

  private void divide(MemorySegment sums) {
    kernels.download(sums);
    for (long c = 0; c < columns; c++) {
      sums.setAtIndex(JAVA_FLOAT, c, (float) ((double) sums.getAtIndex(JAVA_FLOAT, c) / rows));
    }
    kernels.upload(sums);
  }

  private float inverse(double variance) {
    return (float) (1 / Math.sqrt(variance + epsilon));
  }

  private void follow(MemorySegment running, long c, double of) {
    double old = running.getAtIndex(JAVA_FLOAT, c);
    running.setAtIndex(JAVA_FLOAT, c, (float) (old + momentum * (of - old)));
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.batchNorm(x.data(), means, inverses, gamma.data(), beta.data(), y.data(), columns, from, to);
  }

  // backward

  @Override
  public void backward(Pass pass) {
    sum(sumBlocks);
    kernels.sumPartials(blockSums, meanProducts, blocks, columns, 0, columns);
    kernels.sumPartials(otherBlockSums, meanGradients, blocks, columns, 0, columns);
    keep(gamma, meanProducts);
    keep(beta, meanGradients);
    if (x.needsGradient()) {
      if (pass.training()) {
        divide(meanProducts);
        divide(meanGradients);
      } else { // the running ones do not depend on x
        kernels.sumPartials(meanProducts, meanProducts, 0, columns, 0, columns);
        kernels.sumPartials(meanGradients, meanGradients, 0, columns, 0, columns);
      }
      super.backward(pass);
    }
  }

  private void keep(Parameter parameter, MemorySegment gradient) {
    if (parameter.trained()) {
      kernels.copy(gradient, parameter.gradient());
    }
  }

  private void sumBlocks(long part, int worker) {
    kernels.normParameterSums(x.data(), means, inverses, true, y.gradient(), blockSums, otherBlockSums, rows, columns,
        Kernels.BLOCK, part * blocksOfPart, end(part));
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.batchNormBackward(x.data(), means, inverses, gamma.data(), meanGradients, meanProducts, y.gradient(),
        x.gradient(), columns, from, to);
  }
}
