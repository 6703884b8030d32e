package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Rows of a table, looked up by their indices. */
public sealed interface EmbeddingKernels
    permits Kernels, CheckedEmbeddingKernels, NativeEmbeddingKernels, ScalarEmbeddingKernels {

  /**
   * {@code y[r] = table[indices[r]]}. The range counts rows of y. An index out of range is refused before anything is
   * written; one that another thread writes meanwhile gives a row of NaN and reads nothing.
   *
   * @param table      vocabulary x columns floats
   * @param indices    an int for each row of y, in [0, vocabulary)
   * @param y          rows x columns floats
   * @param vocabulary rows of the table, at most 2^31 - 1
   * @param columns    length of a row
   * @param from       first row
   * @param to         end
   */
  void embedding(MemorySegment table, MemorySegment indices, MemorySegment y, long vocabulary, long columns, long from,
      long to);

  /**
   * The gradient of {@link #embedding}'s table: {@code dTable = 0}, then {@code dTable[indices[r]] += dy[r]} for
   * r = 0, 1, ... count - 1. The range counts rows of dTable; an index out of it adds nothing. A call reads all indices
   * once, whatever its range.
   *
   * @param indices {@link #embedding}'s
   * @param dy      the gradient of its y, count x columns floats
   * @param dTable  the gradient of its table
   * @param count   number of indices
   * @param columns length of a row
   * @param from    first row of the table
   * @param to      end
   */
  void embeddingBackward(MemorySegment indices, MemorySegment dy, MemorySegment dTable, long count, long columns,
      long from, long to);
}
