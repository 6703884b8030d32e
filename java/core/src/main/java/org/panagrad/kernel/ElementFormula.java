package org.panagrad.kernel;

import static org.panagrad.kernel.Elementary.exp;
import static org.panagrad.kernel.Elementary.expm1;
import static org.panagrad.kernel.Elementary.log;
import static org.panagrad.kernel.Elementary.log1p;
import static org.panagrad.kernel.Elementary.log1pUnit;

/**
 * The elementwise losses in canonical Java: the functions of native/src/cpu/kernels/loss.c, operation by operation.
 * Formulas and options stand in kernels.def; {@link ElementLoss} makes the options.
 */
enum ElementFormula {
  MEAN_SQUARED_ERROR {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t;
      return pair(e * e, e + e);
    }
  },
  MEAN_ABSOLUTE_ERROR {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t;
      return pair(Math.abs(e), sign(e));
    }
  },
  HUBER {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t, a = Math.abs(e), delta = o[0];
      return a <= delta ? pair(0.5f * e * e, e) : pair(delta * (a - 0.5f * delta), delta * sign(e));
    }
  },
  SMOOTH_L1 {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t, a = Math.abs(e), slope = e * o[1];
      return a < o[0] ? pair(0.5f * e * slope, slope) : pair(a - 0.5f * o[0], sign(e));
    }
  },
  LOG_COSH {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t, a = Math.abs(e);
      float m = expm1(-2 * a); // e^-2a - 1
      float tangent = -m / (2 + m);
      float loss = a < 1 ? -0.5f * log1p(-(tangent * tangent)) : a - LN_2 + log1p(1 + m);
      return pair(loss, e < 0 ? -tangent : tangent);
    }
  },
  QUANTILE {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t, slope = 0 < e ? o[1] : -o[0];
      return pair(slope * e, 0 < e || e < 0 ? slope : e);
    }
  },
  MEAN_SQUARED_LOGARITHMIC_ERROR {
    @Override
    long at(float x, float t, float[] o) {
      float e = log1p(x) - log1p(t);
      return pair(e * e, (e + e) / (1 + x));
    }
  },
  MEAN_ABSOLUTE_PERCENTAGE_ERROR {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t, size = Math.abs(t), factor = 100 / (o[0] < size ? size : o[0]);
      return pair(Math.abs(e) * factor, sign(e) * factor);
    }
  },
  POISSON_NLL {
    @Override
    long at(float x, float t, float[] o) {
      float loss, derivative;
      if (o[0] != 0) {
        float mean = exp(x);
        loss = mean - t * x;
        derivative = mean - t;
      } else {
        float mean = x + o[2];
        loss = x - t * log(mean);
        derivative = 1 - t / mean;
      }
      return pair(o[1] != 0 ? loss + stirling(t) : loss, derivative);
    }
  },
  GENERAL_ROBUST {
    @Override
    long at(float x, float t, float[] o) {
      float u = (x - t) * o[1], z = u * u, half = 0.5f * z, slope = u * o[1];
      switch ((int) o[0]) {
        case 1 :
          return pair(half, slope);
        case 2 :
          return pair(log1p(half), slope / (1 + half));
        case 3 :
          return pair(-expm1(-half), slope * exp(-half));
        default :
          float logarithm = log1p(z * o[2]);
          return pair(o[3] * expm1(o[4] * logarithm), slope * exp(o[5] * logarithm));
      }
    }
  },
  BINARY_CROSS_ENTROPY_LOGITS {
    @Override
    long at(float x, float t, float[] o) {
      return crossEntropy(x, t, o[0], o);
    }
  },
  BINARY_CROSS_ENTROPY_POS_WEIGHTS {
    @Override
    long at(float x, float t, float[] o) {
      throw new UnsupportedOperationException("a loss of columns asks where the element is");
    }

    @Override
    long at(float x, float t, float[] o, long i) {
      return crossEntropy(x, t, o[ElementLoss.OPTIONS + (int) (i % (o.length - ElementLoss.OPTIONS))], o);
    }
  },
  BINARY_CROSS_ENTROPY {
    @Override
    long at(float x, float t, float[] o) {
      float y = Math.fma(t, o[1], o[2]), rest = 1 - y, hit = log(x), miss = log1p(-x), spread = x * (1 - x);
      hit = hit < -100 ? -100 : hit;
      miss = miss < -100 ? -100 : miss;
      spread = spread < 1e-12f ? 1e-12f : spread;
      return pair(-Math.fma(y, hit, rest * miss), (x - y) / spread);
    }
  },
  FOCAL {
    @Override
    long at(float x, float t, float[] o) {
      float z = exp(-Math.abs(x)), near = 1 / (1 + z), far = z * near, tail = log1pUnit(z), height = Math.abs(x) + tail;
      float on = x < 0 ? far : near, off = x < 0 ? near : far;
      float rest = 1 - t, entropy = Math.fma(t, x < 0 ? height : tail, rest * (x < 0 ? tail : height));
      float slope = Math.fma(rest, on, -(t * off)), balance = Math.fma(t, o[1], o[2]);
      if (o[0] == 0) {
        return pair(balance * entropy, balance * slope);
      }
      // q^gamma and q^(gamma - 1); the small exponents that people take need no power
      float missed = Math.fma(t, off, rest * on), weight, power;
      if (o[0] == 1) {
        weight = missed;
        power = 1;
      } else if (o[0] == 2) {
        weight = missed * missed;
        power = missed;
      } else {
        weight = exp(o[0] * log(missed));
        power = missed == 0 ? 0 : weight / missed;
      }
      float change = (rest - t) * (on * off) * power;
      return pair(balance * (weight * entropy), balance * Math.fma(weight, slope, o[0] * change * entropy));
    }
  },
  HINGE {
    @Override
    long at(float x, float t, float[] o) {
      float v = violation(x, t, o[0]);
      return pair(v, v == 0 ? 0 : -t);
    }
  },
  SQUARED_HINGE {
    @Override
    long at(float x, float t, float[] o) {
      float v = violation(x, t, o[0]);
      return pair(v * v, -2 * t * v);
    }
  },
  LEAST_SQUARES {
    @Override
    long at(float x, float t, float[] o) {
      float e = x - t;
      return pair(0.5f * e * e, e);
    }
  },
  WASSERSTEIN {
    @Override
    long at(float x, float t, float[] o) {
      return pair(-t * x, -t);
    }
  },
  KULLBACK_LEIBLER {
    @Override
    long at(float x, float t, float[] o) {
      float p = o[0] != 0 ? exp(t) : t, logarithm = o[0] != 0 ? t : log(t);
      return pair(p == 0 ? 0 : p * (logarithm - x), -p);
    }
  };

  static final float LN_2 = 0x1.62e430p-1f;
  private static final float LN_2_PI = 0x1.d67f1cp+0f;

  /** Loss and derivative of one element, packed so that no object is made. */
  abstract long at(float x, float t, float[] o);

  /** The same of element i, for losses that ask where it is. */
  long at(float x, float t, float[] o, long i) {
    return at(x, t, o);
  }

  /** The row of the registry. */
  String symbol() {
    return name().toLowerCase(java.util.Locale.ROOT) + "_f32";
  }

  private static long pair(float loss, float derivative) {
    return (long) Float.floatToRawIntBits(loss) << 32 | Float.floatToRawIntBits(derivative) & 0xffffffffL;
  }

  static float loss(long pair) {
    return Float.intBitsToFloat((int) (pair >> 32));
  }

  static float derivative(long pair) {
    return Float.intBitsToFloat((int) pair);
  }

  /** 1, -1, or e itself where it is 0 or NaN. */
  private static float sign(float e) {
    return 0 < e ? 1 : e < 0 ? -1 : e;
  }

  /** Stirling's approximation of ln t!, for t > 1. */
  private static float stirling(float t) {
    float logarithm = log(t);
    return 1 < t ? Math.fma(t, logarithm, -t) + 0.5f * (logarithm + LN_2_PI) : 0;
  }

  private static long crossEntropy(float x, float t, float posWeight, float[] o) {
    float z = exp(-Math.abs(x)), near = 1 / (1 + z), far = z * near, tail = log1pUnit(z), height = Math.abs(x) + tail;
    float y = Math.fma(t, o[1], o[2]), positive = posWeight * y, negative = 1 - y;
    return x < 0
        ? pair(Math.fma(positive, height, negative * tail), Math.fma(negative, far, -(positive * near)))
        : pair(Math.fma(positive, tail, negative * height), Math.fma(negative, near, -(positive * far)));
  }

  private static float violation(float x, float t, float margin) {
    float v = margin - t * x;
    return v <= 0 ? 0 : v;
  }
}
