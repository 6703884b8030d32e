package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Activations}, in copies as {@link Vectors} tells. */
final class VectorActivations implements VectorLoops.Activations {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public void relu(MemorySegment x, MemorySegment y, long base, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, x, o, ORDER);
      v.blend(0, v.compare(LT, 0)).intoMemorySegment(y, o, ORDER);
    }
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long base, int count) {
    if (KIND != null && (y.getClass() != KIND || dy.getClass() != KIND || dx.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, y, o, ORDER);
      fromMemorySegment(FLOATS, dy, o, ORDER).blend(0, v.compare(LE, 0)).intoMemorySegment(dx, o, ORDER);
    }
  }
}
