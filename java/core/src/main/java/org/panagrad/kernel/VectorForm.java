package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The loops, for one kind of memory. C2 compiles a method once for all its callers, and code that serves heap and
 * off-heap segments orders every access strictly and repeats all checks for each vector, which takes several times as
 * long. So this class exists in three copies: itself for any segments, and two hidden ones whose segments are all of
 * one class; the check at the head of each method tells C2 so.
 *
 * <p>The vector operations stand in the loops themselves, even exp and log, and no vector is an argument or a result of
 * a method of ours: C2 promises to inline the API's methods only, leaves out others that it has compiled alone or seen
 * too seldom, and then makes every vector that crosses the call an object on the heap.
 */
final class VectorForm implements VectorLoops {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = kind();
  /** Lanes: 16 or 8, else the backend is not supported. */
  static final int L = FloatVector.SPECIES_PREFERRED.length();
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int ONE = Float.floatToRawIntBits(1.0f);
  private static final int BYTES = Float.BYTES, STEP = L * BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VectorShuffle<Float> DOWN_8 = VectorShuffle.iota(FLOATS, 8, 1, true),
      DOWN_4 = VectorShuffle.iota(FLOATS, 4, 1, true), DOWN_2 = VectorShuffle.iota(FLOATS, 2, 1, true),
      DOWN_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private static @Nullable Class<?> kind() {
    try {
      return MethodHandles.classData(MethodHandles.lookup(), "_", Class.class);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** A copy of the loops for segments of this class alone; where there can be none, the slower loops for any. */
  static VectorLoops copy(Class<?> kind) {
    try (InputStream code = VectorForm.class.getResourceAsStream("VectorForm.class")) {
      MethodHandles.Lookup here = MethodHandles.lookup();
      MethodHandles.Lookup copy = here.defineHiddenClassWithClassData(code.readAllBytes(), kind, true);
      return (VectorLoops) copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Throwable e) {
      return new VectorForm();
    }
  }

  private static AssertionError strange() {
    return new AssertionError("a segment of another class than " + KIND);
  }

  /** {@link Partials#tree}; destroys them. */
  static float tree(float[] partial) {
    for (int w = PARTIALS / 2; w >= L; w /= 2) {
      for (int k = 0; k < w; k += L) {
        FloatVector v = FloatVector.fromArray(FLOATS, partial, k + w);
        FloatVector.fromArray(FLOATS, partial, k).add(v).intoArray(partial, k);
      }
    }
    // within a vector lane j takes lane j + w; the lanes from w on are of no account
    FloatVector v = FloatVector.fromArray(FLOATS, partial, 0);
    if (L > 8) {
      v = v.add(v.rearrange(DOWN_8));
    }
    v = v.add(v.rearrange(DOWN_4));
    v = v.add(v.rearrange(DOWN_2));
    return v.add(v.rearrange(DOWN_1)).lane(0);
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long base, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw strange();
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, x, o, ORDER);
      // Elementary.log
      VectorMask<Float> denormal = v.compare(LT, Float.MIN_NORMAL);
      IntVector offset = v.blend(v.mul(0x1p25f), denormal).reinterpretAsInts().sub(Elementary.SQRT_HALF);
      FloatVector f = offset.and(0x007fffff).add(Elementary.SQRT_HALF).reinterpretAsFloats().sub(1.0f);
      IntVector e = offset.lanewise(ASHR, 23);
      FloatVector exponent = (FloatVector) e.blend(e.sub(25), denormal.cast(INTS)).convert(I2F, 0);
      FloatVector q = f.fma(broadcast(FLOATS, Elementary.L8), broadcast(FLOATS, Elementary.L7));
      q = q.fma(f, broadcast(FLOATS, Elementary.L6));
      q = q.fma(f, broadcast(FLOATS, Elementary.L5));
      q = q.fma(f, broadcast(FLOATS, Elementary.L4));
      q = q.fma(f, broadcast(FLOATS, Elementary.L3));
      q = q.fma(f, broadcast(FLOATS, Elementary.L2));
      q = q.fma(f, broadcast(FLOATS, Elementary.L1));
      q = q.fma(f, broadcast(FLOATS, Elementary.L0));
      q = q.fma(f, broadcast(FLOATS, -0.5f));
      FloatVector r = f.mul(f).fma(q, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
      r = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), r);
      r = r.blend(v, v.compare(EQ, Float.POSITIVE_INFINITY));
      r = r.blend(Float.NaN, v.compare(LT, 0));
      r = r.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0));
      r.blend(v, v.compare(NE, v)).intoMemorySegment(y, o, ORDER);
    }
  }

  @Override
  public void relu(MemorySegment x, MemorySegment y, long base, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw strange();
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
      throw strange();
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, y, o, ORDER);
      fromMemorySegment(FLOATS, dy, o, ORDER).blend(0, v.compare(LE, 0)).intoMemorySegment(dx, o, ORDER);
    }
  }

  @Override
  public void scale(MemorySegment y, float factor, long base, int count) {
    if (KIND != null && y.getClass() != KIND) {
      throw strange();
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      fromMemorySegment(FLOATS, y, o, ORDER).mul(factor).intoMemorySegment(y, o, ORDER);
    }
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long base, int count) {
    if (KIND != null && (y.getClass() != KIND || dy.getClass() != KIND || dx.getClass() != KIND)) {
      throw strange();
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

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long base, int count) {
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND)) {
      throw strange();
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
      throw strange();
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
      throw strange();
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
      throw strange();
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

  @Override
  public float maximum(MemorySegment x, long base, int count) {
    if (KIND != null && x.getClass() != KIND) {
      throw strange();
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
      throw strange();
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
            throw strange();
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
          throw strange();
        }
        y.set(JAVA_FLOAT, o, e);
      }
      partial[i % PARTIALS] += e;
    }
  }

  @Override
  public void dot(MemorySegment x, MemorySegment y, long base, int count, float[] partial) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw strange();
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
  public void squaredError(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      @Nullable MemorySegment losses, float scale, long base, int count, float[] partial) {
    if (KIND != null && (prediction.getClass() != KIND || target.getClass() != KIND)) {
      throw strange();
    }
    int whole = count & -L;
    for (int k = 0; k < PARTIALS; k += L) {
      FloatVector sum = broadcast(FLOATS, 0);
      for (int i = k; i < whole; i += PARTIALS) {
        long o = base + (long) i * BYTES;
        FloatVector t = fromMemorySegment(FLOATS, target, o, ORDER);
        FloatVector e = fromMemorySegment(FLOATS, prediction, o, ORDER).sub(t);
        FloatVector loss = e.mul(e);
        if (gradient != null) {
          if (KIND != null && gradient.getClass() != KIND) {
            throw strange();
          }
          e.add(e).mul(scale).intoMemorySegment(gradient, o, ORDER);
        }
        if (losses != null) {
          if (KIND != null && losses.getClass() != KIND) {
            throw strange();
          }
          loss.intoMemorySegment(losses, o, ORDER);
        }
        sum = sum.add(loss);
      }
      sum.intoArray(partial, k);
    }
    for (int i = whole; i < count; i++) {
      long o = base + (long) i * BYTES;
      float e = prediction.get(JAVA_FLOAT, o) - target.get(JAVA_FLOAT, o);
      float loss = e * e;
      if (gradient != null) {
        if (KIND != null && gradient.getClass() != KIND) {
          throw strange();
        }
        gradient.set(JAVA_FLOAT, o, (e + e) * scale);
      }
      if (losses != null) {
        if (KIND != null && losses.getClass() != KIND) {
          throw strange();
        }
        losses.set(JAVA_FLOAT, o, loss);
      }
      partial[i % PARTIALS] += loss;
    }
  }

  @Override
  public void add(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride,
      MemorySegment z, long zBase, long zStride, int rows, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND || z.getClass() != KIND)) {
      throw strange();
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
      throw strange();
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
      throw strange();
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
      throw strange();
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

  @Override
  public void maxPool(MemorySegment x, long corner, long stride, long down, long across, int kernelHeight,
      int kernelWidth, MemorySegment y, MemorySegment indices, long out, long channels, int outputs) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND || indices.getClass() != KIND)) {
      throw strange();
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
      throw strange();
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

  @Override
  public void multiply4x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw strange();
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00, c02 = c00, c03 = c00;
    FloatVector c10 = c00, c11 = c00, c12 = c00, c13 = c00;
    FloatVector c20 = c00, c21 = c00, c22 = c00, c23 = c00;
    FloatVector c30 = c00, c31 = c00, c32 = c00, c33 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c02 = fromMemorySegment(FLOATS, c, to + 2 * STEP, ORDER);
      c03 = fromMemorySegment(FLOATS, c, to + 3 * STEP, ORDER);
      c10 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c11 = fromMemorySegment(FLOATS, c, to + ldc + STEP, ORDER);
      c12 = fromMemorySegment(FLOATS, c, to + ldc + 2 * STEP, ORDER);
      c13 = fromMemorySegment(FLOATS, c, to + ldc + 3 * STEP, ORDER);
      c20 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c21 = fromMemorySegment(FLOATS, c, to + 2 * ldc + STEP, ORDER);
      c22 = fromMemorySegment(FLOATS, c, to + 2 * ldc + 2 * STEP, ORDER);
      c23 = fromMemorySegment(FLOATS, c, to + 2 * ldc + 3 * STEP, ORDER);
      c30 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c31 = fromMemorySegment(FLOATS, c, to + 3 * ldc + STEP, ORDER);
      c32 = fromMemorySegment(FLOATS, c, to + 3 * ldc + 2 * STEP, ORDER);
      c33 = fromMemorySegment(FLOATS, c, to + 3 * ldc + 3 * STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector b2 = fromMemorySegment(FLOATS, b, bp + 2 * STEP, ORDER);
      FloatVector b3 = fromMemorySegment(FLOATS, b, bp + 3 * STEP, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f0.fma(b0, c00);
      c01 = f0.fma(b1, c01);
      c02 = f0.fma(b2, c02);
      c03 = f0.fma(b3, c03);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c10 = f1.fma(b0, c10);
      c11 = f1.fma(b1, c11);
      c12 = f1.fma(b2, c12);
      c13 = f1.fma(b3, c13);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c20 = f2.fma(b0, c20);
      c21 = f2.fma(b1, c21);
      c22 = f2.fma(b2, c22);
      c23 = f2.fma(b3, c23);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c30 = f3.fma(b0, c30);
      c31 = f3.fma(b1, c31);
      c32 = f3.fma(b2, c32);
      c33 = f3.fma(b3, c33);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c02.intoMemorySegment(c, to + 2 * STEP, ORDER);
    c03.intoMemorySegment(c, to + 3 * STEP, ORDER);
    c10.intoMemorySegment(c, to + ldc, ORDER);
    c11.intoMemorySegment(c, to + ldc + STEP, ORDER);
    c12.intoMemorySegment(c, to + ldc + 2 * STEP, ORDER);
    c13.intoMemorySegment(c, to + ldc + 3 * STEP, ORDER);
    c20.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c21.intoMemorySegment(c, to + 2 * ldc + STEP, ORDER);
    c22.intoMemorySegment(c, to + 2 * ldc + 2 * STEP, ORDER);
    c23.intoMemorySegment(c, to + 2 * ldc + 3 * STEP, ORDER);
    c30.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c31.intoMemorySegment(c, to + 3 * ldc + STEP, ORDER);
    c32.intoMemorySegment(c, to + 3 * ldc + 2 * STEP, ORDER);
    c33.intoMemorySegment(c, to + 3 * ldc + 3 * STEP, ORDER);
  }

  @Override
  public void multiply6x2(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw strange();
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00;
    FloatVector c10 = c00, c11 = c00;
    FloatVector c20 = c00, c21 = c00;
    FloatVector c30 = c00, c31 = c00;
    FloatVector c40 = c00, c41 = c00;
    FloatVector c50 = c00, c51 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c10 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c11 = fromMemorySegment(FLOATS, c, to + ldc + STEP, ORDER);
      c20 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c21 = fromMemorySegment(FLOATS, c, to + 2 * ldc + STEP, ORDER);
      c30 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c31 = fromMemorySegment(FLOATS, c, to + 3 * ldc + STEP, ORDER);
      c40 = fromMemorySegment(FLOATS, c, to + 4 * ldc, ORDER);
      c41 = fromMemorySegment(FLOATS, c, to + 4 * ldc + STEP, ORDER);
      c50 = fromMemorySegment(FLOATS, c, to + 5 * ldc, ORDER);
      c51 = fromMemorySegment(FLOATS, c, to + 5 * ldc + STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f0.fma(b0, c00);
      c01 = f0.fma(b1, c01);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c10 = f1.fma(b0, c10);
      c11 = f1.fma(b1, c11);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c20 = f2.fma(b0, c20);
      c21 = f2.fma(b1, c21);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c30 = f3.fma(b0, c30);
      c31 = f3.fma(b1, c31);
      FloatVector f4 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 4 * aRow)).reinterpretAsFloats();
      c40 = f4.fma(b0, c40);
      c41 = f4.fma(b1, c41);
      FloatVector f5 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 5 * aRow)).reinterpretAsFloats();
      c50 = f5.fma(b0, c50);
      c51 = f5.fma(b1, c51);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c10.intoMemorySegment(c, to + ldc, ORDER);
    c11.intoMemorySegment(c, to + ldc + STEP, ORDER);
    c20.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c21.intoMemorySegment(c, to + 2 * ldc + STEP, ORDER);
    c30.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c31.intoMemorySegment(c, to + 3 * ldc + STEP, ORDER);
    c40.intoMemorySegment(c, to + 4 * ldc, ORDER);
    c41.intoMemorySegment(c, to + 4 * ldc + STEP, ORDER);
    c50.intoMemorySegment(c, to + 5 * ldc, ORDER);
    c51.intoMemorySegment(c, to + 5 * ldc + STEP, ORDER);
  }

  @Override
  public void multiply6x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw strange();
    }
    FloatVector c0 = broadcast(FLOATS, 0);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    if (!fresh) {
      c0 = fromMemorySegment(FLOATS, c, to, ORDER);
      c1 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c2 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c3 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c4 = fromMemorySegment(FLOATS, c, to + 4 * ldc, ORDER);
      c5 = fromMemorySegment(FLOATS, c, to + 5 * ldc, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector row = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c0 = f0.fma(row, c0);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c1 = f1.fma(row, c1);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c2 = f2.fma(row, c2);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c3 = f3.fma(row, c3);
      FloatVector f4 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 4 * aRow)).reinterpretAsFloats();
      c4 = f4.fma(row, c4);
      FloatVector f5 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 5 * aRow)).reinterpretAsFloats();
      c5 = f5.fma(row, c5);
    }
    c0.intoMemorySegment(c, to, ORDER);
    c1.intoMemorySegment(c, to + ldc, ORDER);
    c2.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c3.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c4.intoMemorySegment(c, to + 4 * ldc, ORDER);
    c5.intoMemorySegment(c, to + 5 * ldc, ORDER);
  }

  @Override
  public void multiply1x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw strange();
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00, c02 = c00, c03 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c02 = fromMemorySegment(FLOATS, c, to + 2 * STEP, ORDER);
      c03 = fromMemorySegment(FLOATS, c, to + 3 * STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector b2 = fromMemorySegment(FLOATS, b, bp + 2 * STEP, ORDER);
      FloatVector b3 = fromMemorySegment(FLOATS, b, bp + 3 * STEP, ORDER);
      FloatVector f = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
      c02 = f.fma(b2, c02);
      c03 = f.fma(b3, c03);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c02.intoMemorySegment(c, to + 2 * STEP, ORDER);
    c03.intoMemorySegment(c, to + 3 * STEP, ORDER);
  }

  @Override
  public void multiply1x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw strange();
    }
    FloatVector c0 = broadcast(FLOATS, 0);
    if (!fresh) {
      c0 = fromMemorySegment(FLOATS, c, to, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector row = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector f = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c0 = f.fma(row, c0);
    }
    c0.intoMemorySegment(c, to, ORDER);
  }
}
