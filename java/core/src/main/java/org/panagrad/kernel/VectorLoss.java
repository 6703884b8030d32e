package org.panagrad.kernel;

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
import static org.panagrad.kernel.ElementFormula.BINARY_CROSS_ENTROPY;
import static org.panagrad.kernel.ElementFormula.BINARY_CROSS_ENTROPY_LOGITS;
import static org.panagrad.kernel.ElementFormula.FOCAL;
import static org.panagrad.kernel.ElementFormula.HINGE;
import static org.panagrad.kernel.ElementFormula.HUBER;
import static org.panagrad.kernel.ElementFormula.KULLBACK_LEIBLER;
import static org.panagrad.kernel.ElementFormula.LEAST_SQUARES;
import static org.panagrad.kernel.ElementFormula.LOG_COSH;
import static org.panagrad.kernel.ElementFormula.MEAN_ABSOLUTE_ERROR;
import static org.panagrad.kernel.ElementFormula.MEAN_ABSOLUTE_PERCENTAGE_ERROR;
import static org.panagrad.kernel.ElementFormula.MEAN_SQUARED_ERROR;
import static org.panagrad.kernel.ElementFormula.MEAN_SQUARED_LOGARITHMIC_ERROR;
import static org.panagrad.kernel.ElementFormula.POISSON_NLL;
import static org.panagrad.kernel.ElementFormula.QUANTILE;
import static org.panagrad.kernel.ElementFormula.SMOOTH_L1;
import static org.panagrad.kernel.ElementFormula.SQUARED_HINGE;
import static org.panagrad.kernel.ElementFormula.WASSERSTEIN;
import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.INTS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ONE;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.EnumSet;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * The loop of the elementwise losses: {@link ElementFormula} in vectors, operation by operation. There is a copy for
 * each formula and kind of memory, and the formula is a constant in it, so that the JIT compiles one branch and drops
 * the others. The class itself is the pattern of the copies and computes nothing.
 */
final class VectorLoss implements VectorLoops.Loss {
  /** What a copy is for. */
  record Form(ElementFormula formula, @Nullable Class<?> kind) {
  }

  /** The formulas that stand here. */
  static final Set<ElementFormula> FORMULAS = EnumSet.of(MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, SMOOTH_L1,
      LOG_COSH, QUANTILE, MEAN_SQUARED_LOGARITHMIC_ERROR, MEAN_ABSOLUTE_PERCENTAGE_ERROR, POISSON_NLL,
      BINARY_CROSS_ENTROPY_LOGITS, BINARY_CROSS_ENTROPY, FOCAL, HINGE, SQUARED_HINGE, LEAST_SQUARES, WASSERSTEIN,
      KULLBACK_LEIBLER);

  private static final @Nullable Form FORM = Vectors.data(MethodHandles.lookup(), Form.class);
  private static final @Nullable ElementFormula FORMULA = FORM == null ? null : FORM.formula();
  private static final @Nullable Class<?> KIND = FORM == null ? null : FORM.kind();
  /** Whether the sign of the error is asked for. */
  private static final boolean SIGNED = FORMULA == MEAN_ABSOLUTE_ERROR || FORMULA == HUBER || FORMULA == SMOOTH_L1
      || FORMULA == MEAN_ABSOLUTE_PERCENTAGE_ERROR;
  /** Whether the prediction is a logit. */
  private static final boolean LOGITS = FORMULA == BINARY_CROSS_ENTROPY_LOGITS || FORMULA == FOCAL;
  /** Whether an exponential is asked for. */
  private static final boolean EXPONENTIAL = LOGITS || FORMULA == LOG_COSH || FORMULA == POISSON_NLL;
  private static final int HALF = Float.floatToRawIntBits(0.5f), TWO_24 = Float.floatToRawIntBits(0x1p24f);

  /** In loops of their own, since C2 gives up within long ones and then makes vectors that are objects. */
  @Override
  public void terms(MemorySegment prediction, MemorySegment target, long base, int count, float[] terms) {
    if (EXPONENTIAL) {
      exps(prediction, target, base, count, terms);
    }
    if (FORMULA == KULLBACK_LEIBLER || FORMULA == BINARY_CROSS_ENTROPY) {
      logs(FORMULA == KULLBACK_LEIBLER ? target : prediction, base, count, terms);
    }
    if (FORMULA == MEAN_SQUARED_LOGARITHMIC_ERROR) {
      log1ps(prediction, base, count, terms, 0);
      log1ps(target, base, count, terms, BLOCK);
    }
    if (FORMULA == BINARY_CROSS_ENTROPY || LOGITS) {
      log1ps(prediction, base, count, terms, BLOCK);
    }
  }

  /** Elementary.exp of x or, for logits, -|x|; for log-cosh halfRise of -2 |x - t|. */
  private static void exps(MemorySegment prediction, MemorySegment target, long base, int count, float[] terms) {
    if (KIND != null && (prediction.getClass() != KIND || target.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, prediction, o, ORDER);
      if (FORMULA == LOG_COSH) {
        v = v.sub(fromMemorySegment(FLOATS, target, o, ORDER)).abs().mul(-2);
      } else if (LOGITS) {
        v = v.abs().neg();
      }
      v = v.blend(Elementary.EXP_HIGH, v.compare(GT, Elementary.EXP_HIGH));
      float low = FORMULA == LOG_COSH ? Elementary.EXPM1_LOW : Elementary.EXP_LOW;
      v = v.blend(low, v.compare(LT, low));
      FloatVector rounded = v.fma(broadcast(FLOATS, Elementary.LOG2_E), broadcast(FLOATS, Elementary.ROUNDER));
      FloatVector n = rounded.sub(Elementary.ROUNDER);
      FloatVector r = n.fma(broadcast(FLOATS, -Elementary.LN2_HIGH), v);
      r = n.fma(broadcast(FLOATS, -Elementary.LN2_LOW), r);
      FloatVector q = r.fma(broadcast(FLOATS, Elementary.E4), broadcast(FLOATS, Elementary.E3));
      q = q.fma(r, broadcast(FLOATS, Elementary.E2));
      q = q.fma(r, broadcast(FLOATS, Elementary.E1));
      q = q.fma(r, broadcast(FLOATS, Elementary.E0));
      // as in softmax: the low 9 bits of the rounder are 0, and so are those of its half
      IntVector integer = rounded.reinterpretAsInts();
      FloatVector z;
      if (FORMULA == LOG_COSH) {
        FloatVector s = integer.lanewise(LSHL, 23).add(HALF).reinterpretAsFloats().neg();
        z = s.fma(r.mul(r).mul(q), s.fma(r, s.add(0.5f)));
      } else {
        IntVector half = integer.lanewise(LSHR, 1);
        FloatVector p = q.fma(r, broadcast(FLOATS, 1)).fma(r, broadcast(FLOATS, 1));
        FloatVector first = half.lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
        z = p.mul(first).mul(integer.sub(half).lanewise(LSHL, 23).add(ONE).reinterpretAsFloats());
      }
      z.intoArray(terms, i);
    }
  }

  /** Elementary.log. */
  private static void logs(MemorySegment x, long base, int count, float[] terms) {
    if (KIND != null && x.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      FloatVector v = fromMemorySegment(FLOATS, x, base + (long) i * BYTES, ORDER);
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
      FloatVector y = f.mul(f).fma(q, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
      y = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), y);
      // infinity and NaN stay
      y = v.blend(y, v.compare(LT, Float.POSITIVE_INFINITY));
      y = y.blend(Float.NaN, v.compare(LT, 0));
      y.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0)).intoArray(terms, i);
    }
  }

  /** Elementary.log1p of x or -x; for logits log1pUnit of the first term. */
  private static void log1ps(MemorySegment x, long base, int count, float[] terms, int to) {
    if (KIND != null && x.getClass() != KIND) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      FloatVector v = LOGITS
          ? FloatVector.fromArray(FLOATS, terms, i)
          : fromMemorySegment(FLOATS, x, base + (long) i * BYTES, ORDER);
      v = FORMULA == BINARY_CROSS_ENTROPY ? v.neg() : v;
      // ln(1 + v) = exponent ln 2 + ln(1 + f)
      FloatVector f, exponent, u = v.add(1);
      if (LOGITS) {
        VectorMask<Float> upper = v.compare(GT, 0.5f);
        f = v.blend(v.fma(broadcast(FLOATS, 0.5f), broadcast(FLOATS, -0.5f)), upper);
        exponent = broadcast(FLOATS, 0).blend(1, upper);
      } else {
        IntVector offset = u.reinterpretAsInts().sub(Elementary.THREE_QUARTERS);
        FloatVector s = offset.and(0xff800000).neg().add(TWO_24).reinterpretAsFloats();
        f = v.mul(0x1p-24f).fma(s, s.fma(broadcast(FLOATS, 0x1p-24f), broadcast(FLOATS, -1)));
        exponent = (FloatVector) offset.lanewise(ASHR, 23).convert(I2F, 0);
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
      FloatVector y = f.mul(f).fma(q, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
      y = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), y);
      if (!LOGITS) {
        y = y.blend(v, u.compare(EQ, 1));
        y = y.blend(Float.NEGATIVE_INFINITY, u.compare(EQ, 0));
        y = y.blend(Float.NaN, u.compare(LT, 0));
      }
      y.intoArray(terms, to + i);
    }
  }

  /** The sums stay in the array: a vector that lived from turn to turn would be too much for C2 in so long a loop. */
  @Override
  public void block(MemorySegment prediction, MemorySegment target, float[] terms, float @Nullable [] weights,
      @Nullable MemorySegment gradient, @Nullable MemorySegment losses, float[] options, float scale, long base,
      int count, float[] partial) {
    if (KIND != null && (prediction.getClass() != KIND || target.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float o0 = options[0], o1 = options[1], o2 = options[2];
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector x = fromMemorySegment(FLOATS, prediction, o, ORDER);
      FloatVector t = fromMemorySegment(FLOATS, target, o, ORDER);
      FloatVector e = x.sub(t), a = e.abs(), loss, derivative;
      FloatVector sign = SIGNED ? e.blend(1, e.compare(GT, 0)).blend(-1, e.compare(LT, 0)) : e;
      if (FORMULA == MEAN_SQUARED_ERROR) {
        loss = e.mul(e);
        derivative = e.add(e);
      } else if (FORMULA == MEAN_ABSOLUTE_ERROR) {
        loss = a;
        derivative = sign;
      } else if (FORMULA == HUBER) {
        VectorMask<Float> near = a.compare(LE, o0);
        loss = a.sub(0.5f * o0).mul(o0).blend(e.mul(0.5f).mul(e), near);
        derivative = sign.mul(o0).blend(e, near);
      } else if (FORMULA == SMOOTH_L1) {
        VectorMask<Float> near = a.compare(LT, o0);
        FloatVector slope = e.mul(o1);
        loss = a.sub(0.5f * o0).blend(e.mul(0.5f).mul(slope), near);
        derivative = sign.blend(slope, near);
      } else if (FORMULA == QUANTILE) {
        VectorMask<Float> above = e.compare(GT, 0);
        FloatVector slope = broadcast(FLOATS, -o0).blend(o1, above);
        loss = slope.mul(e);
        derivative = e.blend(slope, above.or(e.compare(LT, 0)));
      } else if (FORMULA == MEAN_ABSOLUTE_PERCENTAGE_ERROR) {
        FloatVector size = t.abs(), factor = broadcast(FLOATS, 100)
            .div(broadcast(FLOATS, o0).blend(size, size.compare(GT, o0)));
        loss = a.mul(factor);
        derivative = sign.mul(factor);
      } else if (FORMULA == HINGE || FORMULA == SQUARED_HINGE) {
        FloatVector v = broadcast(FLOATS, o0).sub(t.mul(x));
        v = v.blend(0, v.compare(LE, 0));
        loss = FORMULA == HINGE ? v : v.mul(v);
        derivative = FORMULA == HINGE ? t.neg().blend(0, v.compare(EQ, 0)) : t.mul(-2).mul(v);
      } else if (FORMULA == LEAST_SQUARES) {
        loss = e.mul(0.5f).mul(e);
        derivative = e;
      } else if (FORMULA == WASSERSTEIN) {
        derivative = t.neg();
        loss = derivative.mul(x);
      } else if (FORMULA == POISSON_NLL) {
        FloatVector z = FloatVector.fromArray(FLOATS, terms, i);
        loss = z.sub(t.mul(x));
        derivative = z.sub(t);
      } else if (FORMULA == MEAN_SQUARED_LOGARITHMIC_ERROR) {
        FloatVector d = FloatVector.fromArray(FLOATS, terms, i).sub(FloatVector.fromArray(FLOATS, terms, BLOCK + i));
        loss = d.mul(d);
        derivative = d.add(d).div(x.add(1));
      } else if (FORMULA == KULLBACK_LEIBLER) {
        loss = t.mul(FloatVector.fromArray(FLOATS, terms, i).sub(x)).blend(0, t.compare(EQ, 0));
        derivative = t.neg();
      } else if (FORMULA == BINARY_CROSS_ENTROPY) {
        FloatVector hit = FloatVector.fromArray(FLOATS, terms, i);
        FloatVector miss = FloatVector.fromArray(FLOATS, terms, BLOCK + i);
        hit = hit.blend(-100, hit.compare(LT, -100));
        miss = miss.blend(-100, miss.compare(LT, -100));
        FloatVector y = t.fma(broadcast(FLOATS, o1), broadcast(FLOATS, o2)), one = broadcast(FLOATS, 1);
        FloatVector spread = x.mul(one.sub(x));
        loss = y.fma(hit, one.sub(y).mul(miss)).neg();
        derivative = x.sub(y).div(spread.blend(1e-12f, spread.compare(LT, 1e-12f)));
      } else if (FORMULA == LOG_COSH) {
        FloatVector rise = FloatVector.fromArray(FLOATS, terms, i), tangent = rise.div(broadcast(FLOATS, 1).sub(rise));
        FloatVector z = rise.fma(broadcast(FLOATS, -2), broadcast(FLOATS, 1)), s = a.mul(a);
        FloatVector far = z.fma(broadcast(FLOATS, ElementFormula.FAR_4), broadcast(FLOATS, ElementFormula.FAR_3));
        far = far.fma(z, broadcast(FLOATS, ElementFormula.FAR_2));
        far = far.fma(z, broadcast(FLOATS, ElementFormula.FAR_1));
        far = far.fma(z, broadcast(FLOATS, ElementFormula.FAR_0));
        far = far.fma(z, a.sub(ElementFormula.LN_2));
        FloatVector q = s.fma(broadcast(FLOATS, ElementFormula.NEAR_6), broadcast(FLOATS, ElementFormula.NEAR_5));
        q = q.fma(s, broadcast(FLOATS, ElementFormula.NEAR_4));
        q = q.fma(s, broadcast(FLOATS, ElementFormula.NEAR_3));
        q = q.fma(s, broadcast(FLOATS, ElementFormula.NEAR_2));
        q = q.fma(s, broadcast(FLOATS, ElementFormula.NEAR_1));
        loss = far.blend(s.mul(q.fma(s, broadcast(FLOATS, 0.5f))), a.compare(LT, 1));
        derivative = tangent.blend(tangent.neg(), e.compare(LT, 0));
      } else {
        // of logits: binary cross-entropy, and focal of gamma 2
        FloatVector z = FloatVector.fromArray(FLOATS, terms, i);
        FloatVector tail = FloatVector.fromArray(FLOATS, terms, BLOCK + i);
        FloatVector near = broadcast(FLOATS, 1).div(z.add(1)), far = z.mul(near);
        VectorMask<Float> negative = x.compare(LT, 0);
        FloatVector y = FORMULA == FOCAL ? t : t.fma(broadcast(FLOATS, o1), broadcast(FLOATS, o2));
        FloatVector onto = FORMULA == FOCAL ? t : y.mul(o0), off = broadcast(FLOATS, 1).sub(y);
        FloatVector against = off.blend(onto, negative), along = onto.blend(off, negative);
        loss = against.fma(x.abs().add(tail), along.mul(tail));
        derivative = against.fma(near, along.mul(far).neg());
        if (FORMULA == FOCAL) {
          FloatVector balance = t.fma(broadcast(FLOATS, o1), broadcast(FLOATS, o2));
          FloatVector missed = against.fma(near, along.mul(far)), weight = missed.mul(missed);
          FloatVector change = against.sub(along).mul(near.mul(far)).mul(missed);
          derivative = balance.mul(weight.fma(derivative, change.mul(o0).mul(loss)));
          loss = balance.mul(weight.mul(loss));
        }
        derivative = derivative.blend(derivative.neg(), negative);
      }
      FloatVector factor = broadcast(FLOATS, scale);
      if (weights != null) {
        FloatVector w = FloatVector.fromArray(FLOATS, weights, i);
        VectorMask<Float> none = w.compare(EQ, 0);
        loss = loss.mul(w).blend(0, none);
        derivative = derivative.blend(0, none);
        factor = w.mul(scale);
      }
      if (gradient != null) {
        if (KIND != null && gradient.getClass() != KIND) {
          throw Vectors.strange(KIND);
        }
        derivative.mul(factor).intoMemorySegment(gradient, o, ORDER);
      }
      if (losses != null) {
        if (KIND != null && losses.getClass() != KIND) {
          throw Vectors.strange(KIND);
        }
        loss.intoMemorySegment(losses, o, ORDER);
      }
      int k = i % PARTIALS;
      FloatVector.fromArray(FLOATS, partial, k).add(loss).intoArray(partial, k);
    }
  }
}
