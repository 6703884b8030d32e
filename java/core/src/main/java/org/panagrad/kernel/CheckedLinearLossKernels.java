package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link LinearLossKernels}. */
sealed interface CheckedLinearLossKernels extends LinearLossKernels, CheckedForm permits CheckedKernels {
  @Override
  default void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums, long columns,
      long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), triples = elements("sums", 3, to);
    in("x", x, n);
    out("sums", sums, triples);
    apart("sums", sums, triples, "x", x, n);
    if (classWeight != null) {
      in("classWeight", classWeight, columns);
      apart("sums", sums, triples, "classWeight", classWeight, columns);
    }
    backend().softmaxTileSums(x, classWeight, sums, columns, from, to);
  }

  @Override
  default void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), triples = elements("factors", 3, to);
    in("x", x, n);
    in("factors", factors, triples);
    out("gradient", gradient, n);
    inPlaceOrApart("gradient", gradient, n, "x", x, n);
    apart("gradient", gradient, n, "factors", factors, triples);
    if (classWeight != null) {
      in("classWeight", classWeight, columns);
      apart("gradient", gradient, n, "classWeight", classWeight, columns);
    }
    backend().softmaxTileGradient(x, classWeight, factors, gradient, columns, from, to);
  }
}
