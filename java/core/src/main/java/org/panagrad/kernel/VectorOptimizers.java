package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.load;
import static org.panagrad.kernel.VectorLanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Update rules over one block: a loop of whole vectors and one of the rest. */
final class VectorOptimizers {
  private VectorOptimizers() {
  }

  static void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      sgdLanes(parameter, gradient, rate, base + (long) i * BYTES, L);
    }
    if (i < count) {
      sgdLanes(parameter, gradient, rate, base + (long) i * BYTES, count - i);
    }
  }

  private static void sgdLanes(MemorySegment parameter, MemorySegment gradient, float rate, long o, int n) {
    store(parameter, o, n, all(-rate).fma(load(gradient, o, n), load(parameter, o, n)));
  }

  static void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment buffer, float rate,
      float momentum, float weight, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      momentumLanes(parameter, gradient, buffer, rate, momentum, weight, base + (long) i * BYTES, L);
    }
    if (i < count) {
      momentumLanes(parameter, gradient, buffer, rate, momentum, weight, base + (long) i * BYTES, count - i);
    }
  }

  private static void momentumLanes(MemorySegment parameter, MemorySegment gradient, MemorySegment buffer, float rate,
      float momentum, float weight, long o, int n) {
    FloatVector b = all(momentum).fma(load(buffer, o, n), load(gradient, o, n).mul(weight));
    FloatVector p = all(-rate).fma(b, load(parameter, o, n));
    store(buffer, o, n, b);
    store(parameter, o, n, p);
  }

  static void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      rmsPropLanes(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, base + (long) i * BYTES, L);
    }
    if (i < count) {
      rmsPropLanes(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, base + (long) i * BYTES,
          count - i);
    }
  }

  private static void rmsPropLanes(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage,
      float rate, float rho, float oneMinusRho, float epsilon, long o, int n) {
    FloatVector g = load(gradient, o, n);
    FloatVector v = all(rho).fma(load(squareAverage, o, n), g.mul(oneMinusRho).mul(g));
    FloatVector p = load(parameter, o, n).sub(g.mul(rate).div(v.sqrt().add(epsilon)));
    store(squareAverage, o, n, v);
    store(parameter, o, n, p);
  }

  static void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      adamLanes(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2, step,
          correction, epsilon, base + (long) i * BYTES, L);
    }
    if (i < count) {
      adamLanes(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2, step,
          correction, epsilon, base + (long) i * BYTES, count - i);
    }
  }

  private static void adamLanes(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long o, int n) {
    FloatVector g = load(gradient, o, n);
    FloatVector m = all(beta1).fma(load(firstMoment, o, n), g.mul(oneMinusBeta1));
    FloatVector v = all(beta2).fma(load(secondMoment, o, n), g.mul(oneMinusBeta2).mul(g));
    FloatVector p = load(parameter, o, n).sub(m.mul(step).div(v.sqrt().fma(all(correction), all(epsilon))));
    store(firstMoment, o, n, m);
    store(secondMoment, o, n, v);
    store(parameter, o, n, p);
  }
}
