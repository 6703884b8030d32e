package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link NormKernels} in plain Java. */
sealed interface ScalarNormKernels extends NormKernels permits ScalarKernels, VectorKernels {
  private static float normalized(float x, float mean, float inverse) {
    return (x - mean) * inverse;
  }

  private static float orElse(@Nullable MemorySegment x, long i, float otherwise) {
    return x == null ? otherwise : get(x, i);
  }

  // layer norm

  @Override
  default void layerNorm(MemorySegment x, @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y,
      MemorySegment means, MemorySegment inverseDeviations, long columns, float epsilon, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float mean = (float) meanValue(x, null, row, columns);
      float inverse = (float) (1 / Math.sqrt(meanSquare(x, mean, row, columns) + epsilon));
      set(means, r, mean);
      set(inverseDeviations, r, inverse);
      for (long c = 0; c < columns; c++) {
        float xhat = normalized(get(x, row + c), mean, inverse);
        set(y, row + c, Math.fma(xhat, orElse(gamma, c, 1), orElse(beta, c, 0)));
      }
    }
  }

  @Override
  default void layerNormBackward(MemorySegment x, @Nullable MemorySegment gamma, MemorySegment means,
      MemorySegment inverseDeviations, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float mean = get(means, r), inverse = get(inverseDeviations, r);
      float meanGradient = (float) meanValue(dy, gamma, row, columns);
      float meanProduct = (float) meanProduct(x, mean, inverse, dy, gamma, row, columns);
      for (long c = 0; c < columns; c++) {
        float g = get(dy, row + c) * orElse(gamma, c, 1), xhat = normalized(get(x, row + c), mean, inverse);
        set(dx, row + c, inverse * Math.fma(xhat, -meanProduct, g - meanGradient));
      }
    }
  }

  /** The mean of a row's values, each times its weight where there are weights. */
  private static double meanValue(MemorySegment x, @Nullable MemorySegment weights, long row, long columns) {
    float[] partial = Partials.ofThread();
    double sum = 0;
    for (long block = 0; block < columns; block += BLOCK) {
      Partials.clear(partial);
      int count = (int) Math.min(BLOCK, columns - block);
      for (int i = 0; i < count; i++) {
        partial[i % PARTIALS] += get(x, row + block + i) * orElse(weights, block + i, 1);
      }
      sum += Partials.tree(partial);
    }
    return sum / columns;
  }

  private static double meanSquare(MemorySegment x, float mean, long row, long columns) {
    float[] partial = Partials.ofThread();
    double sum = 0;
    for (long block = 0; block < columns; block += BLOCK) {
      Partials.clear(partial);
      int count = (int) Math.min(BLOCK, columns - block);
      for (int i = 0; i < count; i++) {
        float d = get(x, row + block + i) - mean;
        partial[i % PARTIALS] = Math.fma(d, d, partial[i % PARTIALS]);
      }
      sum += Partials.tree(partial);
    }
    return sum / columns;
  }

  private static double meanProduct(MemorySegment x, float mean, float inverse, MemorySegment dy,
      @Nullable MemorySegment gamma, long row, long columns) {
    float[] partial = Partials.ofThread();
    double sum = 0;
    for (long block = 0; block < columns; block += BLOCK) {
      Partials.clear(partial);
      int count = (int) Math.min(BLOCK, columns - block);
      for (int i = 0; i < count; i++) {
        float g = get(dy, row + block + i) * orElse(gamma, block + i, 1);
        float xhat = normalized(get(x, row + block + i), mean, inverse);
        partial[i % PARTIALS] = Math.fma(g, xhat, partial[i % PARTIALS]);
      }
      sum += Partials.tree(partial);
    }
    return sum / columns;
  }

  // sums of columns

  @Override
  default void normParameterSums(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      boolean perColumn, MemorySegment dy, MemorySegment gammaSums, MemorySegment betaSums, long rows, long columns,
      long blockRows, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = 0; c < columns; c++) {
        Partials.clear(partial);
        for (int r = 0; r < count; r++) {
          long i = (first + r) * columns + c, statistic = perColumn ? c : first + r;
          float xhat = normalized(get(x, i), get(means, statistic), get(inverseDeviations, statistic));
          partial[r % PARTIALS] = Math.fma(get(dy, i), xhat, partial[r % PARTIALS]);
        }
        set(gammaSums, b * columns + c, Partials.tree(partial));
      }
    }
    ScalarRowKernels.sumColumns(dy, betaSums, 0, rows, columns, blockRows, from, to);
  }

  @Override
  default void columnSquares(MemorySegment x, MemorySegment means, MemorySegment sums, long rows, long columns,
      long blockRows, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = 0; c < columns; c++) {
        Partials.clear(partial);
        for (int r = 0; r < count; r++) {
          float d = get(x, (first + r) * columns + c) - get(means, c);
          partial[r % PARTIALS] = Math.fma(d, d, partial[r % PARTIALS]);
        }
        set(sums, b * columns + c, Partials.tree(partial));
      }
    }
  }

  // batch norm

  @Override
  default void batchNorm(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        float xhat = normalized(get(x, r * columns + c), get(means, c), get(inverseDeviations, c));
        set(y, r * columns + c, Math.fma(xhat, orElse(gamma, c, 1), orElse(beta, c, 0)));
      }
    }
  }

  @Override
  default void batchNormBackward(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, MemorySegment meanGradients, MemorySegment meanProducts, MemorySegment dy,
      MemorySegment dx, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        long i = r * columns + c;
        float inverse = get(inverseDeviations, c), xhat = normalized(get(x, i), get(means, c), inverse);
        float centred = get(dy, i) - get(meanGradients, c);
        set(dx, i, orElse(gamma, c, 1) * inverse * Math.fma(-xhat, get(meanProducts, c), centred));
      }
    }
  }
}
