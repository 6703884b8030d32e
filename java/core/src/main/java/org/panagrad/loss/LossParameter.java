package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import org.panagrad.graph.Graph;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;

/**
 * Numbers that a loss learns along with the model, as the shape or the scale of an error ({@link Losses#custom}). This
 * is a name and initial values only, which never change: the numbers themselves, and their gradient, are a
 * {@link LossCall}'s, where they can be read and written, or a model's, which updates, saves and loads them with its
 * own. So one loss may be learned in several places at once. Two are the same only if they are one object.
 */
public final class LossParameter {
  private final String name;
  private final float[] initial;

  private LossParameter(String name, float[] initial) {
    this.name = name;
    this.initial = initial;
  }

  /**
   * A parameter.
   *
   * @param name    unique in its loss
   * @param initial one number, or one for each column of what it meets
   * @return the parameter
   * @throws IllegalArgumentException if the name is blank, or there is no number, or one is not finite as a float
   */
  public static LossParameter of(String name, double... initial) {
    if (name.isBlank() || initial.length == 0) {
      throw new IllegalArgumentException("parameter \"" + name + "\" with " + initial.length
          + " initial values: it needs a name and at least one");
    }
    float[] values = new float[initial.length];
    for (int i = 0; i < values.length; i++) {
      Ranges.finite(name + "[" + i + "]", initial[i]);
      values[i] = (float) initial[i];
    }
    return new LossParameter(name, values);
  }

  /**
   * The name.
   *
   * @return unique in its loss
   */
  public String name() {
    return name;
  }

  /**
   * How many numbers it has.
   *
   * @return at least 1
   */
  public int size() {
    return initial.length;
  }

  /**
   * What it begins with.
   *
   * @return a copy
   */
  public float[] initial() {
    return initial.clone();
  }

  /**
   * Adds it to the parameters of a model, where it begins with its initial values.
   *
   * @param graph  of the model
   * @param prefix of its name there
   * @return the model's parameter
   */
  public Parameter declare(Graph graph, String prefix) {
    Shape shape = Shape.of(initial.length);
    return graph.parameter(prefix + name, shape, shape, i -> i, (values, n, fanIn, fanOut, seed, stream) -> {
      for (int i = 0; i < n; i++) {
        values.setAtIndex(JAVA_FLOAT, i, initial[i]);
      }
    }, 1, 1);
  }
}
