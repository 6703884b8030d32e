package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Optimizers}, in copies as {@link Vectors} tells. */
final class VectorOptimizers implements VectorLoops.Optimizers {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float[] s, long base, long gradientBase, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float rate = s[0];
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER);
      FloatVector g = fromMemorySegment(FLOATS, gradient, gradientBase + (long) i * BYTES, ORDER);
      g.fma(broadcast(FLOATS, -rate), p).intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment a, float[] s, long base,
      long gradientBase, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || a.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float rate = s[0], momentum = s[1], fresh = s[2];
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, gradientBase + (long) i * BYTES, ORDER);
      FloatVector b = fromMemorySegment(FLOATS, a, o, ORDER).fma(broadcast(FLOATS, momentum), g.mul(fresh));
      FloatVector p = b.fma(broadcast(FLOATS, -rate), fromMemorySegment(FLOATS, parameter, o, ORDER));
      b.intoMemorySegment(a, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment a, float[] s, long base,
      long gradientBase, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || a.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float rate = s[0], rho = s[1], fresh = s[2], inner = s[3], outer = s[4];
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, gradientBase + (long) i * BYTES, ORDER);
      FloatVector v = fromMemorySegment(FLOATS, a, o, ORDER).fma(broadcast(FLOATS, rho), g.mul(fresh).mul(g));
      FloatVector change = g.mul(rate).div(v.add(inner).sqrt().add(outer));
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER).sub(change);
      v.intoMemorySegment(a, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment a, MemorySegment b, float[] s,
      long base, long gradientBase, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || a.getClass() != KIND
        || b.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float step = s[0], beta1 = s[1], fresh1 = s[2], beta2 = s[3], fresh2 = s[4], correction = s[5], epsilon = s[6];
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, gradientBase + (long) i * BYTES, ORDER);
      FloatVector m = fromMemorySegment(FLOATS, a, o, ORDER).fma(broadcast(FLOATS, beta1), g.mul(fresh1));
      FloatVector v = fromMemorySegment(FLOATS, b, o, ORDER).fma(broadcast(FLOATS, beta2), g.mul(fresh2).mul(g));
      FloatVector change = m.mul(step).div(v.sqrt().fma(broadcast(FLOATS, correction), broadcast(FLOATS, epsilon)));
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER).sub(change);
      m.intoMemorySegment(a, o, ORDER);
      v.intoMemorySegment(b, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }
}
