package org.panagrad.kernel;

import static org.panagrad.kernel.NativeForm.orNull;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.MapCalls;
import org.panagrad.ffi.RowCalls;

/** {@link MapKernels} in native code. */
sealed interface NativeMapKernels extends MapKernels, NativeForm permits NativeKernels {
  /** Elements like exp's in the time of one of the slowest function, at most. */
  long FUNCTION = 4;

  /** Elements in the time that the beginning and the end of a row take. */
  long ROW = 16;

  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment map, mapBackward, combine, combineBackward, rowSums;

    Functions(NativeTier tier) {
      map = tier.function("map_f32");
      mapBackward = tier.function("map_backward_f32");
      combine = tier.function("combine_f32");
      combineBackward = tier.function("combine_backward_f32");
      rowSums = tier.function("row_sums_f32");
    }
  }

  /** Those of this tier. */
  Functions mapFunctions();

  @Override
  default void map(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, long from, long to) {
    MapCalls.map(mapFunctions().map, step(FUNCTION), x, y, a, b, f.ordinal(), from, to);
  }

  @Override
  default void mapBackward(UnaryFunction f, float a, float b, MemorySegment x, MemorySegment y, MemorySegment dy,
      MemorySegment dx, long from, long to) {
    MapCalls.map(mapFunctions().mapBackward, step(FUNCTION), x, y, dy, dx, a, b, f.ordinal(), from, to);
  }

  /** Rows that may be taken together are elements, so that calls can be cut anywhere. */
  @Override
  default void combine(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment y, long columns, long from, long to) {
    if (columns > 1 && aSpread.isEven() && bSpread.isEven()) {
      combine(f, a, aSpread, b, bSpread, y, 1, from * columns, to * columns);
    } else if (tooLong(columns, a, b) || tooLong(columns, y, y)) {
      java().combine(f, a, aSpread, b, bSpread, y, columns, from, to);
    } else {
      MapCalls.combine(mapFunctions().combine, step(work(columns, aSpread, bSpread)), a, b, y, f.ordinal(),
          aSpread.ordinal(),
          bSpread.ordinal(), columns, from, to);
    }
  }

  /** A row that is taken by itself has a beginning and an end. */
  private static long work(long columns, Spread aSpread, Spread bSpread) {
    return aSpread.isEven() && bSpread.isEven() ? columns : columns + ROW;
  }

  @Override
  default void combineBackward(BinaryFunction f, MemorySegment a, Spread aSpread, MemorySegment b, Spread bSpread,
      MemorySegment dy, @Nullable MemorySegment da, @Nullable MemorySegment db, long columns, long from, long to) {
    MemorySegment toA = orNull(da), toB = orNull(db);
    if (columns > 1 && aSpread.isEven() && bSpread.isEven()) {
      combineBackward(f, a, aSpread, b, bSpread, dy, da, db, 1, from * columns, to * columns);
    } else if (tooLong(2 * columns, a, b) || tooLong(2 * columns, dy, dy) || tooLong(2 * columns, toA, toB)) {
      java().combineBackward(f, a, aSpread, b, bSpread, dy, da, db, columns, from, to);
    } else {
      MapCalls.combine(mapFunctions().combineBackward, step(2 * work(columns, aSpread, bSpread)), a, b, dy, toA, toB,
          f.ordinal(),
          aSpread.ordinal(), bSpread.ordinal(), columns, from, to);
    }
  }

  @Override
  default void rowSums(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    if (tooLong(columns, x, y)) {
      java().rowSums(x, y, columns, from, to);
    } else {
      RowCalls.call(mapFunctions().rowSums, step(columns + ROW), x, y, columns, from, to);
    }
  }
}
