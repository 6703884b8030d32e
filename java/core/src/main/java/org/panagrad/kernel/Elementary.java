package org.panagrad.kernel;

/**
 * exp, log and what is built like them or on them, of one float: native/src/cpu/elementary.h and derived.h, operation
 * by operation, so that the bits are the same. Coefficients are minimax fits rounded to float.
 */
final class Elementary {
  static final float LOG2_E = 0x1.715476p+0f;
  static final float LN2_HIGH = 0x1.62e430p-1f;
  static final float LN2_LOW = -0x1.05c610p-29f;
  /** 1.5 * 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
  static final float ROUNDER = 0x1.8p+23f;
  /** Beyond these exp is infinity or 0. */
  static final float EXP_HIGH = 89.0f, EXP_LOW = -104.0f;
  /** Below this expm1 is -1. */
  static final float EXPM1_LOW = -18.0f;
  /** Of q in e^r = 1 + r (1 + r q(r)), highest power first. */
  static final float E4 = 0x1.6a4b36p-10f, E3 = 0x1.12398ep-7f, E2 = 0x1.5558b2p-5f, E1 = 0x1.555492p-3f,
      E0 = 0x1.fffffcp-2f;
  /** Of q in ln(1 + f) = f + f^2 (f q(f) - 1/2), highest power first. */
  static final float L8 = 0x1.1484e8p-4f, L7 = -0x1.de1004p-4f, L6 = 0x1.e6c03ep-4f, L5 = -0x1.fc26acp-4f,
      L4 = 0x1.233b78p-3f, L3 = -0x1.555c4ep-3f, L2 = 0x1.99a478p-3f, L1 = -0x1.000006p-2f, L0 = 0x1.555548p-2f;
  /** The bits of sqrt(1/2), where the mantissa's range begins. */
  static final int SQRT_HALF = 0x3f3504f3;
  /** Of q in ln(1 + f) = f + f^2 (f q(f) - 1/2) between {@link #THREE_QUARTERS} and 3/2, highest power first. */
  static final float P8 = 0x1.34144cp-5f, P7 = -0x1.750272p-4f, P6 = 0x1.df1c4ap-4f, P5 = -0x1.04ad6ap-3f,
      P4 = 0x1.24638cp-3f, P3 = -0x1.5519d4p-3f, P2 = 0x1.999764p-3f, P1 = -0x1.00006ep-2f, P0 = 0x1.55555ap-2f;
  /** Of q in tanh x = x + x^3 q(x^2), highest power first. */
  static final float T4 = -0x1.750ce2p-8f, T3 = 0x1.51f8cep-6f, T2 = -0x1.b835a4p-5f, T1 = 0x1.1106f6p-3f,
      T0 = -0x1.555532p-2f;
  /** Of q in atan x = x + x^3 q(x^2), highest power first. */
  private static final float A8 = -0x1.d35952p-10f, A7 = 0x1.6424a0p-7f, A6 = -0x1.fd7e04p-6f, A5 = 0x1.da2a0cp-5f,
      A4 = -0x1.58091cp-4f, A3 = 0x1.c08c4ep-4f, A2 = -0x1.242086p-3f, A1 = 0x1.9991e4p-3f, A0 = -0x1.55553ep-2f;
  /** Of q in erf x = x + x q(x^2), highest power first. */
  static final float R6 = 0x1.4771fep-14f, R5 = -0x1.a3515ep-11f, R4 = 0x1.53f224p-8f, R3 = -0x1.b7f71ap-6f,
      R2 = 0x1.ce2ce6p-4f, R1 = -0x1.81273ep-2f, R0 = 0x1.06eba8p-3f;
  /** Of p in erf x = 1 - e^p(x), highest power first. */
  static final float F6 = 0x1.852636p-13f, F5 = -0x1.81493ap-9f, F4 = 0x1.6540a6p-6f, F3 = -0x1.a609e4p-4f,
      F2 = -0x1.46c596p-1f, F1 = -0x1.2085aep+0f, F0 = -0x1.72f306p-12f;
  private static final float HALF_PI = 0x1.921fb6p+0f;
  /** The bits of the first float above 3/4, where the mantissa's range begins in log1p. */
  static final int THREE_QUARTERS = 0x3f400001;

  private Elementary() {
  }

  static float exp(float x) {
    x = clamp(x);
    float n = quotient(x);
    return reduced(n, remainder(x, n));
  }

  /** e^(high + low), low being what high lacks: an ulp of it or so. */
  static float expSum(float high, float low) {
    float x = clamp(high);
    float n = quotient(x);
    return reduced(n, remainder(x, n) + (x == high ? low : 0));
  }

  /** e^(x y), whose error does not grow with the product's. */
  static float expProduct(float x, float y) {
    float high = x * y;
    return expSum(high, Math.fma(x, y, -high));
  }

  private static float clamp(float x) {
    x = EXP_HIGH < x ? EXP_HIGH : x;
    return EXP_LOW > x ? EXP_LOW : x;
  }

  /** 2^n e^r. */
  private static float reduced(float n, float r) {
    float q = Math.fma(expPolynomial(r), r, 1.0f);
    float p = Math.fma(q, r, 1.0f);
    int i = (int) n;
    // two factors, each a normal number: the first product is exact, the second rounds once
    int half = i >> 1;
    return p * powerOfTwo(half) * powerOfTwo(i - half);
  }

  /** round(x / ln 2). */
  private static float quotient(float x) {
    return Math.fma(x, LOG2_E, ROUNDER) - ROUNDER;
  }

  /** x - n ln 2. */
  private static float remainder(float x, float n) {
    return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
  }

  /** q in e^r = 1 + r (1 + r q(r)). */
  static float expPolynomial(float r) {
    float q = Math.fma(E4, r, E3);
    q = Math.fma(q, r, E2);
    q = Math.fma(q, r, E1);
    return Math.fma(q, r, E0);
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

  /** e^x - 1 = 2 (s w + (s r + (s - 1/2))) with s = 2^(n-1), e^r - 1 = r + w. */
  static float expm1(float x) {
    float y = EXP_HIGH < x ? EXP_HIGH : x;
    y = EXPM1_LOW > y ? EXPM1_LOW : y;
    float n = quotient(y);
    float r = remainder(y, n);
    float s = powerOfTwo((int) n - 1);
    float w = r * r * expPolynomial(r);
    y = Math.fma(s, w, Math.fma(s, r, s - 0.5f));
    return x + 1.0f == 1.0f ? x : y + y;
  }

  /** (1 - e^x) / 2 for x <= 0: half of expm1 with its sign turned, so that of -0 it is +0. */
  static float halfRise(float x) {
    float y = EXPM1_LOW > x ? EXPM1_LOW : x;
    float n = quotient(y);
    float r = remainder(y, n);
    float s = -powerOfTwo((int) n - 1);
    float w = r * r * expPolynomial(r);
    return Math.fma(s, w, Math.fma(s, r, 0.5f + s));
  }

  /** 1 + x = 2^e (1 + f), 3/4 < 1 + f <= 3/2, where f = 2^-e x + (2^-e - 1) is exact. */
  static float log1p(float x) {
    float u = x + 1.0f;
    int offset = Float.floatToRawIntBits(u) - THREE_QUARTERS;
    float s = Float.intBitsToFloat(Float.floatToRawIntBits(0x1p24f) - (offset & 0xff800000));
    float f = Math.fma(x * 0x1p-24f, s, Math.fma(s, 0x1p-24f, -1.0f));
    float y = log1pReduced(f, offset >> 23);
    if (x < -1.0f) {
      return Float.NaN;
    }
    return x == -1.0f ? Float.NEGATIVE_INFINITY : u == 1.0f ? x : y;
  }

  /** log1p of 0 <= x <= 1, where e is 0 or 1. */
  static float log1pUnit(float x) {
    boolean upper = 0.5f < x;
    return log1pReduced(upper ? Math.fma(x, 0.5f, -0.5f) : x, upper ? 1.0f : 0.0f);
  }

  /** e ln 2 + ln(1 + f). */
  private static float log1pReduced(float f, float e) {
    float q = Math.fma(P8, f, P7);
    q = Math.fma(q, f, P6);
    q = Math.fma(q, f, P5);
    q = Math.fma(q, f, P4);
    q = Math.fma(q, f, P3);
    q = Math.fma(q, f, P2);
    q = Math.fma(q, f, P1);
    q = Math.fma(q, f, P0);
    q = Math.fma(q, f, -0.5f);
    float y = Math.fma(f * f, q, Math.fma(e, LN2_LOW, f));
    return Math.fma(e, LN2_HIGH, y);
  }

  /** |x| < 5/8: a polynomial; else 1 - 2 / (e^(2|x|) + 1), and the sign of x. */
  static float tanh(float x) {
    float a = Math.abs(x);
    if (!(a < 0.625f)) {
      return Math.copySign(1.0f - 2.0f / (exp(a + a) + 1.0f), x);
    }
    float s = a * a;
    float q = Math.fma(T4, s, T3);
    q = Math.fma(q, s, T2);
    q = Math.fma(q, s, T1);
    q = Math.fma(q, s, T0);
    return Math.copySign(Math.fma(a * s, q, a), x);
  }

  /** With z = e^-|x|: 1 / (1 + z), or z / (1 + z) for a negative x. */
  static float sigmoid(float x) {
    float z = exp(0.0f - Math.abs(x));
    return (x < 0.0f ? z : 1.0f) / (z + 1.0f);
  }

  /** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
  static float softplus(float x) {
    float z = exp(0.0f - Math.abs(x));
    return (0.0f < x ? x : 0.0f) + log1pUnit(z);
  }

  /** |x| <= 1: a polynomial; else pi/2 less that of 1 / |x|; and the sign of x. */
  static float atan(float x) {
    float a = Math.abs(x);
    boolean inverse = 1.0f < a;
    float u = inverse ? 1.0f / a : a;
    float s = u * u;
    float q = Math.fma(A8, s, A7);
    q = Math.fma(q, s, A6);
    q = Math.fma(q, s, A5);
    q = Math.fma(q, s, A4);
    q = Math.fma(q, s, A3);
    q = Math.fma(q, s, A2);
    q = Math.fma(q, s, A1);
    q = Math.fma(q, s, A0);
    float y = Math.fma(u * s, q, u);
    return Math.copySign(inverse ? HALF_PI - y : y, x);
  }

  /** |x| < 1: x + x q(x^2); else 1 - e^p(|x|), 1 from 4 on; and the sign of x. */
  static float erf(float x) {
    float a = Math.abs(x);
    if (a < 1) {
      float s = a * a;
      float q = Math.fma(R6, s, R5);
      q = Math.fma(q, s, R4);
      q = Math.fma(q, s, R3);
      q = Math.fma(q, s, R2);
      q = Math.fma(q, s, R1);
      q = Math.fma(q, s, R0);
      return Math.copySign(Math.fma(a, q, a), x);
    }
    float c = 4 < a ? 4 : a;
    float p = Math.fma(F6, c, F5);
    p = Math.fma(p, c, F4);
    p = Math.fma(p, c, F3);
    p = Math.fma(p, c, F2);
    p = Math.fma(p, c, F1);
    p = Math.fma(p, c, F0);
    return Math.copySign(1 - exp(p), x);
  }
}
