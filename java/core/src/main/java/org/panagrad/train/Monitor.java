package org.panagrad.train;

import java.util.List;

/**
 * A figure of each epoch that listeners go by.
 *
 * @param name       "loss", or a metric's name
 * @param validation whether that of the validation data, else of the training
 * @param greater    whether great values are better
 */
public record Monitor(String name, boolean validation, boolean greater) {
  private static final String LOSS = "loss";

  /**
   * The loss of the validation data.
   *
   * @return the monitor
   */
  public static Monitor validationLoss() {
    return new Monitor(LOSS, true, false);
  }

  /**
   * The loss of the training.
   *
   * @return the monitor
   */
  public static Monitor trainingLoss() {
    return new Monitor(LOSS, false, false);
  }

  /**
   * A metric of the validation data whose great values are better.
   *
   * @param name as {@link Model#metricNames} has it
   * @return the monitor
   */
  public static Monitor greatest(String name) {
    return new Monitor(name, true, true);
  }

  /**
   * A metric of the validation data whose small values are better.
   *
   * @param name as {@link Model#metricNames} has it
   * @return the monitor
   */
  public static Monitor least(String name) {
    return new Monitor(name, true, false);
  }

  /** Fails where a model has no such metric. */
  void require(List<String> metricNames) {
    if (!name.equals(LOSS) && !metricNames.contains(name)) {
      throw new IllegalArgumentException("there is no metric " + name + " to go by: there are " + metricNames);
    }
  }

  /** The figure. */
  double of(History.Epoch epoch, List<String> metricNames) {
    Evaluation evaluation = validation ? epoch.validation() : epoch.training();
    if (evaluation == null) {
      throw new IllegalStateException("there is no validation data whose " + name + " could be gone by: add some with"
          + " Fit.validation or validationSplit, or go by the training");
    }
    return name.equals(LOSS) ? evaluation.loss() : evaluation.metrics().get(metricNames.indexOf(name));
  }

  /** Whether a value is better than another by more than a margin; NaN never is. */
  boolean isBetter(double value, double than, double margin) {
    return greater ? value > than + margin : value < than - margin;
  }

  /** What every value is better than. */
  double worst() {
    return greater ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
