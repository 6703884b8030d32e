package org.panagrad.kernel;

import static org.panagrad.kernel.Elementary.exp;
import static org.panagrad.kernel.Elementary.expProduct;

/**
 * Functions of one element with up to two numbers a and b: the formulas of native/src/cpu/kernels/map.c, operation by
 * operation, numbered as in panagrad.h. {@link MapKernels#map} computes them, {@link MapKernels#mapBackward} takes the
 * gradient through them.
 *
 * <p>A slope is that of the formula. At a kink it is what stands with the function; where it is infinite, its product
 * with a gradient of 0 is NaN. NaN propagates, but for slopes that choose by the sign of x and so take the second
 * branch.
 */
public enum UnaryFunction {
  /** {@code a x + b}, rounded once. */
  AFFINE {
    @Override
    float at(float x, float a, float b) {
      return Math.fma(a, x, b);
    }

    @Override
    float slope(float x, float y, float a) {
      return a;
    }
  },
  /** {@code |x|}; the slope at 0 is 0. */
  ABS {
    @Override
    float at(float x, float a, float b) {
      return Math.abs(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return 0 < x ? 1 : x < 0 ? -1 : x;
    }
  },
  /** {@code x^2}. */
  SQUARE {
    @Override
    float at(float x, float a, float b) {
      return x * x;
    }

    @Override
    float slope(float x, float y, float a) {
      return x + x;
    }
  },
  /** The root, correctly rounded; the slope {@code 1 / (2 y)} is infinite at 0, with the zero's sign. */
  SQRT {
    @Override
    float at(float x, float a, float b) {
      return ScalarKernels.squareRoot(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return 0.5f / y;
    }
  },
  /** {@code 1 / x}; the slope is {@code -y^2}. */
  RECIPROCAL {
    @Override
    float at(float x, float a, float b) {
      return 1 / x;
    }

    @Override
    float slope(float x, float y, float a) {
      return -(y * y);
    }
  },
  /** {@code e^x}, as {@link ElementaryKernels#exp}. */
  EXP {
    @Override
    float at(float x, float a, float b) {
      return exp(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return y;
    }
  },
  /** {@code ln x}, as {@link ElementaryKernels#log}; the slope is {@code 1 / x}, of a negative x too. */
  LOG {
    @Override
    float at(float x, float a, float b) {
      return Elementary.log(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return 1 / x;
    }
  },
  /** {@code ln(1 + x)}, as {@link ElementaryKernels#log1p}; the slope is {@code 1 / (1 + x)}, below -1 too. */
  LOG1P {
    @Override
    float at(float x, float a, float b) {
      return Elementary.log1p(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return 1 / (1 + x);
    }
  },
  /** As {@link ElementaryKernels#tanh}; the slope is {@code 1 - y^2}. */
  TANH {
    @Override
    float at(float x, float a, float b) {
      return Elementary.tanh(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return Math.fma(-y, y, 1);
    }
  },
  /** {@code 1 / (1 + e^-x)}, as {@link ElementaryKernels#sigmoid}; the slope is {@code y (1 - y)}. */
  SIGMOID {
    @Override
    float at(float x, float a, float b) {
      return Elementary.sigmoid(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return y * (1 - y);
    }
  },
  /** {@code ln(1 + e^x)}, as {@link ElementaryKernels#softplus}; the slope is sigmoid. */
  SOFTPLUS {
    @Override
    float at(float x, float a, float b) {
      return Elementary.softplus(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return Elementary.sigmoid(x);
    }
  },
  /** {@code x > 0 ? x : a x}; the slope at 0 is a. */
  LEAKY_RELU {
    @Override
    float at(float x, float a, float b) {
      return 0 < x ? x : a * x;
    }

    @Override
    float slope(float x, float y, float a) {
      return 0 < x ? 1 : a;
    }
  },
  /** {@code x > 0 ? x : a (e^x - 1)}; the slope at 0 is a. */
  ELU {
    @Override
    float at(float x, float a, float b) {
      return 0 < x ? x : a * Elementary.expm1(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return 0 < x ? 1 : a * exp(x);
    }
  },
  /**
   * {@code x / 2 (1 + erf(x / sqrt 2))}: x times the normal distribution. The sum cancels for a negative x: the error
   * is a share of |x|, not of y. Of minus infinity NaN.
   */
  GELU {
    @Override
    float at(float x, float a, float b) {
      return x * normal(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return Math.fma(x, DENSITY_AT_0 * expProduct(x, -0.5f * x), normal(x));
    }
  },
  /**
   * {@code x / 2 (1 + tanh u)}, {@code u = sqrt(2 / pi) (x + 0.044715 x^3)}, computed as {@code x sigmoid(2 u)}, where
   * nothing cancels. In the slope x beyond 16 counts as 16, where the slope is 0 or 1. Of minus infinity NaN.
   */
  GELU_TANH {
    @Override
    float at(float x, float a, float b) {
      return x * Elementary.sigmoid(inner(x));
    }

    @Override
    float slope(float x, float y, float a) {
      float c = 16 < x ? 16 : x;
      c = -16 > c ? -16 : c;
      float u = inner(c), s = small(u), l = large(u);
      float innerSlope = TWO_ROOTS * Math.fma(THREE_CUBIC, c * c, 1);
      return Math.fma(c * innerSlope, s * l, u < 0 ? s : l);
    }

    /** 2 u. */
    private float inner(float x) {
      return TWO_ROOTS * Math.fma(CUBIC * (x * x), x, x);
    }
  },
  /** {@code x sigmoid(x)}, also known as swish; NaN of minus infinity, its slope at both infinities. */
  SILU {
    @Override
    float at(float x, float a, float b) {
      return x * Elementary.sigmoid(x);
    }

    @Override
    float slope(float x, float y, float a) {
      float s = small(x), l = large(x);
      return x < 0 ? s * Math.fma(x, l, 1) : l * Math.fma(x, s, 1);
    }
  },
  /** The error function, within 1.5 ulp. */
  ERF {
    @Override
    float at(float x, float a, float b) {
      return Elementary.erf(x);
    }

    @Override
    float slope(float x, float y, float a) {
      return ERF_SLOPE_AT_0 * expProduct(x, -x);
    }
  },
  /**
   * {@code x^a}, within 2 ulp for |a| up to 30, 8 beyond; x^0 = 1, x^1 = x and x^2 = x x whatever x is. The other edges
   * are those of {@link StrictMath#pow}: of a negative x NaN unless a is whole, a whole a keeps the sign where it is
   * odd, 1 to an infinite power is NaN. The slope is {@code a x^(a - 1)} with the same edges, 0 for a = 0 and 1 for a =
   * 1.
   */
  POWER {
    @Override
    float at(float x, float a, float b) {
      return Power.of(x, a);
    }

    @Override
    float slope(float x, float y, float a) {
      return Power.slope(x, a);
    }
  };

  static final float ROOT_HALF = 0x1.6a09e6p-1f;
  private static final float DENSITY_AT_0 = 0x1.988454p-2f, ERF_SLOPE_AT_0 = 0x1.20dd76p+0f;
  /** Of the approximation by tanh: 2 sqrt(2 / pi), 0.044715, and three times that. */
  private static final float TWO_ROOTS = 0x1.988454p+0f, CUBIC = 0x1.6e4e26p-5f, THREE_CUBIC = 0x1.12ba9ep-3f;

  /** f(x). */
  abstract float at(float x, float a, float b);

  /** f'(x), y being f(x). */
  abstract float slope(float x, float y, float a);

  /** (1 + erf(x / sqrt 2)) / 2. */
  private static float normal(float x) {
    return Math.fma(0.5f, Elementary.erf(x * ROOT_HALF), 0.5f);
  }

  /** sigmoid(|x|). */
  private static float large(float x) {
    return 1 / (exp(0 - Math.abs(x)) + 1);
  }

  /** sigmoid(-|x|). */
  private static float small(float x) {
    return exp(0 - Math.abs(x)) * large(x);
  }
}
