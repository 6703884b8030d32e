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
import static org.panagrad.kernel.ElementFormula.BINARY_CROSS_ENTROPY_LOGITS;
import static org.panagrad.kernel.ElementFormula.HINGE;
import static org.panagrad.kernel.ElementFormula.HUBER;
import static org.panagrad.kernel.ElementFormula.LEAST_SQUARES;
import static org.panagrad.kernel.ElementFormula.LOG_COSH;
import static org.panagrad.kernel.ElementFormula.MEAN_ABSOLUTE_ERROR;
import static org.panagrad.kernel.ElementFormula.MEAN_ABSOLUTE_PERCENTAGE_ERROR;
import static org.panagrad.kernel.ElementFormula.MEAN_SQUARED_ERROR;
import static org.panagrad.kernel.ElementFormula.POISSON_NLL;
import static org.panagrad.kernel.ElementFormula.QUANTILE;
import static org.panagrad.kernel.ElementFormula.SMOOTH_L1;
import static org.panagrad.kernel.ElementFormula.SQUARED_HINGE;
import static org.panagrad.kernel.ElementFormula.WASSERSTEIN;
import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
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
 * The loop of the elementwise losses: {@link ElementFormula} in vectors, operation by operation. There is a copy for each
 * formula and kind of memory, and the formula is a constant in it, so that the JIT compiles one branch and drops the
 * others. The class itself is the pattern of the copies and computes nothing.
 */
final class VectorLoss implements VectorLoops.Loss {
  /** What a copy is for. */
  record Form(ElementFormula formula, @Nullable Class<?> kind) {
  }

  /** The formulas that stand here. */
  static final Set<ElementFormula> FORMULAS = EnumSet.of(MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, SMOOTH_L1,
      LOG_COSH, QUANTILE, MEAN_ABSOLUTE_PERCENTAGE_ERROR, POISSON_NLL, BINARY_CROSS_ENTROPY_LOGITS, HINGE,
      SQUARED_HINGE, LEAST_SQUARES, WASSERSTEIN);

  private static final @Nullable Form FORM = Vectors.data(MethodHandles.lookup(), Form.class);
  private static final @Nullable ElementFormula FORMULA = FORM == null ? null : FORM.formula();
  private static final @Nullable Class<?> KIND = FORM == null ? null : FORM.kind();
  /** Whether the sign of the error is asked for. */
  private static final boolean SIGNED = FORMULA == MEAN_ABSOLUTE_ERROR || FORMULA == HUBER || FORMULA == SMOOTH_L1
      || FORMULA == MEAN_ABSOLUTE_PERCENTAGE_ERROR;
  private static final int HALF = Float.floatToRawIntBits(0.5f), TWO_24 = Float.floatToRawIntBits(0x1p24f);

  /** In a loop of its own, since C2 gives up within long ones and then makes vectors that are objects. */
  @Override
  public void terms(MemorySegment prediction, MemorySegment target, long base, int count, float[] terms) {
    if (KIND != null && (prediction.getClass() != KIND || target.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    if (FORMULA != LOG_COSH && FORMULA != POISSON_NLL && FORMULA != BINARY_CROSS_ENTROPY_LOGITS) {
      return;
    }
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES;
      FloatVector x = fromMemorySegment(FLOATS, prediction, o, ORDER);
      FloatVector a = FORMULA == LOG_COSH ? x.sub(fromMemorySegment(FLOATS, target, o, ORDER)).abs() : x;
      // Elementary.exp, and what expm1 shares with it
      FloatVector v = FORMULA == LOG_COSH ? a.mul(-2) : FORMULA == POISSON_NLL ? x : x.abs().neg(), whole = v;
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
      // e^v, or e^v - 1
      FloatVector z;
      if (FORMULA == LOG_COSH) {
        FloatVector s = integer.lanewise(LSHL, 23).add(HALF).reinterpretAsFloats();
        z = s.fma(r.mul(r).mul(q), s.fma(r, s.sub(0.5f)));
        z = z.add(z).blend(whole, whole.add(1).compare(EQ, 1));
      } else {
        IntVector half = integer.lanewise(LSHR, 1);
        FloatVector p = q.fma(r, broadcast(FLOATS, 1)).fma(r, broadcast(FLOATS, 1));
        FloatVector first = half.lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
        z = p.mul(first).mul(integer.sub(half).lanewise(LSHL, 23).add(ONE).reinterpretAsFloats());
      }
      z.intoArray(terms, i);
      if (FORMULA != POISSON_NLL) {
        // ln(1 + term) = exponent ln 2 + ln(1 + f)
        FloatVector term, f, exponent;
        if (FORMULA == LOG_COSH) {
          // Elementary.log1p
          FloatVector tangent = z.neg().div(z.add(2));
          term = z.add(1).blend(tangent.mul(tangent).neg(), a.compare(LT, 1));
          IntVector offset = term.add(1).reinterpretAsInts().sub(Elementary.THREE_QUARTERS);
          FloatVector s = offset.and(0xff800000).neg().add(TWO_24).reinterpretAsFloats();
          f = s.fma(broadcast(FLOATS, 0x1p-24f), broadcast(FLOATS, -1));
          f = term.mul(0x1p-24f).fma(s, f);
          exponent = (FloatVector) offset.lanewise(ASHR, 23).convert(I2F, 0);
        } else {
          // Elementary.log1pUnit
          term = z;
          VectorMask<Float> upper = z.compare(GT, 0.5f);
          f = z.blend(z.fma(broadcast(FLOATS, 0.5f), broadcast(FLOATS, -0.5f)), upper);
          exponent = broadcast(FLOATS, 0).blend(1, upper);
        }
        FloatVector c = f.fma(broadcast(FLOATS, Elementary.P8), broadcast(FLOATS, Elementary.P7));
        c = c.fma(f, broadcast(FLOATS, Elementary.P6));
        c = c.fma(f, broadcast(FLOATS, Elementary.P5));
        c = c.fma(f, broadcast(FLOATS, Elementary.P4));
        c = c.fma(f, broadcast(FLOATS, Elementary.P3));
        c = c.fma(f, broadcast(FLOATS, Elementary.P2));
        c = c.fma(f, broadcast(FLOATS, Elementary.P1));
        c = c.fma(f, broadcast(FLOATS, Elementary.P0));
        c = c.fma(f, broadcast(FLOATS, -0.5f));
        FloatVector logarithm = f.mul(f).fma(c, exponent.fma(broadcast(FLOATS, Elementary.LN2_LOW), f));
        logarithm = exponent.fma(broadcast(FLOATS, Elementary.LN2_HIGH), logarithm);
        if (FORMULA == LOG_COSH) {
          // the term is above -1
          logarithm = logarithm.blend(term, term.add(1).compare(EQ, 1));
        }
        logarithm.intoArray(terms, BLOCK + i);
      }
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
      } else if (FORMULA == LOG_COSH) {
        FloatVector z = FloatVector.fromArray(FLOATS, terms, i), tangent = z.neg().div(z.add(2));
        FloatVector logarithm = FloatVector.fromArray(FLOATS, terms, BLOCK + i);
        loss = a.sub(ElementFormula.LN_2).add(logarithm).blend(logarithm.mul(-0.5f), a.compare(LT, 1));
        derivative = tangent.blend(tangent.neg(), e.compare(LT, 0));
      } else {
        // binary cross-entropy
        FloatVector z = FloatVector.fromArray(FLOATS, terms, i);
        FloatVector tail = FloatVector.fromArray(FLOATS, terms, BLOCK + i);
        FloatVector near = broadcast(FLOATS, 1).div(z.add(1)), far = z.mul(near), height = x.abs().add(tail);
        VectorMask<Float> negative = x.compare(LT, 0);
        FloatVector y = t.fma(broadcast(FLOATS, o1), broadcast(FLOATS, o2));
        FloatVector on = y.mul(o0), off = broadcast(FLOATS, 1).sub(y);
        loss = on.fma(tail.blend(height, negative), off.mul(height.blend(tail, negative)));
        derivative = off.fma(near.blend(far, negative), on.mul(far.blend(near, negative)).neg());
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
