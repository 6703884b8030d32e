package org.panagrad.loss;

/** What the parts of a loss came to: names and values, before weights. Overwritten by each evaluation. */
public final class LossParts {
  private String[] names = new String[0];
  private double[] values = new double[0];
  private int size;

  LossParts() {
  }

  /** Forgets what was there. */
  void begin(int parts) {
    if (names.length < parts) {
      names = new String[parts];
      values = new double[parts];
    }
    size = 0;
  }

  void add(String name, double value) {
    names[size] = name;
    values[size++] = value;
  }

  /**
   * Parts of the last evaluation.
   *
   * @return their number; 0 where a loss has none
   */
  public int size() {
    return size;
  }

  /**
   * A part's name.
   *
   * @param part from 0
   * @return as it was given
   * @throws IndexOutOfBoundsException if there is none
   */
  public String name(int part) {
    return names[within(part)];
  }

  /**
   * A part's value.
   *
   * @param part from 0
   * @return reduced, not weighted
   * @throws IndexOutOfBoundsException if there is none
   */
  public double value(int part) {
    return values[within(part)];
  }

  /**
   * A part's value.
   *
   * @param name of the part
   * @return reduced, not weighted
   * @throws IllegalArgumentException if there is none of that name
   */
  public double value(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    throw new IllegalArgumentException("there is no part " + name + " in " + this);
  }

  private int within(int part) {
    if (part < 0 || part >= size) {
      throw new IndexOutOfBoundsException("part " + part + " of " + size);
    }
    return part;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ", ").append(names[i]).append(' ').append(values[i]);
    }
    return text.append(']').toString();
  }
}
