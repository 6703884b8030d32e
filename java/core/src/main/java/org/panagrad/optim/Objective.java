package org.panagrad.optim;

import org.jspecify.annotations.Nullable;

/**
 * A function of many numbers that is to be made small, with its gradient: a loss over the whole data, not of a batch.
 */
@FunctionalInterface
public interface Objective {
  /**
   * Value and gradient at a point. The same point must give the same value. Outside the region where the function is
   * defined the value is NaN or infinite.
   *
   * @param x        the point; not to be changed, nor kept
   * @param gradient of the point's length, overwritten with the gradient; null where only the value is wanted
   * @return the value
   */
  double evaluate(double[] x, double @Nullable [] gradient);
}
