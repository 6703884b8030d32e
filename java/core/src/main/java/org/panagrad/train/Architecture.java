package org.panagrad.train;

import java.util.List;
import java.util.Map;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;

/** How a network is made: what a model builds, and what stands in its file. */
public interface Architecture {
  /**
   * The beginnings and ends of a network in a graph.
   *
   * @param names   of the inputs
   * @param inputs  values that batches are fed to
   * @param outputs values that heads read
   */
  record Ends(List<String> names, List<Value> inputs, List<Value> outputs) {
  }

  /**
   * Adds the network to a graph.
   *
   * @param graph an empty one
   * @return its inputs and outputs
   * @throws IllegalArgumentException if a layer does not fit the one before it
   */
  Ends build(Graph graph);

  /**
   * The network, for a model's file.
   *
   * @return values that {@code Json} can write, by the keys of a file's metadata, without their prefix
   */
  Map<String, Object> describe();
}
