package org.panagrad.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Shape;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Loss;
import org.panagrad.metric.Metric;
import org.panagrad.optim.Optimizer;
import org.panagrad.train.Architecture;
import org.panagrad.train.Model;

/** Layers one after the other. Immutable: {@link #compile} makes a model of them. */
public final class Sequential implements Architecture {
  private final List<Layer> layers;
  private final Network network;

  private Sequential(List<Layer> layers, Network network) {
    this.layers = layers;
    this.network = network;
  }

  /**
   * A network.
   *
   * @param input  what a sample looks like
   * @param layers at least one
   * @return the network
   * @throws IllegalArgumentException if there is no layer, or one of them reads more than one value
   */
  public static Sequential of(Input input, Layer... layers) {
    if (layers.length == 0) {
      throw new IllegalArgumentException("a network needs at least one layer after its input");
    }
    Node node = input.node();
    return new Sequential(List.of(layers), Network.of(node, node.to(layers)));
  }

  /**
   * With another seed of the initial values.
   *
   * @param seed any number; 0 unless set
   * @return a copy
   */
  public Sequential seed(long seed) {
    return new Sequential(layers, network.seed(seed));
  }

  /**
   * To be computed with.
   *
   * @param compute backend, product and threads; unless set, the best backend on the calling thread
   * @return a copy
   */
  public Sequential on(Compute compute) {
    return new Sequential(layers, network.on(compute));
  }

  /**
   * Without training some layers.
   *
   * @param pattern regular expression that fits the layers' names wholly, as "conv2d.*"
   * @return a copy
   */
  public Sequential frozen(String pattern) {
    return new Sequential(layers, network.frozen(pattern));
  }

  /**
   * Builds the network.
   *
   * @param optimizer update rule
   * @param loss      to be made small
   * @param metrics   to be reported
   * @return the model, to be closed
   * @throws IllegalArgumentException if the layers do not fit together
   */
  public Model compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    return network.compile(optimizer, loss, metrics);
  }

  /**
   * Reads a model back, ready to predict, to be measured or trained on (the optimizer's state begins anew).
   *
   * @param file      written by {@link Model#save}
   * @param compute   what to compute with
   * @param optimizer for further training
   * @return the model, to be closed; a classifier reports accuracy
   * @throws IOException if the file cannot be read, is damaged, or describes no network that this library knows
   */
  public static Model load(Path file, Compute compute, Optimizer optimizer) throws IOException {
    return Network.load(file, compute, optimizer);
  }

  /**
   * The layers.
   *
   * @return without the input
   */
  public List<Layer> layers() {
    return layers;
  }

  /**
   * Shape of a sample.
   *
   * @return of the input
   */
  public Shape inputShape() {
    return network.inputShape();
  }

  @Override
  public Ends build(Graph graph) {
    return network.build(graph);
  }

  @Override
  public Map<String, Object> describe() {
    return network.describe();
  }
}
