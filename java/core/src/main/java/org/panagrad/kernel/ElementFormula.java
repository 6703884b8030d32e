package org.panagrad.kernel;

import static org.panagrad.kernel.Elementary.exp;
import static org.panagrad.kernel.Elementary.expm1;
import static org.panagrad.kernel.Elementary.halfRise;
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
      float rise = halfRise(-2 * a), tangent = rise / (1 - rise);
      return pair(a < 1 ? logCoshNear(a) : logCoshFar(a, Math.fma(-2, rise, 1)), e < 0 ? -tangent : tangent);
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
      float z = exp(-Math.abs(x)), near = 1 / (1 + z), far = z * near, tail = log1pUnit(z);
      float against = x < 0 ? t : 1 - t, along = x < 0 ? 1 - t : t;
      float entropy = Math.fma(against, Math.abs(x) + tail, along * tail);
      float slope = Math.fma(against, near, -(along * far)), balance = Math.fma(t, o[1], o[2]);
      if (o[0] == 0) {
        return pair(balance * entropy, withSide(x, balance * slope));
      }
      // q^gamma and q^(gamma - 1); the small exponents that people take need no power
      float missed = Math.fma(against, near, along * far), weight, power;
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
      float change = (against - along) * (near * far) * power;
      float derivative = balance * Math.fma(weight, slope, o[0] * change * entropy);
      return pair(balance * (weight * entropy), withSide(x, derivative));
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
  /** Of q in ln cosh a = a^2 q(a^2), highest power first; the last one is 1/2. */
  static final float NEAR_6 = 0x1.7088e6p-14f, NEAR_5 = -0x1.25d030p-11f, NEAR_4 = 0x1.10f5d2p-9f,
      NEAR_3 = -0x1.b7f9d8p-8f, NEAR_2 = 0x1.6c02bcp-6f, NEAR_1 = -0x1.555516p-4f;
  /** Of q in ln(1 + z) = z q(z) for 0 <= z <= e^-2, highest power first. */
  static final float FAR_4 = 0x1.2b292cp-3f, FAR_3 = -0x1.f0e466p-3f, FAR_2 = 0x1.54d988p-2f, FAR_1 = -0x1.fffc86p-2f,
      FAR_0 = 0x1.fffffcp-1f;
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

  /** ln cosh a = a^2 q(a^2) for 0 <= a <= 1. */
  private static float logCoshNear(float a) {
    float s = a * a;
    float q = Math.fma(NEAR_6, s, NEAR_5);
    q = Math.fma(q, s, NEAR_4);
    q = Math.fma(q, s, NEAR_3);
    q = Math.fma(q, s, NEAR_2);
    q = Math.fma(q, s, NEAR_1);
    return s * Math.fma(q, s, 0.5f);
  }

  /** ln cosh a = a - ln 2 + z q(z), z = e^-2a, for a >= 1. */
  private static float logCoshFar(float a, float z) {
    float q = Math.fma(FAR_4, z, FAR_3);
    q = Math.fma(q, z, FAR_2);
    q = Math.fma(q, z, FAR_1);
    q = Math.fma(q, z, FAR_0);
    return Math.fma(q, z, a - LN_2);
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
    float z = exp(-Math.abs(x)), near = 1 / (1 + z), far = z * near, tail = log1pUnit(z);
    float y = Math.fma(t, o[1], o[2]), onto = posWeight * y, off = 1 - y;
    // weights of the sides that x speaks against and for
    float against = x < 0 ? onto : off, along = x < 0 ? off : onto;
    return pair(Math.fma(against, Math.abs(x) + tail, along * tail),
        withSide(x, Math.fma(against, near, -(along * far))));
  }

  /** Turned for a negative x. */
  private static float withSide(float x, float derivative) {
    return x < 0 ? -derivative : derivative;
  }

  private static float violation(float x, float t, float margin) {
    float v = margin - t * x;
    return v <= 0 ? 0 : v;
  }
}
