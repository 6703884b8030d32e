package org.panagrad.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link Network}: an input, or what a layer gives. Several layers may read one node; a node of a
 * {@link Block} shares its parameters with the block's other uses. Immutable.
 *
 * <pre>{@code
 * Node image = Input.image(28, 28, 1).node();
 * Node trunk = image.to(Conv2D.of(16, 3).relu(), Flatten.of(), Dense.of(64).relu());
 * Network network = Network.of(image, trunk.to(Dense.of(10)), trunk.to(Dense.of(2)));
 * }</pre>
 */
public final class Node {
  private final @Nullable Input input;
  private final @Nullable Layer layer;
  private final Identity identity;
  private final List<Node> sources;

  /** Whose parameters a node has: its own, or those of a layer of a block. Two are equal only if they are one. */
  static final class Identity {
  }

  private Node(@Nullable Input input, @Nullable Layer layer, Identity identity, List<Node> sources) {
    this.input = input;
    this.layer = layer;
    this.identity = identity;
    this.sources = sources;
  }

  static Node input(Input input) {
    return new Node(input, null, new Identity(), List.of());
  }

  static Node of(Layer layer, Identity identity, Node... sources) {
    int wanted = layer.inputs();
    if (sources.length == 0 || wanted != 0 && sources.length != wanted) {
      throw new IllegalArgumentException(
          "layer " + layer.kind() + " reads " + (wanted == 0 ? "at least one value" : wanted + " values") + ", not "
              + sources.length);
    }
    return new Node(null, layer, identity, List.of(sources));
  }

  /**
   * What a layer makes of several nodes.
   *
   * @param layer   as {@link Concatenate}
   * @param sources as many as it reads
   * @return the layer's output
   * @throws IllegalArgumentException if it reads another number
   */
  public static Node of(Layer layer, Node... sources) {
    return of(layer, new Identity(), sources);
  }

  /**
   * What layers make of this node, one after the other.
   *
   * @param layers each with parameters of its own
   * @return the last one's output
   * @throws IllegalArgumentException if one of them reads more than one value
   */
  public Node to(Layer... layers) {
    Node node = this;
    for (Layer each : layers) {
      node = of(each, node);
    }
    return node;
  }

  /** The input, or null. */
  @Nullable
  Input input() {
    return input;
  }

  /** The layer, or null for an input. */
  @Nullable
  Layer layer() {
    return layer;
  }

  Identity identity() {
    return identity;
  }

  List<Node> sources() {
    return sources;
  }
}
