package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link MapKernels} in plain Java. */
sealed interface ScalarMapKernels extends MapKernels permits ScalarKernels, VectorMapKernels {
  @Override
  default void map(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, f.at(get(x, i), a, b));
    }
  }

  @Override
  default void mapBackward(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, MemorySegment dy,
      MemorySegment dx, long from, long to) {
    for (long i = from; i < to; i++) {
      set(dx, i, get(dy, i) * f.slope(get(x, i), get(y, i), a));
    }
  }

  @Override
  default void combine(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment y, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        float left = get(a, aSpread.index(r, c, columns)), right = get(b, bSpread.index(r, c, columns));
        set(y, r * columns + c, f.at(left, right));
      }
    }
  }

  @Override
  default void combineBackward(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment dy, @Nullable MemorySegment da, @Nullable MemorySegment db, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        float left = get(a, aSpread.index(r, c, columns)), right = get(b, bSpread.index(r, c, columns));
        float gradient = get(dy, r * columns + c);
        if (da != null) {
          set(da, r * columns + c, f.byA(left, right, gradient));
        }
        if (db != null) {
          set(db, r * columns + c, f.byB(left, right, gradient));
        }
      }
    }
  }

  @Override
  default void rowSums(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    float[] partial = Partials.ofThread();
    for (long r = from; r < to; r++) {
      double sum = 0;
      for (long c = 0; c < columns; c += BLOCK) {
        int count = (int) Math.min(BLOCK, columns - c);
        Partials.clear(partial);
        for (int i = 0; i < count; i++) {
          partial[i % PARTIALS] += get(x, r * columns + c + i);
        }
        sum += Partials.tree(partial);
      }
      set(y, r, (float) sum);
    }
  }
}
