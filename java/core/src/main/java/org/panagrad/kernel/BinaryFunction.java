package org.panagrad.kernel;

/**
 * Functions of two elements: the formulas of native/src/cpu/kernels/combine.c, operation by operation, numbered as in
 * panagrad.h.
 */
public enum BinaryFunction {
  /** {@code a + b}. */
  ADD {
    @Override
    float at(float a, float b) {
      return a + b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return dy;
    }

    @Override
    float byB(float a, float b, float dy) {
      return dy;
    }
  },
  /** {@code a - b}. */
  SUBTRACT {
    @Override
    float at(float a, float b) {
      return a - b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return dy;
    }

    @Override
    float byB(float a, float b, float dy) {
      return -dy;
    }
  },
  /** {@code a * b}. */
  MULTIPLY {
    @Override
    float at(float a, float b) {
      return a * b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return dy * b;
    }

    @Override
    float byB(float a, float b, float dy) {
      return dy * a;
    }
  },
  /** {@code a / b}; the gradient of b is {@code -((dy / b) * (a / b))}. */
  DIVIDE {
    @Override
    float at(float a, float b) {
      return a / b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return dy / b;
    }

    @Override
    float byB(float a, float b, float dy) {
      return -(dy / b * (a / b));
    }
  },
  /** {@code a > b ? a : b}; at a tie each has half of the gradient. */
  MAXIMUM {
    @Override
    float at(float a, float b) {
      return a > b ? a : b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return taken(a > b, a, b, dy);
    }

    @Override
    float byB(float a, float b, float dy) {
      return notTaken(a > b, a, b, dy);
    }
  },
  /** {@code a < b ? a : b}; at a tie each has half of the gradient. */
  MINIMUM {
    @Override
    float at(float a, float b) {
      return a < b ? a : b;
    }

    @Override
    float byA(float a, float b, float dy) {
      return taken(a < b, a, b, dy);
    }

    @Override
    float byB(float a, float b, float dy) {
      return notTaken(a < b, a, b, dy);
    }
  },
  /** {@code a < b ? 1 : 0}; both gradients are 0. */
  LESS {
    @Override
    float at(float a, float b) {
      return a < b ? 1 : 0;
    }

    @Override
    float byA(float a, float b, float dy) {
      return 0;
    }

    @Override
    float byB(float a, float b, float dy) {
      return 0;
    }
  };

  /** f(a, b). */
  abstract float at(float a, float b);

  /** dy * df/da. */
  abstract float byA(float a, float b, float dy);

  /** dy * df/db. */
  abstract float byB(float a, float b, float dy);

  /** The gradient of the operand that is taken under a condition. */
  private static float taken(boolean condition, float a, float b, float dy) {
    return condition ? dy : a == b ? 0.5f * dy : 0;
  }

  /** That of the other one, which is taken where nothing is known of both: where one is NaN. */
  private static float notTaken(boolean condition, float a, float b, float dy) {
    return condition ? 0 : a == b ? 0.5f * dy : dy;
  }
}
