package org.panagrad.loss;

import org.panagrad.kernel.Reduction;

/** Checks of a loss's options: a wrong one is refused by name and value. */
final class Ranges {
  private Ranges() {
  }

  static void finite(String name, double value) {
    if (!(Math.abs(value) <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be finite (as a float)");
    }
  }

  static void notNegative(String name, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 0 and finite (as a float)");
    }
  }

  static void positive(String name, double value) {
    if (!((float) value > 0 && value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be positive and finite (as a float)");
    }
  }

  /** What has one value for the batch has nothing to keep apart or to add up. */
  static void reduces(boolean perSample, Reduction reduction) {
    if (!perSample && !reduction.divides()) {
      throw new IllegalArgumentException(
          "reduction is " + reduction
              + ": there is one value for the whole batch; it must be MEAN or SUM_OVER_BATCH_SIZE");
    }
  }

  static void within(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be from " + low + " to " + high);
    }
  }
}
