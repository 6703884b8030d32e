package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link RowKernels}. */
sealed interface CheckedRowKernels extends RowKernels, CheckedForm permits CheckedKernels {
  @Override
  default void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    in("bias", bias, columns);
    out("y", y, n);
    inPlaceOrApart("y", y, n, "x", x, n);
    apart("y", y, n, "bias", bias, columns);
    backend().bias(x, bias, y, columns, from, to);
  }

  @Override
  default void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    Checks.blocksOfRows(rows, blockRows, from, to);
    long n = elements("columns", columns, rows);
    in("x", x, n);
    out("sums", sums, columns * to);
    apart("sums", sums, columns * to, "x", x, n);
    backend().columnSums(x, sums, rows, columns, blockRows, from, to);
  }

  @Override
  default void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    range(from, to);
    if (parts < 0 || to > n) {
      throw new IndexOutOfBoundsException("elements [" + from + ", " + to + ") of " + parts + " parts of " + n);
    }
    long all = n == 0 ? 0 : elements("n", n, parts);
    in("x", x, all);
    out("y", y, to);
    apart("y", y, to, "x", x, all);
    backend().sumPartials(x, y, parts, n, from, to);
  }

  @Override
  default void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    range(from, to);
    if (to > columns) {
      throw new IndexOutOfBoundsException("columns [" + from + ", " + to + ") of " + columns);
    }
    long n = rows == 0 ? 0 : elements("rows", rows, columns);
    in("x", x, n);
    out("y", y, rows * to);
    apart("y", y, rows * to, "x", x, n);
    backend().transpose(x, y, rows, columns, from, to);
  }
}
