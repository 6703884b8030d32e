package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RowCalls;

/** {@link EmbeddingKernels} in native code. */
sealed interface NativeEmbeddingKernels extends EmbeddingKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment embedding, embeddingBackward;

    Functions(NativeTier tier) {
      embedding = tier.function("embedding_f32");
      embeddingBackward = tier.function("embedding_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions embeddingFunctions();

  @Override
  default void embedding(MemorySegment table, MemorySegment indices, MemorySegment y, long vocabulary, long columns,
      long from, long to) {
    if (tooLong(columns, table, y) || tooLong(columns, indices, y)) {
      java().embedding(table, indices, y, vocabulary, columns, from, to);
    } else {
      RowCalls.call(embeddingFunctions().embedding, step(columns), table, indices, y, vocabulary, columns, from, to);
    }
  }

  @Override
  default void embeddingBackward(MemorySegment indices, MemorySegment dy, MemorySegment dTable, long count,
      long columns, long from, long to) {
    // all indices may be the same row's
    long work = (count + 1) * columns;
    if (tooLong(work, indices, dy) || tooLong(work, dy, dTable)) {
      java().embeddingBackward(indices, dy, dTable, count, columns, from, to);
    } else {
      // what is long lies off the heap: no piece of it is short
      long step = work > 2 * shortWork() ? 0 : step(columns);
      RowCalls.call(embeddingFunctions().embeddingBackward, step, indices, dy, dTable, count, columns, from, to);
    }
  }
}
