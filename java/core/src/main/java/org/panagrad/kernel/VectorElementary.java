package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.panagrad.kernel.VectorElementary.Name.SILU;
import static org.panagrad.kernel.VectorElementary.Name.LEAKY_RELU;
import static org.panagrad.kernel.VectorElementary.Name.GELU;
import static org.panagrad.kernel.VectorElementary.Name.AFFINE;
import static org.panagrad.kernel.VectorElementary.Name.EXPM1;
import static org.panagrad.kernel.VectorElementary.Name.LOG;
import static org.panagrad.kernel.VectorElementary.Name.LOG1P;
import static org.panagrad.kernel.VectorElementary.Name.SIGMOID;
import static org.panagrad.kernel.VectorElementary.Name.SOFTPLUS;
import static org.panagrad.kernel.VectorElementary.Name.TANH;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.INTS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ONE;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * The loop of the elementary functions but exp, which is softmax's: {@link Elementary} in vectors, operation by
 * operation. As of {@link VectorLoss} there is a copy for each function and kind of memory; the class itself computes
 * nothing.
 */
final class VectorElementary implements VectorLoops.Elementary {
  /** The functions of {@link Elementary} and {@link UnaryFunction} that stand here. */
  enum Name {
    LOG, LOG1P, EXPM1, TANH, SIGMOID, SOFTPLUS, AFFINE, LEAKY_RELU, GELU, SILU
  }

  /** What a copy is for. */
  record Form(Name function, @Nullable Class<?> kind) {
  }

  private static final @Nullable Form FORM = Vectors.data(MethodHandles.lookup(), Form.class);
  private static final @Nullable Name FUNCTION = FORM == null ? null : FORM.function();
  private static final @Nullable Class<?> KIND = FORM == null ? null : FORM.kind();
  private static final int HALF = Float.floatToRawIntBits(0.5f), TWO_24 = Float.floatToRawIntBits(0x1p24f),
      SIGN = Integer.MIN_VALUE;

  @Override
  public void apply(MemorySegment x, MemorySegment y, float factor, float addend, long base, int count) {
    if (KIND != null && (x.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, x, o, ORDER), a = v.abs(), result = v;
      FloatVector z = v;
      if (FUNCTION == AFFINE) {
        result = v.fma(broadcast(FLOATS, factor), broadcast(FLOATS, addend));
      } else if (FUNCTION == LEAKY_RELU) {
        result = v.mul(factor).blend(v, v.compare(GT, 0));
      } else if (FUNCTION != LOG && FUNCTION != LOG1P) {
        // Elementary.exp, and what expm1 shares with it
        z = FUNCTION == EXPM1 ? v : FUNCTION == TANH ? a.add(a) : a.neg();
        if (FUNCTION == GELU) {
          // of erf: the exponent where its argument is not small
          a = v.mul(UnaryFunction.ROOT_HALF).abs();
          FloatVector c = a.blend(4, a.compare(GT, 4));
          z = c.fma(broadcast(FLOATS, Elementary.F6), broadcast(FLOATS, Elementary.F5));
          z = z.fma(c, broadcast(FLOATS, Elementary.F4));
          z = z.fma(c, broadcast(FLOATS, Elementary.F3));
          z = z.fma(c, broadcast(FLOATS, Elementary.F2));
          z = z.fma(c, broadcast(FLOATS, Elementary.F1));
          z = z.fma(c, broadcast(FLOATS, Elementary.F0));
        }
        float low = FUNCTION == EXPM1 ? Elementary.EXPM1_LOW : Elementary.EXP_LOW;
        z = z.blend(Elementary.EXP_HIGH, z.compare(GT, Elementary.EXP_HIGH));
        z = z.blend(low, z.compare(LT, low));
        FloatVector rounded = z.fma(broadcast(FLOATS, Elementary.LOG2_E), broadcast(FLOATS, Elementary.ROUNDER));
        FloatVector n = rounded.sub(Elementary.ROUNDER);
        FloatVector r = n.fma(broadcast(FLOATS, -Elementary.LN2_HIGH), z);
        r = n.fma(broadcast(FLOATS, -Elementary.LN2_LOW), r);
        FloatVector q = r.fma(broadcast(FLOATS, Elementary.E4), broadcast(FLOATS, Elementary.E3));
        q = q.fma(r, broadcast(FLOATS, Elementary.E2));
        q = q.fma(r, broadcast(FLOATS, Elementary.E1));
        q = q.fma(r, broadcast(FLOATS, Elementary.E0));
        // as in softmax: the low 9 bits of the rounder are 0, and so are those of its half
        IntVector integer = rounded.reinterpretAsInts(), half = integer.lanewise(LSHR, 1);
        if (FUNCTION == EXPM1) {
          FloatVector s = integer.lanewise(LSHL, 23).add(HALF).reinterpretAsFloats();
          z = s.fma(r.mul(r).mul(q), s.fma(r, s.sub(0.5f)));
          result = z.add(z).blend(v, v.add(1).compare(EQ, 1));
        } else {
          FloatVector p = q.fma(r, broadcast(FLOATS, 1)).fma(r, broadcast(FLOATS, 1));
          FloatVector first = half.lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
          z = p.mul(first).mul(integer.sub(half).lanewise(LSHL, 23).add(ONE).reinterpretAsFloats());
        }
      }
      if (FUNCTION == LOG) {
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
        result = f.mul(f).fma(q, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
        result = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), result);
        result = result.blend(v, v.compare(EQ, Float.POSITIVE_INFINITY));
        result = result.blend(Float.NaN, v.compare(LT, 0));
        result = result.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0));
        result = result.blend(v, v.compare(NE, v));
      } else if (FUNCTION == TANH) {
        FloatVector s = a.mul(a);
        FloatVector q = s.fma(broadcast(FLOATS, Elementary.T4), broadcast(FLOATS, Elementary.T3));
        q = q.fma(s, broadcast(FLOATS, Elementary.T2));
        q = q.fma(s, broadcast(FLOATS, Elementary.T1));
        q = q.fma(s, broadcast(FLOATS, Elementary.T0));
        FloatVector large = broadcast(FLOATS, 1).sub(broadcast(FLOATS, 2).div(z.add(1)));
        FloatVector size = large.blend(a.mul(s).fma(q, a), a.compare(LT, 0.625f));
        result = size.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
      } else if (FUNCTION == GELU) {
        FloatVector s = a.mul(a);
        FloatVector q = s.fma(broadcast(FLOATS, Elementary.R6), broadcast(FLOATS, Elementary.R5));
        q = q.fma(s, broadcast(FLOATS, Elementary.R4));
        q = q.fma(s, broadcast(FLOATS, Elementary.R3));
        q = q.fma(s, broadcast(FLOATS, Elementary.R2));
        q = q.fma(s, broadcast(FLOATS, Elementary.R1));
        q = q.fma(s, broadcast(FLOATS, Elementary.R0));
        FloatVector size = broadcast(FLOATS, 1).sub(z).blend(a.fma(q, a), a.compare(LT, 1));
        FloatVector erf = size.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
        result = v.mul(erf.fma(broadcast(FLOATS, 0.5f), broadcast(FLOATS, 0.5f)));
      } else if (FUNCTION == SIGMOID || FUNCTION == SILU) {
        result = broadcast(FLOATS, 1).blend(z, v.compare(LT, 0)).div(z.add(1));
        result = FUNCTION == SILU ? v.mul(result) : result;
      } else if (FUNCTION == LOG1P || FUNCTION == SOFTPLUS) {
        // ln(1 + z) = exponent ln 2 + ln(1 + f)
        FloatVector f, exponent;
        if (FUNCTION == LOG1P) {
          IntVector offset = z.add(1).reinterpretAsInts().sub(Elementary.THREE_QUARTERS);
          FloatVector s = offset.and(0xff800000).neg().add(TWO_24).reinterpretAsFloats();
          f = z.mul(0x1p-24f).fma(s, s.fma(broadcast(FLOATS, 0x1p-24f), broadcast(FLOATS, -1)));
          exponent = (FloatVector) offset.lanewise(ASHR, 23).convert(I2F, 0);
        } else {
          VectorMask<Float> upper = z.compare(GT, 0.5f);
          f = z.blend(z.fma(broadcast(FLOATS, 0.5f), broadcast(FLOATS, -0.5f)), upper);
          exponent = broadcast(FLOATS, 0).blend(1, upper);
        }
        FloatVector q = f.fma(broadcast(FLOATS, Elementary.P8), broadcast(FLOATS, Elementary.P7));
        q = q.fma(f, broadcast(FLOATS, Elementary.P6));
        q = q.fma(f, broadcast(FLOATS, Elementary.P5));
        q = q.fma(f, broadcast(FLOATS, Elementary.P4));
        q = q.fma(f, broadcast(FLOATS, Elementary.P3));
        q = q.fma(f, broadcast(FLOATS, Elementary.P2));
        q = q.fma(f, broadcast(FLOATS, Elementary.P1));
        q = q.fma(f, broadcast(FLOATS, Elementary.P0));
        q = q.fma(f, broadcast(FLOATS, -0.5f));
        FloatVector logarithm = f.mul(f).fma(q, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
        logarithm = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), logarithm);
        if (FUNCTION == LOG1P) {
          logarithm = logarithm.blend(v, v.add(1).compare(EQ, 1));
          logarithm = logarithm.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, -1));
          result = logarithm.blend(Float.NaN, v.compare(LT, -1));
        } else {
          result = broadcast(FLOATS, 0).blend(v, v.compare(GT, 0)).add(logarithm);
        }
      }
      result.intoMemorySegment(y, o, ORDER);
    }
  }
}
