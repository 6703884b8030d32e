package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.Value;

/** A layer: a description, from which a {@link Sequential} builds operations. Immutable. */
public sealed interface Layer permits Input, Dense, Conv2D, MaxPool2D, Flatten {
  /**
   * The kind of layer, for names and files.
   *
   * @return as "conv2d"
   */
  String kind();

  /**
   * Adds the layer to the network.
   *
   * @param builder names parameters and holds the graph
   * @param x       the output of the layer before
   * @return the output
   * @throws IllegalArgumentException if x has the wrong shape
   */
  Value build(Builder builder, Value x);

  /**
   * The layer's options, for a model's file.
   *
   * @return without the kind
   */
  Map<String, Object> options();
}
