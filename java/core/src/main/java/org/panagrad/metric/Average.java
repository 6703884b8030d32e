package org.panagrad.metric;

/** How a figure of each class becomes one of all. */
public enum Average {
  /**
   * From the counts of all classes together; of precision, recall and F that is the accuracy, where each row has a
   * class.
   */
  MICRO,
  /** The mean over the classes that occur, as a label or as a prediction. */
  MACRO,
  /** The mean over the classes, each weighted by its labels. */
  WEIGHTED
}
