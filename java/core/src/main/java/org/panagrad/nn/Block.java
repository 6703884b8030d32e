package org.panagrad.nn;

import java.util.ArrayList;
import java.util.List;

/** Layers that are used several times in a {@link Network}, each time with the same parameters. */
public final class Block {
  private final List<Layer> layers;
  private final List<Node.Identity> identities = new ArrayList<>();

  private Block(List<Layer> layers) {
    this.layers = layers;
    layers.forEach(_ -> identities.add(new Node.Identity()));
  }

  /**
   * Layers one after the other.
   *
   * @param layers at least one, each reading one value
   * @return the block
   */
  public static Block of(Layer... layers) {
    if (layers.length == 0) {
      throw new IllegalArgumentException("a block needs at least one layer");
    }
    return new Block(List.of(layers));
  }

  /**
   * Uses the block.
   *
   * @param x what it reads
   * @return its output
   */
  public Node on(Node x) {
    Node node = x;
    for (int i = 0; i < layers.size(); i++) {
      node = Node.of(layers.get(i), identities.get(i), node);
    }
    return node;
  }
}
