package org.panagrad.train;

import java.util.List;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/** How a network is made: what a model builds, and what stands in its file. */
public interface Architecture {
  /**
   * Shape of a sample.
   *
   * @return of the input
   */
  Shape inputShape();

  /**
   * Adds the network to a graph.
   *
   * @param graph to add to
   * @param input of {@link #inputShape}
   * @return the output
   * @throws IllegalArgumentException if a layer does not fit the one before it
   */
  Value build(Graph graph, Value input);

  /**
   * The layers, for a model's file.
   *
   * @return each as a JSON object
   */
  List<Object> describe();
}
