package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Sweeps over a row that softmax and the losses of rows are made of. */
interface VectorRowSweeps extends RowSweeps {
  @Override
  default float maximum(MemorySegment x, long row, long columns) {
    VectorLoops loops = loops(x, null, null, null);
    float m = Float.NEGATIVE_INFINITY;
    long end = whole(row, row + columns);
    for (long i = row; i < end;) {
      int count = block(i, end);
      float v = loops.softmax().maximum(x, i * BYTES, count);
      m = v > m ? v : m;
      i += count;
    }
    float rest = RowSweeps.super.maximum(x, end, row + columns - end);
    return rest > m ? rest : m;
  }

  @Override
  default float expBlock(MemorySegment x, @Nullable MemorySegment y, long from, long to, float maximum) {
    float[] partial = Partials.ofThread();
    loops(x, y, null, null).softmax().exp(x, y, from * BYTES, (int) (to - from), maximum, partial);
    return Vectors.tree(partial);
  }

  @Override
  default float dotBlock(MemorySegment y, MemorySegment dy, long from, long to) {
    float[] partial = Partials.ofThread();
    loops(y, dy, null, null).softmax().dot(y, dy, from * BYTES, (int) (to - from), partial);
    return Vectors.tree(partial);
  }

  @Override
  default void scale(MemorySegment y, long from, long to, float factor) {
    VectorLoops loops = loops(y, null, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.softmax().scale(y, factor, i * BYTES, count);
      i += count;
    }
    RowSweeps.super.scale(y, end, to, factor);
  }
}
