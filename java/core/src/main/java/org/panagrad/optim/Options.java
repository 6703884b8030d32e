package org.panagrad.optim;

/** Checks of an optimizer's options: a wrong one is refused by name and value. */
final class Options {
  private Options() {
  }

  static void positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be positive and finite");
    }
  }

  static void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 0 and finite");
    }
  }

  static void notPositive(String name, double value) {
    if (!(value <= 0 && value > Double.NEGATIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at most 0 and finite");
    }
  }

  static void atLeast(String name, double least, double value) {
    if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least " + least + " and finite");
    }
  }

  static void share(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 0 and less than 1");
    }
  }

  static void limit(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be positive; infinity is no limit");
    }
  }
}
