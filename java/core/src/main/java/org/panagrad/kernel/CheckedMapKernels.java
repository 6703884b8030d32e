package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.check.Memories.outIfAny;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The checks of {@link MapKernels}. */
sealed interface CheckedMapKernels extends MapKernels, CheckedForm permits CheckedKernels {
  @Override
  default void map(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, long from, long to) {
    Objects.requireNonNull(f, "f");
    Checks.map(x, y, from, to);
    backend().map(f, a, b, x, y, from, to);
  }

  @Override
  default void mapBackward(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, MemorySegment dy,
      MemorySegment dx, long from, long to) {
    Objects.requireNonNull(f, "f");
    range(from, to);
    in("x", x, to);
    Checks.backward(y, dy, dx, to);
    apart("dx", dx, to, "x", x, to);
    backend().mapBackward(f, a, b, x, y, dy, dx, from, to);
  }

  @Override
  default void combine(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment y, long columns, long from, long to) {
    Objects.requireNonNull(f, "f");
    range(from, to);
    long n = elements("columns", columns, to);
    in("a", a, aSpread.length(to, columns));
    in("b", b, bSpread.length(to, columns));
    out("y", y, n);
    resultApart(y, n, "a", a, aSpread, columns, to);
    resultApart(y, n, "b", b, bSpread, columns, to);
    backend().combine(f, a, aSpread, b, bSpread, y, columns, from, to);
  }

  private static void resultApart(MemorySegment y, long n, String name, MemorySegment operand, Spread spread,
      long columns, long rows) {
    if (spread == Spread.FULL) {
      inPlaceOrApart("y", y, n, name, operand, n);
    } else {
      apart("y", y, n, name, operand, spread.length(rows, columns));
    }
  }

  @Override
  default void combineBackward(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment dy, @Nullable MemorySegment da, @Nullable MemorySegment db, long columns, long from, long to) {
    Objects.requireNonNull(f, "f");
    range(from, to);
    long n = elements("columns", columns, to), aLength = aSpread.length(to, columns),
        bLength = bSpread.length(to, columns);
    in("a", a, aLength);
    in("b", b, bLength);
    in("dy", dy, n);
    outIfAny("da", da, n);
    outIfAny("db", db, n);
    for (int k = 0; k < 2; k++) {
      String name = k == 0 ? "da" : "db";
      MemorySegment gradient = k == 0 ? da : db;
      apart(name, gradient, n, "a", a, aLength);
      apart(name, gradient, n, "b", b, bLength);
      if (gradient != null && (da == null || db == null)) {
        inPlaceOrApart(name, gradient, n, "dy", dy, n);
      } else {
        apart(name, gradient, n, "dy", dy, n);
      }
    }
    if (da != null) {
      apart("db", db, n, "da", da, n);
    }
    backend().combineBackward(f, a, aSpread, b, bSpread, dy, da, db, columns, from, to);
  }

  @Override
  default void rowSums(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    out("y", y, to);
    apart("y", y, to, "x", x, n);
    backend().rowSums(x, y, columns, from, to);
  }
}
