package org.panagrad.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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
import org.panagrad.train.Head;
import org.panagrad.train.Model;
import org.panagrad.train.ModelFile;

/**
 * A network of any shape: several inputs, several outputs, shared layers, frozen parts. Immutable: {@link #compile}
 * makes a model of it. A plain chain of layers is shorter as a {@link Sequential}.
 */
public final class Network implements Architecture {
  private final List<Node> inputs, outputs;
  private final List<String> frozen;
  private final long seed;
  private final @Nullable Compute compute;

  private Network(List<Node> inputs, List<Node> outputs, List<String> frozen, long seed, @Nullable Compute compute) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.frozen = frozen;
    this.seed = seed;
    this.compute = compute;
  }

  /**
   * A network with one input.
   *
   * @param input   its beginning
   * @param outputs its ends, at least one
   * @return the network
   * @throws IllegalArgumentException if an output depends on another input
   */
  public static Network of(Node input, Node... outputs) {
    return of(List.of(input), List.of(outputs));
  }

  /**
   * A network.
   *
   * @param inputs  its beginnings, in the order in which a batch has them
   * @param outputs its ends, in the order of the heads
   * @return the network
   * @throws IllegalArgumentException if there is no output, an input is none or is named twice, or an output depends on
   *                                  an input that is not given
   */
  public static Network of(List<Node> inputs, List<Node> outputs) {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one output");
    }
    Set<String> names = new LinkedHashSet<>();
    for (Node node : inputs) {
      Input input = node.input();
      if (input == null) {
        throw new IllegalArgumentException("the inputs of a network come from Input.node(), not from a layer");
      }
      if (!names.add(input.name())) {
        throw new IllegalArgumentException("two inputs are named " + input.name() + ": call Input.named");
      }
    }
    Network network = new Network(List.copyOf(inputs), List.copyOf(outputs), List.of(), 0, null);
    for (Node node : network.order()) {
      if (node.input() != null && !inputs.contains(node)) {
        throw new IllegalArgumentException(
            "an output depends on the input " + node.input().name() + ", which is not among the network's");
      }
    }
    return network;
  }

  /**
   * With another seed of the initial values.
   *
   * @param seed any number; 0 unless set
   * @return a copy
   */
  public Network seed(long seed) {
    return new Network(inputs, outputs, frozen, seed, compute);
  }

  /**
   * To be computed with.
   *
   * @param compute backend, product and threads; unless set, the best backend on the calling thread
   * @return a copy
   */
  public Network on(Compute compute) {
    return new Network(inputs, outputs, frozen, seed, compute);
  }

  /**
   * Without training some layers.
   *
   * @param pattern regular expression that fits the layers' names wholly, as "conv2d.*"
   * @return a copy
   */
  public Network frozen(String pattern) {
    Pattern.compile(pattern);
    List<String> more = new ArrayList<>(frozen);
    more.add(pattern);
    return new Network(inputs, outputs, more, seed, compute);
  }

  /**
   * Builds the network, with a head for each output.
   *
   * @param optimizer update rule
   * @param heads     losses and metrics of the outputs, in their order
   * @return the model, to be closed
   * @throws IllegalArgumentException if the layers do not fit together, or there is another number of heads
   */
  public Model compile(Optimizer optimizer, Head... heads) {
    return new Model(this, seed, chosen(), optimizer, List.of(heads));
  }

  /**
   * Builds the network, with a loss for its only output.
   *
   * @param optimizer update rule
   * @param loss      to be made small
   * @param metrics   to be reported
   * @return the model, to be closed
   * @throws IllegalArgumentException if the layers do not fit together, or there are several outputs
   */
  public Model compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    return compile(optimizer, Head.of(loss, metrics));
  }

  private Compute chosen() {
    return compute == null ? Compute.of(Backend.AUTO) : compute;
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
    NetworkReader reader = new NetworkReader(file, description);
    Head[] heads = reader.heads().stream()
        .map(head -> head.loss().takesLabels() ? head.metrics(Metrics.accuracy()) : head).toArray(Head[]::new);
    Network network = reader.network().on(compute);
    network.requireTensors(file, heads);
    Model model;
    try {
      model = network.compile(optimizer, heads);
    } catch (IllegalArgumentException e) {
      throw NetworkReader.damaged(file, String.valueOf(e.getMessage()));
    }
    try {
      model.load(file);
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Compares the layers with the file's tensors before any memory is taken: a damaged file may claim any size. */
  private void requireTensors(Path file, Head... heads) throws IOException {
    try (Graph sketch = new Graph()) {
      build(sketch);
      for (Head head : heads) {
        head.declare(sketch);
      }
      ModelFile.requireTensors(file, sketch.parameters());
    } catch (IllegalArgumentException e) {
      throw NetworkReader.damaged(file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Shape of a sample of the first input.
   *
   * @return without the batch
   */
  public Shape inputShape() {
    Input input = inputs.getFirst().input();
    if (input == null) {
      throw new IllegalStateException("no input");
    }
    return input.shape();
  }

  /** Inputs, then each node behind those that it reads, as the outputs ask for them. */
  private List<Node> order() {
    List<Node> order = new ArrayList<>(inputs);
    Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.addAll(inputs);
    outputs.forEach(output -> visit(output, seen, order));
    return order;
  }

  /** Without recursion: a network may be deeper than the stack. */
  private static void visit(Node last, Set<Node> seen, List<Node> order) {
    List<Node> open = new ArrayList<>(List.of(last));
    while (!open.isEmpty()) {
      Node node = open.getLast();
      Node missing = node.sources().stream().filter(source -> !seen.contains(source)).findFirst().orElse(null);
      if (missing != null && !seen.contains(node)) {
        open.add(missing);
        continue;
      }
      open.removeLast();
      if (seen.add(node)) {
        order.add(node);
      }
    }
  }

  @Override
  public Ends build(Graph graph) {
    Predicate<String> isFrozen = name -> frozen.stream().anyMatch(name::matches);
    Builder builder = new Builder(graph, isFrozen);
    Map<Node, Value> values = new IdentityHashMap<>();
    List<String> names = new ArrayList<>();
    List<Value> read = new ArrayList<>();
    for (Node node : order()) {
      Input input = node.input();
      if (input != null) {
        values.put(node, graph.input(input.shape(), input.isInt(), input.gradient()));
        names.add(input.name());
        read.add(values.get(node));
      } else {
        values.put(node, build(builder, node, values));
      }
    }
    return new Ends(names, read, outputs.stream().map(values::get).toList());
  }

  private static Value build(Builder builder, Node node, Map<Node, Value> values) {
    Layer layer = node.layer();
    if (layer == null) {
      throw new IllegalStateException("no layer");
    }
    builder.begin(layer, node.identity());
    Value[] x = node.sources().stream().map(values::get)
        .map(value -> layer.isView() ? value : builder.graph().read(value)).toArray(Value[]::new);
    return layer.build(builder, x);
  }

  // what stands in a file

  @Override
  public Map<String, Object> describe() {
    Map<String, Object> description = new LinkedHashMap<>();
    List<Node> order = order();
    description.put("input", describeInputs());
    List<Object> layers = new ArrayList<>();
    for (int i = inputs.size(); i < order.size(); i++) {
      layers.add(describeLayer(order, i));
    }
    description.put("layers", layers);
    List<Integer> ends = outputs.stream().map(order::indexOf).toList();
    if (!ends.equals(List.of(order.size() - 1))) {
      description.put("outputs", ends);
    }
    return description;
  }

  /** One input of numbers is its shape; else each is an object. */
  private Object describeInputs() {
    List<Object> all = new ArrayList<>();
    for (Node node : inputs) {
      Input input = node.input();
      if (input == null) {
        throw new IllegalStateException("no input");
      }
      if (inputs.size() == 1 && !input.isInt()) {
        return input.shape().sizes();
      }
      all.add(Map.of("name", input.name(), "shape", input.shape().sizes(), "int", input.isInt()));
    }
    return all;
  }

  /** What a layer reads is told where it is not the one before it, and whose parameters it has where it shares them. */
  private static Map<String, Object> describeLayer(List<Node> order, int index) {
    Node node = order.get(index);
    Layer layer = node.layer();
    if (layer == null) {
      throw new IllegalStateException("no layer");
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("kind", layer.kind());
    object.putAll(layer.options());
    List<Integer> from = node.sources().stream().map(order::indexOf).toList();
    if (!from.equals(List.of(index - 1))) {
      object.put("from", from);
    }
    for (int i = 0; i < index; i++) {
      if (order.get(i).identity() == node.identity()) {
        object.put("shares", i);
        break;
      }
    }
    return object;
  }
}
