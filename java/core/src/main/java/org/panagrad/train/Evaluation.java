package org.panagrad.train;

import java.util.List;

/**
 * Figures over a dataset.
 *
 * @param loss    mean over samples
 * @param metrics of all samples, in the order given to compile
 */
public record Evaluation(double loss, List<Double> metrics) {
  /** Copies the list. */
  public Evaluation {
    metrics = List.copyOf(metrics);
  }
}
