package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Elementary} on vectors, operation by operation. These methods must inline into the loops, so they stay below
 * C2's limit of 325 bytes of bytecode.
 */
final class VectorElementary {
  /** Lanes: 16 or 8, else the backend is not supported. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final int L = FLOATS.length();
  private static final int ONE = Float.floatToRawIntBits(1.0f);

  private VectorElementary() {
  }

  private static FloatVector all(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  static FloatVector exp(FloatVector x) {
    x = x.blend(Elementary.EXP_HIGH, x.compare(GT, Elementary.EXP_HIGH));
    x = x.blend(Elementary.EXP_LOW, x.compare(LT, Elementary.EXP_LOW));
    FloatVector rounded = x.fma(all(Elementary.LOG2_E), all(Elementary.ROUNDER));
    FloatVector n = rounded.sub(Elementary.ROUNDER);
    FloatVector r = n.fma(all(-Elementary.LN2_HIGH), x);
    r = n.fma(all(-Elementary.LN2_LOW), r);
    FloatVector q = r.fma(all(Elementary.E4), all(Elementary.E3));
    q = q.fma(r, all(Elementary.E2));
    q = q.fma(r, all(Elementary.E1));
    q = q.fma(r, all(Elementary.E0));
    q = q.fma(r, all(1.0f));
    FloatVector p = q.fma(r, all(1.0f));
    // the low 9 bits of the rounder are 0, and so are those of its half: what the shift to the exponent leaves is the
    // integer and its half, without subtracting the rounder first
    IntVector i = rounded.reinterpretAsInts();
    IntVector half = i.lanewise(LSHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(i.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.lanewise(LSHL, 23).add(ONE).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> denormal = x.compare(LT, Float.MIN_NORMAL);
    FloatVector normal = x.blend(x.mul(0x1p25f), denormal);
    IntVector offset = normal.reinterpretAsInts().sub(Elementary.SQRT_HALF);
    FloatVector f = offset.and(0x007fffff).add(Elementary.SQRT_HALF).reinterpretAsFloats().sub(1.0f);
    IntVector e = offset.lanewise(ASHR, 23);
    FloatVector exponent = (FloatVector) e.blend(e.sub(25), denormal.cast(INTS)).convert(I2F, 0);
    FloatVector y = f.mul(f).fma(logPolynomial(f), exponent.fma(all(Elementary.LN2_LOW), f));
    y = exponent.fma(all(Elementary.LN2_HIGH), y);
    y = y.blend(x, x.compare(EQ, Float.POSITIVE_INFINITY));
    y = y.blend(Float.NaN, x.compare(LT, 0));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0));
    return y.blend(x, x.compare(NE, x));
  }

  private static FloatVector logPolynomial(FloatVector f) {
    FloatVector q = f.fma(all(Elementary.L8), all(Elementary.L7));
    q = q.fma(f, all(Elementary.L6));
    q = q.fma(f, all(Elementary.L5));
    q = q.fma(f, all(Elementary.L4));
    q = q.fma(f, all(Elementary.L3));
    q = q.fma(f, all(Elementary.L2));
    q = q.fma(f, all(Elementary.L1));
    q = q.fma(f, all(Elementary.L0));
    return q.fma(f, all(-0.5f));
  }
}
