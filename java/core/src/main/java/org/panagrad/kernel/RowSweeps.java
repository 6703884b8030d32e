package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Sweeps over a row that softmax and the losses of rows are made of. */
interface RowSweeps {
  /** The row's greatest element; a NaN is passed over here and shows in the sum. */
  default float maximum(MemorySegment x, long row, long columns) {
    float m = Float.NEGATIVE_INFINITY;
    for (long c = row; c < row + columns; c++) {
      float v = get(x, c);
      m = v > m ? v : m;
    }
    return m;
  }

  /** Sum of e^(x - maximum) over one block, at most {@link #BLOCK} elements; the terms go to y where not null. */
  default float expBlock(MemorySegment x, @Nullable MemorySegment y, long from, long to, float maximum) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (long i = from; i < to; i++) {
      float e = Elementary.exp(get(x, i) - maximum);
      if (y != null) {
        set(y, i, e);
      }
      partial[(int) (i - from) % PARTIALS] += e;
    }
    return Partials.tree(partial);
  }

  /** Sum of y * dy over one block. */
  default float dotBlock(MemorySegment y, MemorySegment dy, long from, long to) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (long i = from; i < to; i++) {
      int k = (int) (i - from) % PARTIALS;
      partial[k] = Math.fma(get(y, i), get(dy, i), partial[k]);
    }
    return Partials.tree(partial);
  }

  default void scale(MemorySegment y, long from, long to, float factor) {
    for (long i = from; i < to; i++) {
      set(y, i, get(y, i) * factor);
    }
  }

  /** Sum of e^(x - maximum) over a row by blocks; the terms go to y where not null. */
  default float expRow(MemorySegment x, @Nullable MemorySegment y, long row, long columns, float maximum) {
    double sum = 0;
    for (long c = 0; c < columns; c += BLOCK) {
      sum += expBlock(x, y, row + c, row + Math.min(c + BLOCK, columns), maximum);
    }
    return (float) sum;
  }
}
