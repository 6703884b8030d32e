package org.panagrad.nn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.check.Description;
import org.panagrad.graph.Shape;
import org.panagrad.io.DataException;
import org.panagrad.loss.Losses;
import org.panagrad.train.Head;
import org.panagrad.train.ModelFile;

/** A network from a model's file; whatever stands there, the answer is a network or a message. */
final class NetworkReader {
  private final Path file;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Head> heads = new ArrayList<>();
  private final Network network;

  NetworkReader(Path file, ModelFile.Description description) throws DataException {
    this.file = file;
    try {
      for (Object input : description.inputs()) {
        nodes.add(input(input, description.inputs().size()).node());
      }
      List<Node> inputs = List.copyOf(nodes);
      if (description.layers().isEmpty()) {
        throw new IllegalArgumentException("there is no layer");
      }
      for (Map<String, Object> layer : description.layers()) {
        nodes.add(node(layer));
      }
      List<Node> outputs = new ArrayList<>();
      for (long place : description.outputs().isEmpty() ? List.of(nodes.size() - 1L) : description.outputs()) {
        outputs.add(known(place, "an output"));
      }
      network = Network.of(inputs, outputs);
      for (Map<String, Object> head : description.heads()) {
        heads.add(head(head));
      }
    } catch (IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  Network network() {
    return network;
  }

  List<Head> heads() {
    return heads;
  }

  /** Its sizes alone, or an object. */
  private static Input input(Object value, int count) {
    if (value instanceof List<?> sizes) {
      return new Input(shape(sizes), "features", false, false);
    }
    if (value instanceof Map<?, ?> map && map.get("name") instanceof String name
        && map.get("shape") instanceof List<?> sizes && map.get("int") instanceof Boolean isInt) {
      return new Input(shape(sizes), name, isInt, false);
    }
    throw new IllegalArgumentException("input " + value + ": name, shape and int are expected for each of " + count);
  }

  private static Shape shape(List<?> sizes) {
    List<Long> whole = new ArrayList<>();
    for (Object size : sizes) {
      if (!(size instanceof Long number)) {
        throw new IllegalArgumentException("panagrad.input holds " + size + ": whole numbers are expected");
      }
      whole.add(number);
    }
    return new Shape(whole);
  }

  private Node known(Object place, String who) {
    if (place instanceof Long index && index >= 0 && index < nodes.size()) {
      return nodes.get(index.intValue());
    }
    throw new IllegalArgumentException(who + " reads " + place + ", which is not before it");
  }

  private Node node(Map<String, Object> object) {
    LayerReader reader = new LayerReader(object);
    Layer layer = reader.layer();
    Node[] sources = reader.from().isEmpty()
        ? new Node[]{nodes.getLast()}
        : reader.from().stream().map(place -> known(place, "layer " + layer.kind())).toArray(Node[]::new);
    Node.Identity identity = reader.shares() == null
        ? new Node.Identity()
        : known(reader.shares(), "layer " + layer.kind()).identity();
    return Node.of(layer, identity, sources);
  }

  private static Head head(Map<String, Object> object) {
    if (!object.containsKey("head")) {
      return Head.of(Losses.described(object));
    }
    Description description = new Description("head", "head", object);
    String lengths = String.valueOf(description.option("lengths"));
    Head head = new Head(description.name(), Losses.described(description.map("loss")), description.number("weight"),
        description.flag("learned"), lengths.isEmpty() ? null : lengths, List.of());
    description.requireAllKnown();
    return head;
  }

  static DataException damaged(Path file, String problem) {
    return new DataException(file, "its description of the network is wrong: " + problem);
  }
}
