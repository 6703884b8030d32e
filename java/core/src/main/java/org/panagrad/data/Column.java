package org.panagrad.data;

/**
 * What a dataset holds of each sample under one name.
 *
 * @param name     unique in its dataset
 * @param role     what it is for
 * @param isInt    whether its elements are ints, else floats
 * @param elements of a sample, at least 1
 * @param classes  of labels and tokens, which are 0 to this, exclusive; 0 for numbers
 */
public record Column(String name, Role role, boolean isInt, int elements, int classes) {

  /** What a column is for. */
  public enum Role {
    /** The network reads it. */
    INPUT,
    /** The loss and the metrics read it. */
    TARGET,
    /** A weight of the sample in the loss. */
    WEIGHT
  }

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if elements is less than 1, classes negative, or the name blank
   */
  public Column {
    if (elements < 1 || classes < 0 || name.isBlank()) {
      throw new IllegalArgumentException("column \"" + name + "\" with " + elements + " elements and " + classes
          + " classes: it needs a name, at least 1 element, and no negative number of classes");
    }
  }

  /**
   * Numbers that the network reads.
   *
   * @param name     as "features"
   * @param elements of a sample
   * @return the column
   */
  public static Column input(String name, int elements) {
    return new Column(name, Role.INPUT, false, elements, 0);
  }

  /**
   * Whole numbers that the network reads: words for an embedding, or lengths.
   *
   * @param name     as "tokens"
   * @param elements of a sample
   * @param classes  they are 0 to this, exclusive
   * @return the column
   */
  public static Column tokens(String name, int elements, int classes) {
    return new Column(name, Role.INPUT, true, elements, classes);
  }

  /**
   * Numbers to be predicted.
   *
   * @param name     as "price"
   * @param elements of a sample
   * @return the column
   */
  public static Column numbers(String name, int elements) {
    return new Column(name, Role.TARGET, false, elements, 0);
  }

  /**
   * Labels to be predicted.
   *
   * @param name     as "label"
   * @param elements of a sample: 1, or one for each time step
   * @param classes  they are 0 to this, exclusive
   * @return the column
   */
  public static Column labels(String name, int elements, int classes) {
    return new Column(name, Role.TARGET, true, elements, classes);
  }

  /**
   * The weight of each sample.
   *
   * @param name as "weight"
   * @return the column
   */
  public static Column weight(String name) {
    return new Column(name, Role.WEIGHT, false, 1, 0);
  }

  @Override
  public String toString() {
    return name + " (" + elements + (isInt ? " ints" : " floats") + (classes > 0 ? " below " + classes : "") + ")";
  }
}
