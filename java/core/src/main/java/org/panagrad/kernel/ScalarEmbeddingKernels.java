package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link EmbeddingKernels} in plain Java. */
sealed interface ScalarEmbeddingKernels extends EmbeddingKernels permits ScalarKernels, VectorKernels {
  @Override
  default void embedding(MemorySegment table, MemorySegment indices, MemorySegment y, long vocabulary, long columns,
      long from, long to) {
    for (long r = from; r < to; r++) {
      long index = indices.getAtIndex(JAVA_INT, r);
      if (index < 0 || index >= vocabulary) {
        ScalarKernels.fill(y, r * columns, (r + 1) * columns, Float.NaN);
        continue;
      }
      for (long c = 0; c < columns; c++) {
        set(y, r * columns + c, get(table, index * columns + c));
      }
    }
  }

  @Override
  default void embeddingBackward(MemorySegment indices, MemorySegment dy, MemorySegment dTable, long count,
      long columns, long from, long to) {
    ScalarKernels.zero(dTable, from * columns, to * columns);
    for (long r = 0; r < count; r++) {
      long index = indices.getAtIndex(JAVA_INT, r);
      if (index >= from && index < to) {
        for (long c = 0; c < columns; c++) {
          set(dTable, index * columns + c, get(dTable, index * columns + c) + get(dy, r * columns + c));
        }
      }
    }
  }
}
