package org.panagrad.kernel;

/**
 * exp and log of one float: the polynomials of native/src/cpu/elementary.h, operation by operation, so that the bits are
 * the same. Coefficients are minimax fits rounded to float.
 */
final class Elementary {
  static final float LOG2_E = 0x1.715476p+0f;
  static final float LN2_HIGH = 0x1.62e430p-1f;
  static final float LN2_LOW = -0x1.05c610p-29f;
  /** 1.5 * 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
  static final float ROUNDER = 0x1.8p+23f;
  /** Beyond these exp is infinity or 0. */
  static final float EXP_HIGH = 89.0f, EXP_LOW = -104.0f;
  /** Of q in e^r = 1 + r (1 + r q(r)), highest power first. */
  static final float E4 = 0x1.6a4b36p-10f, E3 = 0x1.12398ep-7f, E2 = 0x1.5558b2p-5f, E1 = 0x1.555492p-3f,
      E0 = 0x1.fffffcp-2f;
  /** Of q in ln(1 + f) = f + f^2 (f q(f) - 1/2), highest power first. */
  static final float L8 = 0x1.1484e8p-4f, L7 = -0x1.de1004p-4f, L6 = 0x1.e6c03ep-4f, L5 = -0x1.fc26acp-4f,
      L4 = 0x1.233b78p-3f, L3 = -0x1.555c4ep-3f, L2 = 0x1.99a478p-3f, L1 = -0x1.000006p-2f, L0 = 0x1.555548p-2f;
  /** The bits of sqrt(1/2), where the mantissa's range begins. */
  static final int SQRT_HALF = 0x3f3504f3;

  private Elementary() {
  }

  static float exp(float x) {
    x = EXP_HIGH < x ? EXP_HIGH : x;
    x = EXP_LOW > x ? EXP_LOW : x;
    float rounded = Math.fma(x, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    int i = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(ROUNDER);
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float q = Math.fma(E4, r, E3);
    q = Math.fma(q, r, E2);
    q = Math.fma(q, r, E1);
    q = Math.fma(q, r, E0);
    q = Math.fma(q, r, 1.0f);
    float p = Math.fma(q, r, 1.0f);
    // two factors, each a normal number: the first product is exact, the second rounds once
    int half = i >> 1;
    return p * powerOfTwo(half) * powerOfTwo(i - half);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  static float log(float x) {
    boolean denormal = x < Float.MIN_NORMAL;
    float normal = denormal ? x * 0x1p25f : x;
    int offset = Float.floatToRawIntBits(normal) - SQRT_HALF;
    float f = Float.intBitsToFloat((offset & 0x007fffff) + SQRT_HALF) - 1.0f;
    float exponent = (offset >> 23) - (denormal ? 25 : 0);
    float q = Math.fma(L8, f, L7);
    q = Math.fma(q, f, L6);
    q = Math.fma(q, f, L5);
    q = Math.fma(q, f, L4);
    q = Math.fma(q, f, L3);
    q = Math.fma(q, f, L2);
    q = Math.fma(q, f, L1);
    q = Math.fma(q, f, L0);
    q = Math.fma(q, f, -0.5f);
    float y = Math.fma(f * f, q, Math.fma(exponent, LN2_LOW, f));
    y = Math.fma(exponent, LN2_HIGH, y);
    if (x == Float.POSITIVE_INFINITY) {
      return x;
    }
    if (x < 0) {
      return Float.NaN;
    }
    return x == 0 ? Float.NEGATIVE_INFINITY : x != x ? x : y;
  }
}
