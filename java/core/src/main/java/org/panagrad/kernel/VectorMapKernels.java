package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link MapKernels} in the Vector API: most functions of one element, and the plain ones of two. */
sealed interface VectorMapKernels extends ScalarMapKernels permits VectorKernels {
  @Override
  default void map(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, long from, long to) {
    VectorElementary.Name name = name(f);
    long end = name == null ? from : VectorElementaryKernels.apply(name, a, b, x, y, from, to);
    ScalarMapKernels.super.map(f, a, b, x, y, end, to);
  }

  private static VectorElementary.@Nullable Name name(UnaryFunction f) {
    return switch (f) {
      case AFFINE -> VectorElementary.Name.AFFINE;
      case LOG -> VectorElementary.Name.LOG;
      case LOG1P -> VectorElementary.Name.LOG1P;
      case TANH -> VectorElementary.Name.TANH;
      case SIGMOID -> VectorElementary.Name.SIGMOID;
      case SOFTPLUS -> VectorElementary.Name.SOFTPLUS;
      case LEAKY_RELU -> VectorElementary.Name.LEAKY_RELU;
      case GELU -> VectorElementary.Name.GELU;
      case SILU -> VectorElementary.Name.SILU;
      default -> null;
    };
  }

  /** Rows that may be taken together are one. */
  @Override
  default void combine(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment y, long columns, long from, long to) {
    VectorLoops.Combination loop = loops(a, b, y, null).combination(f);
    if (loop == null || aSpread != Spread.FULL || bSpread == Spread.PER_ROW) {
      ScalarMapKernels.super.combine(f, a, aSpread, b, bSpread, y, columns, from, to);
    } else if (bSpread == Spread.PER_COLUMN) {
      for (long r = from; r < to; r++) {
        along(f, loop, a, b, -r * columns, y, r * columns, (r + 1) * columns);
      }
    } else if (bSpread == Spread.FULL) {
      along(f, loop, a, b, 0, y, from * columns, to * columns);
    } else {
      byNumber(f, loop, a, ScalarKernels.get(b, 0), y, from * columns, to * columns);
    }
  }

  /** Elements [from, to) of a and y with those of b that stand so much further. */
  private static void along(BinaryFunction f, VectorLoops.Combination loop, MemorySegment a, MemorySegment b,
      long further, MemorySegment y, long from, long to) {
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loop.apply(a, i * BYTES, b, (i + further) * BYTES, y, i * BYTES, count);
      i += count;
    }
    for (long i = end; i < to; i++) {
      ScalarKernels.set(y, i, f.at(ScalarKernels.get(a, i), ScalarKernels.get(b, i + further)));
    }
  }

  private static void byNumber(BinaryFunction f, VectorLoops.Combination loop, MemorySegment a, float number,
      MemorySegment y, long from, long to) {
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loop.apply(a, i * BYTES, number, y, i * BYTES, count);
      i += count;
    }
    for (long i = end; i < to; i++) {
      ScalarKernels.set(y, i, f.at(ScalarKernels.get(a, i), number));
    }
  }
}
