package org.panagrad.bench.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.panagrad.bench.Workload;

/** Our networks as ONNX files, for one sample: images as channels x height x width, probabilities at the end. */
final class OnnxModel {
  static final String INPUT = "input", OUTPUT = "probabilities";
  private static final long IR_VERSION = 8, OPERATORS_VERSION = 17;

  /** Field numbers of onnx.proto, whose messages they are the fields of. */
  private static final int MODEL_IR_VERSION = 1, MODEL_GRAPH = 7, MODEL_OPERATORS = 8, OPERATORS_NUMBER = 2,
      GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12,
      NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5,
      ATTRIBUTE_NAME = 1, ATTRIBUTE_INT = 3, ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20,
      TENSOR_SIZE = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_DATA = 9,
      VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_TYPE_ELEMENT = 1, TENSOR_TYPE_SHAPE = 2,
      SHAPE_DIMENSION = 1, DIMENSION_VALUE = 1;
  private static final int FLOAT = 1, TYPE_INT = 2, TYPE_INTS = 7;

  private final Protobuf graph = new Protobuf();
  private final List<Weights> weights;
  private int parameters, values;
  private String last = INPUT;

  private OnnxModel(List<Weights> weights) {
    this.weights = weights;
  }

  /** The sizes of the input. */
  static long[] inputShape(Workload network) {
    return network == Workload.CNN ? new long[]{1, 1, 28, 28} : new long[]{1, network.features()};
  }

  /** A file's contents. */
  static byte[] of(Workload network) {
    OnnxModel model = new OnnxModel(Weights.of(network));
    switch (network) {
      case CNN -> model.convolution().relu().pool().convolution().relu().pool().convolution().relu().flatten().dense()
          .relu().dense();
      case MLP -> model.dense().relu().dense();
      case SMALL_MLP -> model.dense().relu().dense().relu().dense();
      case LSTM -> throw new IllegalArgumentException("no network of ours that predicts one sample: " + network);
    }
    return model.bytes(inputShape(network));
  }

  private byte[] bytes(long[] inputShape) {
    node(OUTPUT, "Softmax", List.of(last));
    graph.text(GRAPH_NAME, "network").message(GRAPH_INPUT, value(INPUT, inputShape)).message(GRAPH_OUTPUT,
        value(OUTPUT, 1, Workload.CLASSES));
    return new Protobuf().number(MODEL_IR_VERSION, IR_VERSION).message(MODEL_GRAPH, graph)
        .message(MODEL_OPERATORS, new Protobuf().number(OPERATORS_NUMBER, OPERATORS_VERSION)).toBytes();
  }

  private OnnxModel convolution() {
    return layer("Conv", List.of(last, parameter(), parameter()));
  }

  /** PyTorch's weights are (out, in). */
  private OnnxModel dense() {
    Protobuf transposed = new Protobuf().text(ATTRIBUTE_NAME, "transB").number(ATTRIBUTE_INT, 1)
        .number(ATTRIBUTE_TYPE, TYPE_INT);
    return layer("Gemm", List.of(last, parameter(), parameter()), transposed);
  }

  private OnnxModel relu() {
    return layer("Relu", List.of(last));
  }

  private OnnxModel flatten() {
    return layer("Flatten", List.of(last));
  }

  private OnnxModel pool() {
    return layer("MaxPool", List.of(last), two("kernel_shape"), two("strides"));
  }

  private static Protobuf two(String attribute) {
    return new Protobuf().text(ATTRIBUTE_NAME, attribute).number(ATTRIBUTE_INTS, 2).number(ATTRIBUTE_INTS, 2)
        .number(ATTRIBUTE_TYPE, TYPE_INTS);
  }

  private OnnxModel layer(String operator, List<String> inputs, Protobuf... attributes) {
    last = "value" + values++;
    node(last, operator, inputs, attributes);
    return this;
  }

  private void node(String output, String operator, List<String> inputs, Protobuf... attributes) {
    Protobuf node = new Protobuf();
    inputs.forEach(input -> node.text(NODE_INPUT, input));
    node.text(NODE_OUTPUT, output).text(NODE_OPERATOR, operator);
    for (Protobuf attribute : attributes) {
      node.message(NODE_ATTRIBUTE, attribute);
    }
    graph.message(GRAPH_NODE, node);
  }

  /** The next one's name. */
  private String parameter() {
    String name = "parameter" + parameters;
    Weights next = weights.get(parameters++);
    Protobuf tensor = new Protobuf();
    for (long size : next.shape()) {
      tensor.number(TENSOR_SIZE, size);
    }
    ByteBuffer data = ByteBuffer.allocate(4 * next.values().length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(next.values());
    graph.message(GRAPH_INITIALIZER,
        tensor.number(TENSOR_TYPE, FLOAT).text(TENSOR_NAME, name).bytes(TENSOR_DATA, data.array()));
    return name;
  }

  private static Protobuf value(String name, long... sizes) {
    Protobuf shape = new Protobuf();
    for (long size : sizes) {
      shape.message(SHAPE_DIMENSION, new Protobuf().number(DIMENSION_VALUE, size));
    }
    Protobuf tensor = new Protobuf().number(TENSOR_TYPE_ELEMENT, FLOAT).message(TENSOR_TYPE_SHAPE, shape);
    return new Protobuf().text(VALUE_NAME, name).message(VALUE_TYPE, new Protobuf().message(TYPE_TENSOR, tensor));
  }
}
