package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.VectorLanes.FLOATS;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Sums down the columns of rows, a vector of columns at a time. */
final class VectorColumns {
  private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());
  /** As many floats as a vector has doubles. */
  private static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class,
      VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  static final int HALF = HALF_FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  /** 64 vectors of partial sums, one set per thread so that nothing is allocated. */
  private static final ThreadLocal<float[]> OF_THREAD = ThreadLocal.withInitial(() -> new float[PARTIALS * L]);

  private VectorColumns() {
  }

  static float[] partials() {
    return OF_THREAD.get();
  }

  /** The canonical sum of up to L columns over count rows: row r goes to partial r mod 64. */
  static void sum(MemorySegment x, long base, long stride, int count, int n, float[] partial, MemorySegment sums,
      long to) {
    for (int k = 0; k < PARTIALS; k++) {
      all(0).intoArray(partial, k * L);
    }
    for (int r = 0; r < count; r += PARTIALS) {
      if (n == L) {
        addRows(x, base + r * stride, stride, Math.min(PARTIALS, count - r), L, partial);
      } else {
        addRows(x, base + r * stride, stride, Math.min(PARTIALS, count - r), n, partial);
      }
    }
    for (int w = PARTIALS / 2; w > 0; w /= 2) {
      for (int k = 0; k < w; k++) {
        partial(partial, k).add(partial(partial, k + w)).intoArray(partial, k * L);
      }
    }
    VectorLanes.store(sums, to, n, partial(partial, 0));
  }

  private static void addRows(MemorySegment x, long base, long stride, int rows, int n, float[] partial) {
    for (int k = 0; k < rows; k++) {
      partial(partial, k).add(load(x, base + k * stride, n)).intoArray(partial, k * L);
    }
  }

  private static FloatVector partial(float[] partial, int k) {
    return FloatVector.fromArray(FLOATS, partial, k * L);
  }

  /** Sums of up to {@link #HALF} columns over parts rows in double, rounded once. */
  static void sumInDouble(MemorySegment x, long base, long stride, long parts, int n, MemorySegment y, long to) {
    VectorMask<Float> mask = HALF_FLOATS.indexInRange(0, n);
    DoubleVector sum = DoubleVector.zero(DOUBLES);
    for (long p = 0; p < parts;) {
      int count = VectorKernels.block(p, parts);
      for (int k = 0; k < count; k++) {
        FloatVector v = FloatVector.fromMemorySegment(HALF_FLOATS, x, base + (p + k) * stride, ORDER, mask);
        sum = sum.add(v.castShape(DOUBLES, 0));
      }
      p += count;
    }
    ((FloatVector) sum.castShape(HALF_FLOATS, 0)).intoMemorySegment(y, to, ORDER, mask);
  }
}
