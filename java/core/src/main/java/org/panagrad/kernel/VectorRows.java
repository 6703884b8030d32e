package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Rows}, in copies as {@link Vectors} tells. */
final class VectorRows implements VectorLoops.Rows {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public void add(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride,
      MemorySegment z, long zBase, long zStride, int rows, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND || z.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xBase + r * xStride, yRow = yBase + r * yStride, zRow = zBase + r * zStride;
      int i = 0;
      for (; i <= count - L; i += L) {
        long o = (long) i * BYTES;
        FloatVector v = fromMemorySegment(FLOATS, x, xRow + o, ORDER);
        v.add(fromMemorySegment(FLOATS, y, yRow + o, ORDER)).intoMemorySegment(z, zRow + o, ORDER);
      }
      for (; i < count; i++) {
        long o = (long) i * BYTES;
        z.set(JAVA_FLOAT, zRow + o, x.get(JAVA_FLOAT, xRow + o) + y.get(JAVA_FLOAT, yRow + o));
      }
    }
  }

  @Override
  public void copy(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride, int rows,
      int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xBase + r * xStride, yRow = yBase + r * yStride;
      int i = 0;
      for (; i <= count - L; i += L) {
        long o = (long) i * BYTES;
        fromMemorySegment(FLOATS, x, xRow + o, ORDER).intoMemorySegment(y, yRow + o, ORDER);
      }
      for (; i < count; i++) {
        long o = (long) i * BYTES;
        y.set(JAVA_FLOAT, yRow + o, x.get(JAVA_FLOAT, xRow + o));
      }
    }
  }

  @Override
  public void zero(MemorySegment x, long base, int count) {
    if (KIND != null && x.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    int i = 0;
    for (; i <= count - L; i += L) {
      broadcast(FLOATS, 0).intoMemorySegment(x, base + (long) i * BYTES, ORDER);
    }
    for (; i < count; i++) {
      x.set(JAVA_FLOAT, base + (long) i * BYTES, 0);
    }
  }

  @Override
  public void columnSums(MemorySegment x, long base, long stride, int rows, MemorySegment sums, long to,
      float[] partial) {
    if (KIND != null && (x.getClass() != KIND || sums.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int k = 0; k < PARTIALS; k++) {
      broadcast(FLOATS, 0).intoArray(partial, k * L);
    }
    for (int r = 0; r < rows; r++) {
      long o = base + r * stride;
      int k = r % PARTIALS * L;
      FloatVector v = fromMemorySegment(FLOATS, x, o, ORDER);
      FloatVector.fromArray(FLOATS, partial, k).add(v).intoArray(partial, k);
    }
    for (int w = PARTIALS / 2; w > 0; w /= 2) {
      for (int k = 0; k < w; k++) {
        FloatVector v = FloatVector.fromArray(FLOATS, partial, (k + w) * L);
        FloatVector.fromArray(FLOATS, partial, k * L).add(v).intoArray(partial, k * L);
      }
    }
    FloatVector.fromArray(FLOATS, partial, 0).intoMemorySegment(sums, to, ORDER);
  }
}
