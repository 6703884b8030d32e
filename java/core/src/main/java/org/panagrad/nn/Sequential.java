package org.panagrad.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Loss;
import org.panagrad.metric.Metric;
import org.panagrad.metric.Metrics;
import org.panagrad.optim.Optimizer;
import org.panagrad.train.Architecture;
import org.panagrad.train.Model;
import org.panagrad.train.ModelFile;

/** Layers one after the other. Immutable: {@link #compile} makes a model of them. */
public final class Sequential implements Architecture {
  private final Shape inputShape;
  private final List<Layer> layers;
  private final long seed;
  private final @Nullable Compute compute;

  private Sequential(Shape inputShape, List<Layer> layers, long seed, @Nullable Compute compute) {
    this.inputShape = inputShape;
    this.layers = layers;
    this.seed = seed;
    this.compute = compute;
  }

  /**
   * A network.
   *
   * @param input  what a sample looks like
   * @param layers at least one
   * @return the network
   * @throws IllegalArgumentException if there is no layer
   */
  public static Sequential of(Input input, Layer... layers) {
    if (layers.length == 0) {
      throw new IllegalArgumentException("a network needs at least one layer after its input");
    }
    return new Sequential(input.shape(), List.of(layers), 0, null);
  }

  /**
   * With another seed of the initial values.
   *
   * @param seed any number; 0 unless set
   * @return a copy
   */
  public Sequential seed(long seed) {
    return new Sequential(inputShape, layers, seed, compute);
  }

  /**
   * To be computed with.
   *
   * @param compute backend, product and threads; unless set, the best backend on the calling thread
   * @return a copy
   */
  public Sequential on(Compute compute) {
    return new Sequential(inputShape, layers, seed, compute);
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
    Compute chosen = compute == null ? Compute.of(Backend.AUTO) : compute;
    return new Model(this, seed, chosen, optimizer, loss, List.of(metrics));
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
    ModelFile.Description description = ModelFile.describe(file);
    Loss loss = Layers.loss(file, description.loss());
    Sequential network = new Sequential(Layers.shape(file, description.input()), Layers.all(file, description.layers()),
        0, compute);
    Metric[] metrics = loss.takesLabels() ? new Metric[]{Metrics.accuracy()} : new Metric[0];
    network.requireTensors(file);
    Model model = network.compile(optimizer, loss, metrics);
    try {
      model.load(file);
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Compares the layers with the file's tensors before any memory is taken: a damaged file may claim any size. */
  private void requireTensors(Path file) throws IOException {
    try (Graph sketch = new Graph()) {
      build(sketch, sketch.input(inputShape));
      ModelFile.requireTensors(file, sketch.parameters());
    } catch (IllegalArgumentException e) {
      throw Layers.damaged(file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The layers.
   *
   * @return without the input
   */
  public List<Layer> layers() {
    return layers;
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Value build(Graph graph, Value input) {
    Builder builder = new Builder(graph);
    Value x = input;
    for (Layer layer : layers) {
      builder.begin(layer);
      x = layer.build(builder, x);
    }
    return x;
  }

  @Override
  public List<Object> describe() {
    List<Object> all = new ArrayList<>();
    for (Layer layer : layers) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("kind", layer.kind());
      object.putAll(layer.options());
      all.add(object);
    }
    return all;
  }
}
