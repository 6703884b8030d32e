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
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long base, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER);
      FloatVector g = fromMemorySegment(FLOATS, gradient, o, ORDER);
      g.fma(broadcast(FLOATS, -rate), p).intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment buffer, float rate,
      float momentum, float weight, long base, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || buffer.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, o, ORDER);
      FloatVector b = fromMemorySegment(FLOATS, buffer, o, ORDER).fma(broadcast(FLOATS, momentum), g.mul(weight));
      FloatVector p = b.fma(broadcast(FLOATS, -rate), fromMemorySegment(FLOATS, parameter, o, ORDER));
      b.intoMemorySegment(buffer, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long base, int count) {
    if (KIND != null
        && (parameter.getClass() != KIND || gradient.getClass() != KIND || squareAverage.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, o, ORDER);
      FloatVector v = fromMemorySegment(FLOATS, squareAverage, o, ORDER);
      v = v.fma(broadcast(FLOATS, rho), g.mul(oneMinusRho).mul(g));
      FloatVector update = g.mul(rate).div(v.sqrt().add(epsilon));
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER).sub(update);
      v.intoMemorySegment(squareAverage, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long base, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || firstMoment.getClass() != KIND
        || secondMoment.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector g = fromMemorySegment(FLOATS, gradient, o, ORDER);
      FloatVector m = fromMemorySegment(FLOATS, firstMoment, o, ORDER);
      m = m.fma(broadcast(FLOATS, beta1), g.mul(oneMinusBeta1));
      FloatVector v = fromMemorySegment(FLOATS, secondMoment, o, ORDER);
      v = v.fma(broadcast(FLOATS, beta2), g.mul(oneMinusBeta2).mul(g));
      FloatVector update = m.mul(step).div(v.sqrt().fma(broadcast(FLOATS, correction), broadcast(FLOATS, epsilon)));
      FloatVector p = fromMemorySegment(FLOATS, parameter, o, ORDER).sub(update);
      m.intoMemorySegment(firstMoment, o, ORDER);
      v.intoMemorySegment(secondMoment, o, ORDER);
      p.intoMemorySegment(parameter, o, ORDER);
    }
  }
}
