package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ONE;
import static org.panagrad.kernel.Vectors.ORDER;
import static org.panagrad.kernel.Vectors.STEP;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Softmax}, in copies as {@link Vectors} tells. */
final class VectorSoftmax implements VectorLoops.Softmax {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public float maximum(MemorySegment x, long base, int count) {
    if (KIND != null && x.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    // chains of their own, since each comparison waits for the one before
    FloatVector m0 = broadcast(FLOATS, Float.NEGATIVE_INFINITY), m1 = m0, m2 = m0, m3 = m0;
    int whole = count & -4 * L;
    for (int i = 0; i < whole; i += 4 * L) {
      long o = base + (long) i * BYTES;
      FloatVector v0 = fromMemorySegment(FLOATS, x, o, ORDER);
      FloatVector v1 = fromMemorySegment(FLOATS, x, o + STEP, ORDER);
      FloatVector v2 = fromMemorySegment(FLOATS, x, o + 2 * STEP, ORDER);
      FloatVector v3 = fromMemorySegment(FLOATS, x, o + 3 * STEP, ORDER);
      m0 = m0.blend(v0, v0.compare(GT, m0));
      m1 = m1.blend(v1, v1.compare(GT, m1));
      m2 = m2.blend(v2, v2.compare(GT, m2));
      m3 = m3.blend(v3, v3.compare(GT, m3));
    }
    for (int i = whole; i < count; i += L) {
      FloatVector v = fromMemorySegment(FLOATS, x, base + (long) i * BYTES, ORDER);
      m0 = m0.blend(v, v.compare(GT, m0));
    }
    m0 = m0.blend(m1, m1.compare(GT, m0));
    m2 = m2.blend(m3, m3.compare(GT, m2));
    m0 = m0.blend(m2, m2.compare(GT, m0));
    // no lane is NaN
    return m0.reduceLanes(MAX);
  }

  @Override
  public void exp(MemorySegment x, @Nullable MemorySegment y, long base, int count, float maximum, float[] partial) {
    if (KIND != null && x.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    // one group of partials after the other, since the polynomial should stand here once: the block stays in the cache
    int whole = count & -L;
    for (int k = 0; k < PARTIALS; k += L) {
      FloatVector sum = broadcast(FLOATS, 0);
      for (int i = k; i < whole; i += PARTIALS) {
        long o = base + (long) i * BYTES;
        FloatVector v = fromMemorySegment(FLOATS, x, o, ORDER).sub(maximum);
        // Elementary.exp
        v = v.blend(Elementary.EXP_HIGH, v.compare(GT, Elementary.EXP_HIGH));
        v = v.blend(Elementary.EXP_LOW, v.compare(LT, Elementary.EXP_LOW));
        FloatVector rounded = v.fma(broadcast(FLOATS, Elementary.LOG2_E), broadcast(FLOATS, Elementary.ROUNDER));
        FloatVector n = rounded.sub(Elementary.ROUNDER);
        FloatVector r = n.fma(broadcast(FLOATS, -Elementary.LN2_HIGH), v);
        r = n.fma(broadcast(FLOATS, -Elementary.LN2_LOW), r);
        FloatVector q = r.fma(broadcast(FLOATS, Elementary.E4), broadcast(FLOATS, Elementary.E3));
        q = q.fma(r, broadcast(FLOATS, Elementary.E2));
        q = q.fma(r, broadcast(FLOATS, Elementary.E1));
        q = q.fma(r, broadcast(FLOATS, Elementary.E0));
        q = q.fma(r, broadcast(FLOATS, 1.0f));
        FloatVector p = q.fma(r, broadcast(FLOATS, 1.0f));
        // the low 9 bits of the rounder are 0, and so are those of its half: what the shift to the exponent leaves is
        // the integer and its half, without subtracting the rounder first
        IntVector integer = rounded.reinterpretAsInts(), half = integer.lanewise(LSHR, 1);
        FloatVector first = half.lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
        FloatVector second = integer.sub(half).lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
        FloatVector e = p.mul(first).mul(second);
        if (y != null) {
          if (KIND != null && y.getClass() != KIND) {
            throw Vectors.strange(KIND);
          }
          e.intoMemorySegment(y, o, ORDER);
        }
        sum = sum.add(e);
      }
      sum.intoArray(partial, k);
    }
    for (int i = whole; i < count; i++) {
      long o = base + (long) i * BYTES;
      float e = Elementary.exp(x.get(JAVA_FLOAT, o) - maximum);
      if (y != null) {
        if (KIND != null && y.getClass() != KIND) {
          throw Vectors.strange(KIND);
        }
        y.set(JAVA_FLOAT, o, e);
      }
      partial[i % PARTIALS] += e;
    }
  }

  @Override
  public void dot(MemorySegment x, MemorySegment y, long base, int count, float[] partial) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    int whole = count & -PARTIALS;
    // with 8 lanes two walks, each over its half of the partials
    for (int k = 0; k < PARTIALS; k += 4 * L) {
      FloatVector s0 = broadcast(FLOATS, 0), s1 = s0, s2 = s0, s3 = s0;
      for (int i = k; i < whole; i += PARTIALS) {
        long o = base + (long) i * BYTES;
        FloatVector y0 = fromMemorySegment(FLOATS, y, o, ORDER);
        FloatVector y1 = fromMemorySegment(FLOATS, y, o + STEP, ORDER);
        FloatVector y2 = fromMemorySegment(FLOATS, y, o + 2 * STEP, ORDER);
        FloatVector y3 = fromMemorySegment(FLOATS, y, o + 3 * STEP, ORDER);
        s0 = fromMemorySegment(FLOATS, x, o, ORDER).fma(y0, s0);
        s1 = fromMemorySegment(FLOATS, x, o + STEP, ORDER).fma(y1, s1);
        s2 = fromMemorySegment(FLOATS, x, o + 2 * STEP, ORDER).fma(y2, s2);
        s3 = fromMemorySegment(FLOATS, x, o + 3 * STEP, ORDER).fma(y3, s3);
      }
      s0.intoArray(partial, k);
      s1.intoArray(partial, k + L);
      s2.intoArray(partial, k + 2 * L);
      s3.intoArray(partial, k + 3 * L);
    }
    for (int i = whole; i < count; i++) {
      long o = base + (long) i * BYTES;
      partial[i % PARTIALS] = Math.fma(x.get(JAVA_FLOAT, o), y.get(JAVA_FLOAT, o), partial[i % PARTIALS]);
    }
  }

  @Override
  public void scale(MemorySegment y, float factor, long base, int count) {
    if (KIND != null && y.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      fromMemorySegment(FLOATS, y, o, ORDER).mul(factor).intoMemorySegment(y, o, ORDER);
    }
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long base, int count) {
    if (KIND != null && (y.getClass() != KIND || dy.getClass() != KIND || dx.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    int i = 0;
    for (; i <= count - L; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector d = fromMemorySegment(FLOATS, dy, o, ORDER).sub(dot);
      fromMemorySegment(FLOATS, y, o, ORDER).mul(d).intoMemorySegment(dx, o, ORDER);
    }
    for (; i < count; i++) {
      long o = base + (long) i * BYTES;
      dx.set(JAVA_FLOAT, o, y.get(JAVA_FLOAT, o) * (dy.get(JAVA_FLOAT, o) - dot));
    }
  }
}
