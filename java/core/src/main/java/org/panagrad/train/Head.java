package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossParameter;
import org.panagrad.metric.Metric;

/**
 * What an output of a network is trained for. A head reads the target column of its name, or, where the data has none of
 * that name, the one of its place among the heads.
 *
 * @param name    unique in its model
 * @param loss    to be made small
 * @param weight  factor of the loss in the total; 0 only reports
 * @param learned whether the model learns the weight: {@code exp(-s) loss + s} is added to the total instead, s a
 *                parameter that begins at 0 (Kendall, Gal and Cipolla, 2018)
 * @param lengths name of the column that tells how many steps of a sequence count, or null where all do
 * @param metrics to be reported
 */
public record Head(String name, Loss loss, double weight, boolean learned, @Nullable String lengths,
    List<Metric> metrics) {
  /** The name of a head that is given none. */
  private static final String ONLY = "output";

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the name is blank, the weight not finite, or a learned weight other than 1
   */
  public Head {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a head is blank");
    }
    if (!Double.isFinite(weight) || learned && weight != 1) {
      throw new IllegalArgumentException("head " + name + " has weight " + weight
          + ": it must be finite, and is left at 1 where it is learned");
    }
    metrics = List.copyOf(metrics);
  }

  /**
   * The head of a network with one output.
   *
   * @param loss    to be made small
   * @param metrics to be reported
   * @return the head
   */
  public static Head of(Loss loss, Metric... metrics) {
    return of(ONLY, loss, metrics);
  }

  /**
   * A head.
   *
   * @param name    unique in its model
   * @param loss    to be made small
   * @param metrics to be reported
   * @return the head
   */
  public static Head of(String name, Loss loss, Metric... metrics) {
    return new Head(name, loss, 1, false, null, List.of(metrics));
  }

  /**
   * With a factor of the loss.
   *
   * @param weight finite
   * @return a copy
   */
  public Head weight(double weight) {
    return new Head(name, loss, weight, learned, lengths, metrics);
  }

  /**
   * With a weight that the model learns.
   *
   * @return a copy
   */
  public Head learnedWeight() {
    return new Head(name, loss, weight, true, lengths, metrics);
  }

  /**
   * With sequences of which some are shorter.
   *
   * @param column ints, the number of steps of each sample that count
   * @return a copy
   */
  public Head lengths(String column) {
    return new Head(name, loss, weight, learned, column, metrics);
  }

  /**
   * With other metrics.
   *
   * @param metrics to be reported
   * @return a copy
   */
  public Head metrics(Metric... metrics) {
    return new Head(name, loss, weight, learned, lengths, List.of(metrics));
  }

  /**
   * What a head has of its own in a graph.
   *
   * @param weight the parameter of a weight that is learned, or null where it is not
   * @param ofLoss the parameters of the loss
   */
  public record Learned(@Nullable Parameter weight, Map<LossParameter, Parameter> ofLoss) {
  }

  /**
   * Adds what the head learns to a graph, under its name.
   *
   * @param graph of the model
   * @return the parameters
   */
  public Learned declare(Graph graph) {
    String prefix = "head." + name + ".";
    Parameter own = !learned
        ? null
        : graph.parameter(prefix + "log_variance", Shape.of(1), Shape.of(1), i -> i,
            (values, n, fanIn, fanOut, seed, stream) -> values.setAtIndex(JAVA_FLOAT, 0, 0), 1, 1);
    Map<LossParameter, Parameter> ofLoss = new LinkedHashMap<>();
    for (LossParameter parameter : loss.parameters()) {
      ofLoss.put(parameter, parameter.declare(graph, prefix));
    }
    return new Learned(own, ofLoss);
  }

  /** As in a model's file: a plain loss by itself, or as one of several heads. */
  Map<String, Object> describe(boolean only) {
    return only && name.equals(ONLY) && weight == 1 && !learned && lengths == null
        ? loss.describe()
        : Map.of("head", name, "weight", weight, "learned", learned, "lengths", lengths == null ? "" : lengths, "loss",
            loss.describe());
  }
}
