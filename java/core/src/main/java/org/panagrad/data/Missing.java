package org.panagrad.data;

/** What a reader of tables does where a value is missing. */
public enum Missing {
  /** Refuses the file, and names line and column. */
  REFUSE,
  /** Leaves the row out. */
  DROP,
  /**
   * Keeps the gap: {@link Standardize} fills a number's by the training mean; a category's has all its indicators 0.
   */
  KEEP
}
