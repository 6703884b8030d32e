package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.atLeastOne;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.parts;
import static org.panagrad.kernel.Checks.range;
import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;

/** The checks of {@link OverlapKernels}. */
sealed interface CheckedOverlapKernels extends OverlapKernels, CheckedForm permits CheckedKernels {
  /** Elements that units up to {@code to} hold: whole rows, and whole blocks of the last one. */
  private static long overlapped(MemorySegment prediction, MemorySegment target, long columns, long to) {
    atLeastOne("columns", columns);
    long blocks = OverlapKernels.blocks(columns), rows = to / blocks;
    long n = elements("columns", columns, rows) + to % blocks * BLOCK;
    in("prediction", prediction, n);
    in("target", target, n);
    return n;
  }

  @Override
  default void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    range(from, to);
    long n = overlapped(prediction, target, columns, to), ns = elements("sums", OverlapKernels.SUMS, to);
    out("sums", sums, ns);
    apart("sums", sums, ns, "prediction", prediction, n);
    apart("sums", sums, ns, "target", target, n);
    backend().overlapSums(prediction, target, sums, columns, logits, from, to);
  }

  @Override
  default void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    range(from, to);
    long n = overlapped(prediction, target, columns, to), rows = parts(to, OverlapKernels.blocks(columns));
    in("slopes", slopes, 2 * rows);
    out("gradient", gradient, n);
    inPlaceOrApart("gradient", gradient, n, "prediction", prediction, n);
    apart("gradient", gradient, n, "target", target, n);
    apart("gradient", gradient, n, "slopes", slopes, 2 * rows);
    backend().overlapGradient(prediction, target, slopes, gradient, columns, logits, from, to);
  }
}
