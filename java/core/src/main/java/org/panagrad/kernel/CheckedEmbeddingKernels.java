package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.check.Memories.size;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link EmbeddingKernels}. */
sealed interface CheckedEmbeddingKernels extends EmbeddingKernels, CheckedForm permits CheckedKernels {
  @Override
  default void embedding(MemorySegment table, MemorySegment indices, MemorySegment y, long vocabulary, long columns,
      long from, long to) {
    range(from, to);
    size("vocabulary", vocabulary, 1, Integer.MAX_VALUE);
    long rows = elements("columns", columns, to), all = elements("columns", columns, vocabulary);
    in("table", table, all);
    in("indices", indices, to);
    out("y", y, rows);
    apart("y", y, rows, "table", table, all);
    apart("y", y, rows, "indices", indices, to);
    Checks.indices(indices, vocabulary, from, to);
    backend().embedding(table, indices, y, vocabulary, columns, from, to);
  }

  @Override
  default void embeddingBackward(MemorySegment indices, MemorySegment dy, MemorySegment dTable, long count,
      long columns, long from, long to) {
    range(from, to);
    size("count", count, 0, Long.MAX_VALUE);
    long rows = elements("columns", columns, count), all = elements("columns", columns, to);
    in("indices", indices, count);
    in("dy", dy, rows);
    out("dTable", dTable, all);
    apart("dTable", dTable, all, "dy", dy, rows);
    apart("dTable", dTable, all, "indices", indices, count);
    backend().embeddingBackward(indices, dy, dTable, count, columns, from, to);
  }
}
