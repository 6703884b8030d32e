package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads, stores and the sum of lanes. Everything here must inline: a vector that crosses a call is an object on the heap.
 * The forms that take n are as in native code: n is the constant {@link #L} in hot loops, where they become whole loads
 * and stores; elsewhere they touch the first n lanes only.
 */
final class VectorLanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  /** Lanes of a vector. */
  static final int L = FLOATS.length();
  /** Bytes of a float, and of a vector. */
  static final int BYTES = Float.BYTES, STEP = L * BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  /** Lane j takes lane j + w, for w = 8, 4, 2, 1. */
  private static final VectorShuffle<Float> DOWN_8 = VectorShuffle.iota(FLOATS, 8, 1, true),
      DOWN_4 = VectorShuffle.iota(FLOATS, 4, 1, true), DOWN_2 = VectorShuffle.iota(FLOATS, 2, 1, true),
      DOWN_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private VectorLanes() {
  }

  static FloatVector load(MemorySegment x, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, x, offset, ORDER);
  }

  /** The first n lanes; 0 in the others. */
  static FloatVector load(MemorySegment x, long offset, int n) {
    return n == L ? load(x, offset) : FloatVector.fromMemorySegment(FLOATS, x, offset, ORDER, first(n));
  }

  static void store(MemorySegment y, long offset, FloatVector v) {
    v.intoMemorySegment(y, offset, ORDER);
  }

  static void store(MemorySegment y, long offset, int n, FloatVector v) {
    if (n == L) {
      store(y, offset, v);
    } else {
      v.intoMemorySegment(y, offset, ORDER, first(n));
    }
  }

  static IntVector loadInts(MemorySegment x, long offset, int n) {
    return n == L
        ? IntVector.fromMemorySegment(INTS, x, offset, ORDER)
        : IntVector.fromMemorySegment(INTS, x, offset, ORDER, first(n).cast(INTS));
  }

  static void storeInts(MemorySegment y, long offset, int n, IntVector v) {
    if (n == L) {
      v.intoMemorySegment(y, offset, ORDER);
    } else {
      v.intoMemorySegment(y, offset, ORDER, first(n).cast(INTS));
    }
  }

  /** The float at a byte offset in every lane. As an int, since C2 then loads and spreads it in one instruction. */
  static FloatVector spread(MemorySegment x, long offset) {
    return IntVector.broadcast(INTS, x.get(ValueLayout.JAVA_INT_UNALIGNED, offset)).reinterpretAsFloats();
  }

  static FloatVector all(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  static VectorMask<Float> first(int n) {
    return FLOATS.indexInRange(0, n);
  }

  /** Lane 0 of the tree that adds lane j + w to lane j, w halving. */
  static float sum(FloatVector v) {
    if (L > 8) {
      v = v.add(v.rearrange(DOWN_8));
    }
    v = v.add(v.rearrange(DOWN_4));
    v = v.add(v.rearrange(DOWN_2));
    return v.add(v.rearrange(DOWN_1)).lane(0);
  }

  /** The greatest lane by comparison, no lane being NaN. */
  static float greatest(FloatVector v) {
    if (L > 8) {
      v = greater(v.rearrange(DOWN_8), v);
    }
    v = greater(v.rearrange(DOWN_4), v);
    v = greater(v.rearrange(DOWN_2), v);
    return greater(v.rearrange(DOWN_1), v).lane(0);
  }

  /** {@code v > m ? v : m}: a NaN in v is passed over. */
  static FloatVector greater(FloatVector v, FloatVector m) {
    return m.blend(v, v.compare(VectorOperators.GT, m));
  }
}
