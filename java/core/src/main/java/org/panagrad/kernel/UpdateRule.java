package org.panagrad.kernel;

import static java.lang.Math.fma;

import java.util.Locale;

/**
 * The update rules in canonical Java: the functions of native/src/cpu/kernels/optimizer.c and adafactor.c,
 * operation by operation. What
 * they mean, which states they have and which scalars they read stands in kernels.def; the optimizers make the scalars.
 */
public enum UpdateRule {
  /** {@code p -= rate g}. */
  SGD(0) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.parameter = fma(-s[0], e.gradient, e.parameter);
    }
  },
  /** {@code a = momentum a + fresh g; p -= rate a}. */
  MOMENTUM(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mix(s[1], e.a, s[2], e.gradient);
      e.parameter = fma(-s[0], e.a, e.parameter);
    }
  },
  /** The same with Nesterov's look ahead. */
  NESTEROV(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mix(s[1], e.a, s[2], e.gradient);
      e.parameter = fma(-s[0], mix(s[1], e.a, s[2], e.gradient), e.parameter);
    }
  },
  /** Duchi, Hazan and Singer 2011. */
  ADAGRAD(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = fma(e.gradient, e.gradient, e.a);
      e.parameter -= overRoot(s[0], e.gradient, e.a, s[1], s[2]);
    }
  },
  /** Zeiler 2012. */
  ADADELTA(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mixSquare(s[1], e.a, s[2], e.gradient);
      float change = root(e.b + s[3]) / root(e.a + s[3]) * e.gradient;
      e.b = mixSquare(s[1], e.b, s[2], change);
      e.parameter = fma(-s[0], change, e.parameter);
    }
  },
  /** Hinton 2012. */
  RMSPROP(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mixSquare(s[1], e.a, s[2], e.gradient);
      e.parameter -= overRoot(s[0], e.gradient, e.a, s[3], s[4]);
    }
  },
  /** The same with momentum. */
  RMSPROP_MOMENTUM(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mixSquare(s[1], e.a, s[2], e.gradient);
      e.b = fma(s[5], e.b, overRoot(s[0], e.gradient, e.a, s[3], s[4]));
      e.parameter = fma(-s[6], e.b, e.parameter);
    }
  },
  /** By the variance of the gradient (Graves 2013). */
  CENTERED_RMSPROP(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.parameter -= centered(e, s);
    }
  },
  /** The same with momentum. */
  CENTERED_RMSPROP_MOMENTUM(3) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.c = fma(s[5], e.c, centered(e, s));
      e.parameter = fma(-s[6], e.c, e.parameter);
    }
  },
  /** Kingma and Ba 2015. */
  ADAM(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      moments(e, s);
      e.parameter -= overMoment(s[0] * e.a, e.b, s);
    }
  },
  /** Reddi, Kale and Kumar 2018. */
  AMSGRAD(3) {
    @Override
    void step(Element e, float[] s, float ratio) {
      moments(e, s);
      e.c = e.c > e.b ? e.c : e.b;
      e.parameter -= overMoment(s[0] * e.a, e.c, s);
    }
  },
  /** Kingma and Ba 2015, by the greatest gradient. */
  ADAMAX(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mix(s[1], e.a, s[2], e.gradient);
      float old = s[3] * e.b, fresh = Math.abs(e.gradient) + s[4];
      e.b = old > fresh ? old : fresh;
      e.parameter -= s[0] * e.a / (e.b + s[5]);
    }
  },
  /** Adam with Nesterov's look ahead (Dozat 2016). */
  NADAM(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      moments(e, s);
      e.parameter -= overMoment(fma(s[7], e.a, s[0] * e.gradient), e.b, s);
    }
  },
  /** Chen and others 2023. */
  LION(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      float direction = mix(s[1], e.a, s[2], e.gradient);
      e.a = mix(s[3], e.a, s[4], e.gradient);
      e.parameter = fma(-s[0], sign(direction, 1), e.parameter);
    }
  },
  /** You and others 2020: the step of a tensor is as long as its norm says. */
  LAMB(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.parameter = fma(-ratio, lambDirection(e, s), e.parameter);
    }
  },
  /** McMahan and others 2013. */
  FTRL(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      float g = e.gradient, before = root(e.b);
      e.b = fma(g, g, e.b);
      float now = root(e.b), both = now + before, growth = both == 0 ? 0 : g * g / both, sigma = growth * s[0];
      e.a = fma(-sigma, e.parameter, e.a + g);
      float curvature = fma(s[1] + now, s[0], s[3]);
      e.parameter = Math.abs(e.a) <= s[2] ? 0 : (sign(e.a, s[2]) - e.a) / curvature;
    }
  },
  /** Shazeer and Stern 2018, of a vector; {@link OptimizerKernels#updateMatrix} has the form of matrices. */
  ADAFACTOR(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.a = mixSquare(s[0], e.a, s[1], e.gradient);
      byRoot(e, root(e.a), s, ratio);
    }
  },
  /** Reads alone: the squares of the gradient. */
  GRADIENT_SQUARES(0) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.direction = 0;
      e.parameter = 0;
    }
  },
  /** Reads alone: the squares of the gradient, of {@link #LAMB}'s direction and of the parameter. */
  LAMB_SQUARES(2) {
    @Override
    void step(Element e, float[] s, float ratio) {
      e.direction = lambDirection(e, s);
    }
  },
  /**
   * Reads alone: the squares of the gradient, of {@link #ADAFACTOR}'s direction and of the parameter before its decay.
   */
  ADAFACTOR_SQUARES(1) {
    @Override
    void step(Element e, float[] s, float ratio) {
      ADAFACTOR.step(e, s, ratio);
      e.parameter = e.old;
    }
  };

  /** Rules with as many states at most. */
  static final int STATES = 3;

  private final int states;

  UpdateRule(int states) {
    this.states = states;
  }

  /** An element of a tensor, as native code's lanes have it. */
  static final class Element {
    /** The parameter before its decay, and after it. */
    float old, parameter;
    float gradient, a, b, c;
    /** What a rule that only reads would have done. */
    float direction;
  }

  /**
   * How many arrays it keeps for each parameter.
   *
   * @return from 0 to 3
   */
  public int states() {
    return states;
  }

  /** Whether it is a pass that reads, and writes nothing but sums. */
  boolean reads() {
    return this == GRADIENT_SQUARES || this == LAMB_SQUARES || this == ADAFACTOR_SQUARES;
  }

  /** The registry's row. */
  String symbol() {
    return name().toLowerCase(Locale.ROOT) + "_f32";
  }

  /** One step of one element; s are the rule's scalars. */
  abstract void step(Element e, float[] s, float ratio);

  /** {@link #ADAFACTOR}'s step, from the root of an element's estimated square on; a NaN in that is kept. */
  static void byRoot(Element e, float root, float[] s, float ratio) {
    e.direction = e.gradient / (root < s[2] ? s[2] : root);
    e.parameter = fma(-ratio, e.direction, e.parameter);
  }

  static float root(float x) {
    return (float) Math.sqrt(x);
  }

  /** The sign of x at a given size; x itself where it is 0 or NaN. */
  static float sign(float x, float size) {
    return x < 0 ? -size : 0 < x ? size : x;
  }

  private static float mix(float share, float x, float fresh, float y) {
    return fma(share, x, fresh * y);
  }

  private static float mixSquare(float share, float x, float fresh, float y) {
    return fma(share, x, fresh * y * y);
  }

  private static float overRoot(float factor, float x, float square, float inner, float outer) {
    return factor * x / (root(square + inner) + outer);
  }

  /** The variance may come out below 0 of a constant gradient. */
  private static float centered(Element e, float[] s) {
    e.a = mixSquare(s[1], e.a, s[2], e.gradient);
    e.b = mix(s[1], e.b, s[2], e.gradient);
    float variance = fma(-e.b, e.b, e.a);
    return overRoot(s[0], e.gradient, variance < 0 ? 0 : variance, s[3], s[4]);
  }

  private static void moments(Element e, float[] s) {
    e.a = mix(s[1], e.a, s[2], e.gradient);
    e.b = mixSquare(s[3], e.b, s[4], e.gradient);
  }

  private static float overMoment(float x, float square, float[] s) {
    return x / fma(root(square), s[5], s[6]);
  }

  private static float lambDirection(Element e, float[] s) {
    moments(e, s);
    return fma(s[7], e.parameter, overMoment(s[0] * e.a, e.b, s));
  }
}
