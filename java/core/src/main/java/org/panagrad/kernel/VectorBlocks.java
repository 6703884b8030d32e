package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.VectorLanes.BYTES;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.STEP;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.first;
import static org.panagrad.kernel.VectorLanes.greater;
import static org.panagrad.kernel.VectorLanes.load;
import static org.panagrad.kernel.VectorLanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * Reductions over one canonical block. Partials of a group of lanes are gathered in registers over the whole block and
 * then stored, so that one form serves 16 and 8 lanes: with 8 the block is walked twice as often, each element still
 * visited once.
 */
final class VectorBlocks {
  private VectorBlocks() {
  }

  /** The greatest element, in four independent chains; of two zeros either, which no result shows. */
  static float maximum(MemorySegment x, long base, int count) {
    FloatVector m0 = all(Float.NEGATIVE_INFINITY), m1 = m0, m2 = m0, m3 = m0;
    int whole = count & -4 * L;
    for (int i = 0; i < whole; i += 4 * L) {
      long o = base + (long) i * BYTES;
      m0 = greater(load(x, o), m0);
      m1 = greater(load(x, o + STEP), m1);
      m2 = greater(load(x, o + 2 * STEP), m2);
      m3 = greater(load(x, o + 3 * STEP), m3);
    }
    for (int i = whole; i < count; i += L) {
      int n = Math.min(L, count - i);
      FloatVector v = load(x, base + (long) i * BYTES, n);
      m0 = m0.blend(v, v.compare(VectorOperators.GT, m0, first(n)));
    }
    return VectorLanes.greatest(greater(greater(m0, m1), greater(m2, m3)));
  }

  /** Into partial: sums of e^(x - maximum); the terms go to y where not null. */
  static void exp(MemorySegment x, @Nullable MemorySegment y, long base, int count, float maximum, float[] partial) {
    FloatVector m = all(maximum);
    for (int k = 0; k < PARTIALS; k += L) {
      FloatVector sum = all(0);
      int i = k;
      for (; i <= count - L; i += PARTIALS) {
        sum = sum.add(expLanes(x, y, base + (long) i * BYTES, L, m));
      }
      if (i < count) {
        int n = count - i;
        sum = sum.add(expLanes(x, y, base + (long) i * BYTES, n, m), first(n));
      }
      sum.intoArray(partial, k);
    }
  }

  private static FloatVector expLanes(MemorySegment x, @Nullable MemorySegment y, long offset, int n, FloatVector m) {
    FloatVector e = VectorElementary.exp(load(x, offset, n).sub(m));
    if (y != null) {
      store(y, offset, n, e);
    }
    return e;
  }

  /** Into partial: sums of x * y. */
  static void dot(MemorySegment x, MemorySegment y, long base, int count, float[] partial) {
    int whole = count & -PARTIALS;
    for (int k = 0; k < PARTIALS; k += 4 * L) {
      FloatVector s0 = all(0), s1 = s0, s2 = s0, s3 = s0;
      for (int i = k; i < whole; i += PARTIALS) {
        long o = base + (long) i * BYTES;
        s0 = load(x, o).fma(load(y, o), s0);
        s1 = load(x, o + STEP).fma(load(y, o + STEP), s1);
        s2 = load(x, o + 2 * STEP).fma(load(y, o + 2 * STEP), s2);
        s3 = load(x, o + 3 * STEP).fma(load(y, o + 3 * STEP), s3);
      }
      storePartials(partial, k, s0, s1, s2, s3);
    }
    for (int i = whole; i < count; i += L) {
      int n = Math.min(L, count - i);
      long o = base + (long) i * BYTES;
      FloatVector s = FloatVector.fromArray(VectorLanes.FLOATS, partial, i - whole);
      load(x, o, n).fma(load(y, o, n), s).intoArray(partial, i - whole, first(n));
    }
  }

  /** Into partial: sums of the squares of prediction - target; derivative * scale and squares go where not null. */
  static void squaredError(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      @Nullable MemorySegment losses, float scale, long base, int count, float[] partial) {
    int whole = count & -PARTIALS;
    for (int k = 0; k < PARTIALS; k += 4 * L) {
      FloatVector s0 = all(0), s1 = s0, s2 = s0, s3 = s0;
      for (int i = k; i < whole; i += PARTIALS) {
        long o = base + (long) i * BYTES;
        s0 = s0.add(squaredErrorLanes(prediction, target, gradient, losses, scale, o, L));
        s1 = s1.add(squaredErrorLanes(prediction, target, gradient, losses, scale, o + STEP, L));
        s2 = s2.add(squaredErrorLanes(prediction, target, gradient, losses, scale, o + 2 * STEP, L));
        s3 = s3.add(squaredErrorLanes(prediction, target, gradient, losses, scale, o + 3 * STEP, L));
      }
      storePartials(partial, k, s0, s1, s2, s3);
    }
    for (int i = whole; i < count; i += L) {
      int n = Math.min(L, count - i);
      FloatVector s = FloatVector.fromArray(VectorLanes.FLOATS, partial, i - whole);
      s.add(squaredErrorLanes(prediction, target, gradient, losses, scale, base + (long) i * BYTES, n))
          .intoArray(partial, i - whole, first(n));
    }
  }

  private static FloatVector squaredErrorLanes(MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment gradient, @Nullable MemorySegment losses, float scale, long o, int n) {
    FloatVector e = load(prediction, o, n).sub(load(target, o, n));
    FloatVector loss = e.mul(e);
    if (gradient != null) {
      store(gradient, o, n, e.add(e).mul(scale));
    }
    if (losses != null) {
      store(losses, o, n, loss);
    }
    return loss;
  }

  private static void storePartials(float[] partial, int k, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
    s0.intoArray(partial, k);
    s1.intoArray(partial, k + L);
    s2.intoArray(partial, k + 2 * L);
    s3.intoArray(partial, k + 3 * L);
  }

  /** {@link Partials#tree}, which here leaves the partials alone. */
  static float tree(float[] partial) {
    FloatVector even = quarter(partial, 0).add(quarter(partial, 2)), odd = quarter(partial, 1).add(quarter(partial, 3));
    return VectorLanes.sum(even.add(odd));
  }

  /** Vector k of the first four: with 8 lanes, of eight vectors the upper four are added first. */
  private static FloatVector quarter(float[] partial, int k) {
    FloatVector p = FloatVector.fromArray(VectorLanes.FLOATS, partial, k * L);
    return 4 * L == PARTIALS ? p : p.add(FloatVector.fromArray(VectorLanes.FLOATS, partial, (k + 4) * L));
  }
}
