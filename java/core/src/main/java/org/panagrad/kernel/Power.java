package org.panagrad.kernel;

/**
 * Powers, of one float: native/src/cpu/power.h, operation by operation. The logarithm and its product with the exponent
 * are sums of two floats.
 */
final class Power {
  /** Of q in ln m = 2 s + s^3 q(s^2), s = (m - 1) / (m + 1), highest power first. */
  private static final float Q3 = 0x1.ed7d6cp-3f, Q2 = 0x1.23e9a6p-2f, Q1 = 0x1.999beap-2f, Q0 = 0x1.555554p-1f;
  /** ln 2 in two floats, of which the first times an exponent is exact. */
  private static final float LN2_FEW = 0x1.62e4p-1f, LN2_REST = 0x1.7f7d1cp-20f;

  private Power() {
  }

  /** x^a. */
  static float of(float x, float a) {
    if (a == 0) {
      return 1;
    }
    return a == 1 ? x : a == 2 ? x * x : sum(x, a, a, 0, isOdd(a));
  }

  /** a x^(a - 1). */
  static float slope(float x, float a) {
    if (a == 0) {
      return 0;
    }
    if (a == 1 || a == 2) {
      return a == 1 ? 1 : x + x;
    }
    float high = a - 1, back = high - a;
    return a * sum(x, a, high, a - (high - back) + (-1 - back), !isOdd(a));
  }

  /** What is beyond 2^24 is even. */
  private static boolean isOdd(float a) {
    return Math.abs(a) < 0x1p24f && ((int) a & 1) != 0;
  }

  private static boolean isWhole(float a) {
    return !(Math.abs(a) < 0x1p24f) || (int) a == a;
  }

  /** x^(high + low), where a says whether a negative x has a power, and odd of which sign. */
  private static float sum(float x, float a, float high, float low, boolean odd) {
    float size = Math.abs(x);
    boolean denormal = size < Float.MIN_NORMAL;
    int offset = Float.floatToRawIntBits(denormal ? size * 0x1p25f : size) - Elementary.SQRT_HALF;
    float e = (offset >> 23) - (denormal ? 25 : 0);
    float m = Float.intBitsToFloat((offset & 0x007fffff) + Elementary.SQRT_HALF);
    float f = m - 1, u = m + 1, uLow = m - (u - 1);
    float inverse = 1 / u, s = f * inverse;
    float sLow = Math.fma(-s, uLow, Math.fma(-s, u, f)) * inverse;
    float z = s * s;
    float q = Math.fma(Q3, z, Q2);
    q = Math.fma(q, z, Q1);
    q = Math.fma(q, z, Q0);
    float rest = Math.fma(sLow, 2, z * s * q);
    rest = Math.fma(e, LN2_REST, rest);
    float large = e * LN2_FEW, twice = s + s;
    float first = large + twice, second = twice - (first - large) + rest;
    float sum = first + second;
    float logarithm = size == 0 ? Float.NEGATIVE_INFINITY : size < Float.POSITIVE_INFINITY ? sum : size;
    float logarithmLow = second - (sum - first);
    float product = high * logarithm;
    float productLow = Math.fma(high, logarithmLow, Math.fma(high, logarithm, -product));
    float y = Elementary.expSum(product, Math.fma(low, logarithm, productLow));
    if (x < 0 && x != Float.NEGATIVE_INFINITY && !isWhole(a)) {
      return Float.NaN;
    }
    boolean negative = odd && Float.floatToRawIntBits(x) < 0 && isWhole(a);
    return negative ? -y : y;
  }
}
