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
  private final Workers.Task meanBlock = this::meanBlock, squareBlock = this::squareBlock, sumBlock = this::sumBlock;
  private MemorySegment means, inverses, blockSums, otherBlockSums, meanGradients, meanProducts;
  private long rows;

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
    long blocks = Panels.count(units(batch), Kernels.BLOCK);
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
      MemorySegment.copy(runningMean.data(), 0, means, 0, 4 * columns);
      for (long c = 0; c < columns; c++) {
        inverses.setAtIndex(JAVA_FLOAT, c, inverse(runningVariance.data().getAtIndex(JAVA_FLOAT, c)));
      }
    }
    super.forward(pass);
  }

  /** Mean and deviation of the batch; the running ones follow. */
  private void measure() {
    long blocks = Panels.count(rows, Kernels.BLOCK);
    compute().run(meanBlock, blocks);
    compute().kernels().sumPartials(blockSums, means, blocks, columns, 0, columns);
    divide(means);
    compute().run(squareBlock, blocks);
    compute().kernels().sumPartials(blockSums, inverses, blocks, columns, 0, columns);
    double unbiased = rows > 1 ? 1.0 / (rows - 1) : 0;
    for (long c = 0; c < columns; c++) {
      double squares = inverses.getAtIndex(JAVA_FLOAT, c);
      follow(runningMean.data(), c, means.getAtIndex(JAVA_FLOAT, c));
      follow(runningVariance.data(), c, squares * unbiased);
      inverses.setAtIndex(JAVA_FLOAT, c, inverse(squares / rows));
    }
  }

  private void meanBlock(long block, int worker) {
    compute().kernels().columnSums(x.data(), blockSums, rows, columns, Kernels.BLOCK, block, block + 1);
  }

  private void squareBlock(long block, int worker) {
    compute().kernels().columnSquares(x.data(), means, blockSums, rows, columns, Kernels.BLOCK, block, block + 1);
  }

  private void divide(MemorySegment sums) {
    for (long c = 0; c < columns; c++) {
      sums.setAtIndex(JAVA_FLOAT, c, (float) ((double) sums.getAtIndex(JAVA_FLOAT, c) / rows));
    }
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
    long blocks = Panels.count(rows, Kernels.BLOCK);
    compute().run(sumBlock, blocks);
    compute().kernels().sumPartials(blockSums, meanProducts, blocks, columns, 0, columns);
    compute().kernels().sumPartials(otherBlockSums, meanGradients, blocks, columns, 0, columns);
    keep(gamma, meanProducts);
    keep(beta, meanGradients);
    if (x.needsGradient()) {
      if (pass.training()) {
        divide(meanProducts);
        divide(meanGradients);
      } else { // the running ones do not depend on x
        meanProducts.fill((byte) 0);
        meanGradients.fill((byte) 0);
      }
      super.backward(pass);
    }
  }

  private void keep(Parameter parameter, MemorySegment gradient) {
    if (parameter.trained()) {
      MemorySegment.copy(gradient, 0, parameter.gradient(), 0, 4 * columns);
    }
  }

  private void sumBlock(long block, int worker) {
    compute().kernels().normParameterSums(x.data(), means, inverses, true, y.gradient(), blockSums, otherBlockSums,
        rows, columns, Kernels.BLOCK, block, block + 1);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.batchNormBackward(x.data(), means, inverses, gamma.data(), meanGradients, meanProducts, y.gradient(),
        x.gradient(), columns, from, to);
  }
}
