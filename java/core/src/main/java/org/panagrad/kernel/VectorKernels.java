package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Kernels in Java's Vector API, with the bits of {@link ScalarKernels}; what does not pay is inherited. The methods here
 * cut their range into blocks, which the classes beside this one work on. The steps from block to block are not constant:
 * C2 may drop the safepoint polls of loops with a constant step, but keeps them in these.
 */
final class VectorKernels extends ScalarKernels {

  /** Whether this processor and JVM have vectors of a width that the kernels are written for. */
  static boolean supported() {
    return VectorLanes.L == 16 || VectorLanes.L == 8;
  }

  @Override
  public String name() {
    return "vector " + VectorLanes.FLOATS.vectorBitSize();
  }

  /** Elements of the block at i. */
  static int block(long i, long to) {
    return (int) Math.min(BLOCK, to - i);
  }

  // elementary

  @Override
  public void exp(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorElements.exp(x, y, i * BYTES, count);
      i += count;
    }
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorElements.log(x, y, i * BYTES, count);
      i += count;
    }
  }

  // activation

  @Override
  public void relu(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorElements.relu(x, y, i * BYTES, count);
      i += count;
    }
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorElements.reluBackward(y, dy, dx, i * BYTES, count);
      i += count;
    }
  }

  // rows

  @Override
  public void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns;) {
        int count = block(c, columns);
        VectorElements.add(x, (r * columns + c) * BYTES, bias, c * BYTES, y, (r * columns + c) * BYTES, count);
        c += count;
      }
    }
  }

  @Override
  public void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    float[] partial = VectorColumns.partials();
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = 0; c < columns;) {
        int n = (int) Math.min(VectorLanes.L, columns - c);
        VectorColumns.sum(x, (first * columns + c) * BYTES, columns * BYTES, count, n, partial, sums,
            (b * columns + c) * BYTES);
        c += n;
      }
    }
  }

  @Override
  public void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    for (long i = from; i < to;) {
      int count = (int) Math.min(VectorColumns.HALF, to - i);
      VectorColumns.sumInDouble(x, i * BYTES, n * BYTES, parts, count, y, i * BYTES);
      i += count;
    }
  }

  // softmax

  @Override
  float maximum(MemorySegment x, long row, long columns) {
    float m = Float.NEGATIVE_INFINITY;
    for (long c = 0; c < columns;) {
      int count = block(c, columns);
      float v = VectorBlocks.maximum(x, (row + c) * BYTES, count);
      m = v > m ? v : m;
      c += count;
    }
    return m;
  }

  @Override
  float expBlock(MemorySegment x, @Nullable MemorySegment y, long from, long to, float maximum) {
    float[] partial = Partials.ofThread();
    VectorBlocks.exp(x, y, from * BYTES, (int) (to - from), maximum, partial);
    return VectorBlocks.tree(partial);
  }

  @Override
  float dotBlock(MemorySegment y, MemorySegment dy, long from, long to) {
    float[] partial = Partials.ofThread();
    VectorBlocks.dot(y, dy, from * BYTES, (int) (to - from), partial);
    return VectorBlocks.tree(partial);
  }

  @Override
  void scale(MemorySegment y, long from, long to, float factor) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorElements.scale(y, i * BYTES, count, factor);
      i += count;
    }
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      double sum = 0;
      for (long c = 0; c < columns;) {
        int count = block(c, columns);
        sum += dotBlock(y, dy, row + c, row + c + count);
        c += count;
      }
      for (long c = 0; c < columns;) {
        int count = block(c, columns);
        VectorElements.softmaxBackward(y, dy, dx, (row + c) * BYTES, count, (float) sum);
        c += count;
      }
    }
  }

  // losses

  @Override
  public void meanSquaredError(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      @Nullable MemorySegment losses, MemorySegment sums, float scale, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorBlocks.squaredError(prediction, target, gradient, losses, scale, i * BYTES, count, partial);
      set(sums, i / BLOCK, VectorBlocks.tree(partial));
      i += count;
    }
  }

  // optimizers

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorOptimizers.sgd(parameter, gradient, rate, i * BYTES, count);
      i += count;
    }
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorOptimizers.momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, i * BYTES, count);
      i += count;
    }
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorOptimizers.rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, i * BYTES, count);
      i += count;
    }
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    for (long i = from; i < to;) {
      int count = block(i, to);
      VectorOptimizers.adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2,
          step, correction, epsilon, i * BYTES, count);
      i += count;
    }
  }

  // pooling

  @Override
  public void maxPool(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    VectorPool.forward(w, x, y, indices, from, to);
  }

  @Override
  public void maxPoolBackward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from, long to) {
    VectorPool.backward(w, dy, indices, dx, from, to);
  }

  // convolution

  @Override
  public void im2col(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    VectorConvolution.gather(w, x, col, first, from, to);
  }

  @Override
  public void col2im(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    VectorConvolution.scatter(w, col, x, first, from, to);
  }

  // product

  @Override
  public void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    VectorProduct.multiply(a, b, c, n, k, transposeA ? 1 : lda, transposeA ? lda : 1, ldb, ldc, accumulate, from, to);
  }
}
