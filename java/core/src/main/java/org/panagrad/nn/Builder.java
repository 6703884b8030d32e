package org.panagrad.nn;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Op;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/** Where layers are built: the graph, and their parameters by name. */
public final class Builder {
  private final Graph graph;
  private final Predicate<String> frozen;
  private final Map<String, Integer> used = new HashMap<>();
  private final Map<Node.Identity, Built> built = new HashMap<>();
  private Built layer = new Built("");
  private boolean again, trained;
  private int randoms;

  /** A layer that was built: another use of it shares its parameters. */
  private record Built(String name, Map<String, Parameter> parameters) {
    Built(String name) {
      this(name, new LinkedHashMap<>());
    }
  }

  Builder(Graph graph, Predicate<String> frozen) {
    this.graph = graph;
    this.frozen = frozen;
  }

  /** Begins a layer: "dense", "dense_1", "dense_2" ..., or one that was built before. */
  void begin(Layer layer, Node.Identity identity) {
    Built known = built.get(identity);
    again = known != null;
    trained = false;
    if (known == null) {
      int number = used.merge(layer.kind(), 1, Integer::sum) - 1;
      known = new Built(number == 0 ? layer.kind() : layer.kind() + "_" + number);
      built.put(identity, known);
    }
    this.layer = known;
  }

  /**
   * A parameter of the layer that is being built.
   *
   * @param name        within the layer, as "weight"
   * @param shape       on disk
   * @param inside      as the kernels want it, of as many elements
   * @param layout      from disk order to the kernels'
   * @param initializer of its values
   * @param fanIn       inputs of a unit
   * @param fanOut      outputs of a unit
   * @return the parameter
   */
  public Parameter parameter(String name, Shape shape, Shape inside, Parameter.Layout layout,
      Parameter.Initializer initializer,
      long fanIn, long fanOut) {
    Parameter known = layer.parameters.get(name);
    if (again) {
      if (known == null || !known.shape().equals(shape)) {
        throw refuse("it is shared, and its " + name + " has shape " + (known == null ? "none" : known.shape())
            + ", here " + shape + " is needed");
      }
      trained |= known.trained();
      return graph.share(known);
    }
    Parameter parameter = graph.parameter(layer.name + "." + name, shape, inside, layout, initializer, fanIn,
        fanOut);
    if (frozen.test(layer.name)) {
      parameter.freeze();
    }
    layer.parameters.put(name, parameter);
    trained |= parameter.trained();
    return parameter;
  }

  /**
   * Numbers that the layer keeps by itself, saved with its parameters but not trained.
   *
   * @param name        within the layer, as "running_mean"
   * @param shape       of them
   * @param initializer of their values
   * @return them; a shared layer's are the same in all its uses
   */
  public Parameter buffer(String name, Shape shape, Parameter.Initializer initializer) {
    Parameter known = layer.parameters.get(name);
    if (known != null) {
      return known;
    }
    Parameter buffer = graph.parameter(layer.name + "." + name, shape, shape, i -> i, initializer, 1, 1).freeze();
    layer.parameters.put(name, buffer);
    return buffer;
  }

  /**
   * The value that the layer's operation, which is added next, computes.
   *
   * @param shape of a sample
   * @param from  what it is computed from, besides the parameters asked for so far
   * @return the value
   */
  public Value value(Shape shape, Value... from) {
    boolean needsGradient = trained;
    for (Value value : from) {
      needsGradient |= value.needsGradient();
    }
    return graph.value(shape, needsGradient);
  }

  /**
   * A number for an operation that draws random ones, so that no two draw the same.
   *
   * @return from 0, in the order of the layers
   */
  public int nextRandom() {
    return randoms++;
  }

  /**
   * Appends an operation.
   *
   * @param op of this layer
   */
  public void add(Op op) {
    graph.add(op);
  }

  /**
   * The graph.
   *
   * @return to add to
   */
  public Graph graph() {
    return graph;
  }

  /**
   * The name of the layer that is being built.
   *
   * @return as "dense_1"
   */
  public String name() {
    return layer.name;
  }

  /**
   * Refuses a layer.
   *
   * @param problem what is wrong with its input
   * @return to throw
   */
  public IllegalArgumentException refuse(String problem) {
    return new IllegalArgumentException("layer " + layer.name + ": " + problem);
  }
}
