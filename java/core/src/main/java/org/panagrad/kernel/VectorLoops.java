package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops of {@link VectorKernels}. Bases, offsets and strides are in bytes, counts in floats. A call does a
 * few blocks' work at most, since its loops need not stop for safepoints.
 */
interface VectorLoops {
  /** y = ln x; whole vectors. */
  void log(MemorySegment x, MemorySegment y, long base, int count);

  /** y = x < 0 ? 0 : x; whole vectors. */
  void relu(MemorySegment x, MemorySegment y, long base, int count);

  /** dx = y <= 0 ? 0 : dy; whole vectors. */
  void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long base, int count);

  /** y *= factor; whole vectors. */
  void scale(MemorySegment y, float factor, long base, int count);

  /** dx = y * (dy - dot). */
  void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long base, int count);

  /** As in {@link OptimizerKernels}; whole vectors. */
  void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long base, int count);

  /** As in {@link OptimizerKernels}; whole vectors. */
  void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment buffer, float rate, float momentum,
      float weight, long base, int count);

  /** As in {@link OptimizerKernels}; whole vectors. */
  void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate, float rho,
      float oneMinusRho, float epsilon, long base, int count);

  /** As in {@link OptimizerKernels}; whole vectors. */
  void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment, MemorySegment secondMoment,
      float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step, float correction, float epsilon,
      long base, int count);

  /** The greatest element of whole vectors; of two zeros either, which no result shows. */
  float maximum(MemorySegment x, long base, int count);

  /** Into partial: sums of e^(x - maximum) over a block; the terms go to y where not null. */
  void exp(MemorySegment x, @Nullable MemorySegment y, long base, int count, float maximum, float[] partial);

  /** Into partial: sums of x * y over a block. */
  void dot(MemorySegment x, MemorySegment y, long base, int count, float[] partial);

  /** Into partial: sums of (prediction - target)^2 over a block; derivative * scale and squares go where not null. */
  void squaredError(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      @Nullable MemorySegment losses, float scale, long base, int count, float[] partial);

  /** z = x + y over rows of count floats; a row of x, y and z is so many bytes after the one before. */
  void add(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride, MemorySegment z,
      long zBase, long zStride, int rows, int count);

  /** y = x over rows as in {@link #add}. */
  void copy(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride, int rows, int count);

  /** x = 0. */
  void zero(MemorySegment x, long base, int count);

  /** Canonical sums of a vector of columns over up to {@link Kernels#BLOCK} rows; partial holds 64 vectors. */
  void columnSums(MemorySegment x, long base, long stride, int rows, MemorySegment sums, long to,
      float[] partial);

  /**
   * A vector of channels along a row of outputs: the window at x[corner], its columns and rows `across` and `down`
   * apart; outputs are `channels` bytes apart and see windows `stride` bytes apart.
   */
  void maxPool(MemorySegment x, long corner, long stride, long down, long across, int kernelHeight, int kernelWidth,
      MemorySegment y, MemorySegment indices, long out, long channels, int outputs);

  /** The way back of {@link #maxPool}: adds dy where indices name the place, which began at +0. */
  void maxPoolBackward(MemorySegment dy, MemorySegment indices, long in, long channels, MemorySegment dx, long corner,
      long stride, long down, long across, int kernelHeight, int kernelWidth, int outputs);

  /** 4 rows and 4 vectors of the product: adds depth terms to c, or to 0 where fresh. */
  void multiply4x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh);

  /** 6 rows and 2 vectors, as {@link #multiply4x4}. */
  void multiply6x2(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh);

  /** 6 rows and a vector, as {@link #multiply4x4}. */
  void multiply6x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh);

  /** A row and 4 vectors, as {@link #multiply4x4}. */
  void multiply1x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh);

  /** A row and a vector, as {@link #multiply4x4}. */
  void multiply1x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh);
}
