package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.Value;

/** A layer: a description, from which a {@link Network} builds operations. Immutable. */
public sealed interface Layer
    permits Dense, Conv2D, ConvTranspose2D, MaxPool2D, AveragePool2D, GlobalAveragePool2D, Flatten, Reshape,
    Activation, Dropout, BatchNorm, LayerNorm, Embedding, Recurrent, Add, Concatenate {
  /**
   * The kind of layer, for names and files.
   *
   * @return as "conv2d"
   */
  String kind();

  /**
   * How many values it reads.
   *
   * @return 1 for most; 0 for any number from 1 on
   */
  default int inputs() {
    return 1;
  }

  /**
   * Whether it computes nothing.
   *
   * @return true for another view of the same elements
   */
  default boolean isView() {
    return false;
  }

  /**
   * Adds the layer to the network.
   *
   * @param builder names parameters and holds the graph
   * @param x       what it reads, as many as {@link #inputs} says
   * @return the output
   * @throws IllegalArgumentException if x has the wrong shape
   */
  Value build(Builder builder, Value... x);

  /**
   * The layer's options, for a model's file.
   *
   * @return without the kind
   */
  Map<String, Object> options();
}
