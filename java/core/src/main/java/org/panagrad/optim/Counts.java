package org.panagrad.optim;

import java.util.List;

/** Checks of whole numbers: a wrong one is refused by name and value. */
final class Counts {
  private Counts() {
  }

  static long positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1");
    }
    return value;
  }

  static int positive(String name, int value) {
    return (int) positive(name, (long) value);
  }

  static void notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 0");
    }
  }

  static void ascending(String name, List<Long> values) {
    long last = 0;
    for (long value : values) {
      if (value <= last) {
        throw new IllegalArgumentException(name + " are " + values + ": they must ascend, from 1 or more");
      }
      last = value;
    }
  }
}
