package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.INTS;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Pools}, in copies as {@link Vectors} tells. */
final class VectorPools implements VectorLoops.Pools {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public void maxPool(MemorySegment x, long corner, long stride, long down, long across, int kernelHeight,
      int kernelWidth, MemorySegment y, MemorySegment indices, long out, long channels, int outputs) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND || indices.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int o = 0; o < outputs; o++) {
      FloatVector greatest = broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      IntVector index = IntVector.zero(INTS);
      for (int ky = 0, place = 0; ky < kernelHeight; ky++) {
        for (int kx = 0; kx < kernelWidth; kx++, place++) {
          long in = corner + o * stride + ky * down + kx * across;
          FloatVector v = fromMemorySegment(FLOATS, x, in, ORDER);
          // a NaN is taken, and only another one after it
          VectorMask<Float> better = greatest.compare(LT, v).or(v.compare(NE, v));
          greatest = greatest.blend(v, better);
          index = index.blend(place, better.cast(INTS));
        }
      }
      long to = out + o * channels;
      greatest.intoMemorySegment(y, to, ORDER);
      index.reinterpretAsFloats().intoMemorySegment(indices, to, ORDER);
    }
  }

  @Override
  public void maxPoolBackward(MemorySegment dy, MemorySegment indices, long in, long channels, MemorySegment dx,
      long corner, long stride, long down, long across, int kernelHeight, int kernelWidth, int outputs) {
    if (KIND != null && (dy.getClass() != KIND || indices.getClass() != KIND || dx.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int o = 0; o < outputs; o++) {
      long from = in + o * channels;
      FloatVector d = fromMemorySegment(FLOATS, dy, from, ORDER);
      IntVector index = fromMemorySegment(FLOATS, indices, from, ORDER).reinterpretAsInts();
      for (int ky = 0, place = 0; ky < kernelHeight; ky++) {
        for (int kx = 0; kx < kernelWidth; kx++, place++) {
          long to = corner + o * stride + ky * down + kx * across;
          VectorMask<Float> here = index.compare(EQ, place).cast(FLOATS);
          fromMemorySegment(FLOATS, dx, to, ORDER).add(d, here).intoMemorySegment(dx, to, ORDER);
        }
      }
    }
  }
}
