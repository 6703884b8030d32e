package org.panagrad.nn;

import java.util.HashMap;
import java.util.Map;
import org.panagrad.graph.Graph;

/** Where layers are built: the graph, and names for their parameters. */
public final class Builder {
  private final Graph graph;
  private final Map<String, Integer> used = new HashMap<>();
  private String name = "";

  Builder(Graph graph) {
    this.graph = graph;
  }

  /** Begins a layer: "dense", "dense_1", "dense_2" ... */
  void begin(Layer layer) {
    int number = used.merge(layer.kind(), 1, Integer::sum) - 1;
    name = number == 0 ? layer.kind() : layer.kind() + "_" + number;
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
    return name;
  }

  /**
   * Refuses a layer.
   *
   * @param problem what is wrong with its input
   * @return to throw
   */
  public IllegalArgumentException refuse(String problem) {
    return new IllegalArgumentException("layer " + name + ": " + problem);
  }
}
