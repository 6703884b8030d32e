package org.panagrad.nn;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Description;

/** A layer from its description in a model's file; whatever stands there, the answer is a layer or a message. */
final class LayerReader {
  private final Description description;
  private final Layer layer;
  private final List<?> from;
  private final @Nullable Object shares;

  LayerReader(Map<String, Object> object) {
    description = new Description("layer", "kind", object);
    from = description.has("from") ? description.list("from") : List.of();
    shares = description.option("shares");
    layer = read();
    description.requireAllKnown();
  }

  Layer layer() {
    return layer;
  }

  /** Places of the nodes that it reads; empty for the one before it. */
  List<?> from() {
    return from;
  }

  /** Place of the node whose parameters it has, or null. */
  @Nullable
  Object shares() {
    return shares;
  }

  private Layer read() {
    return switch (description.name()) {
      case "dense" -> new Dense(size("units"), flag("relu"), null);
      case "conv2d" ->
        new Conv2D(size("filters"), size("kernel"), size("stride"), size("padding"),
            description.has("dilation") ? size("dilation") : 1, flag("relu"), null);
      case "convtranspose2d" ->
        new ConvTranspose2D(size("filters"), size("kernel"), size("stride"), size("padding"), flag("relu"), null);
      case "maxpool2d" -> new MaxPool2D(size("size"), size("stride"));
      case "flatten" -> Flatten.of();
      case "averagepool2d" -> new AveragePool2D(size("size"), size("stride"));
      case "globalaveragepool2d" -> GlobalAveragePool2D.of();
      case "activation" -> new Activation(description.word("function", Activation.Function.class),
          description.number("parameter"));
      case "dropout" -> Dropout.of(description.number("rate"));
      case "batchnorm" -> new BatchNorm(description.number("epsilon"), description.number("momentum"));
      case "layernorm" -> new LayerNorm(description.number("epsilon"));
      case "embedding" -> Embedding.of(size("vocabulary"), size("units"));
      case "lstm" -> recurrent(Recurrent.Cell.LSTM);
      case "gru" -> recurrent(Recurrent.Cell.GRU);
      case "reshape" -> Reshape.of(description.wholes("shape"));
      case "add" -> Add.of();
      case "concatenate" -> Concatenate.of();
      default -> throw new IllegalArgumentException("there is no layer of kind " + description.name());
    };
  }

  private Recurrent recurrent(Recurrent.Cell cell) {
    return new Recurrent(cell, size("units"), description.word("output", Recurrent.Output.class), flag("bidirectional"),
        flag("lengths"), flag("initial"));
  }

  private int size(String key) {
    long size = description.whole(key);
    if (size != (int) size) {
      throw description.wrong(key, "too large");
    }
    return (int) size;
  }

  private boolean flag(String key) {
    return description.flag(key);
  }
}
