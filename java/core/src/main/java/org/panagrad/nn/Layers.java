package org.panagrad.nn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Shape;
import org.panagrad.io.DataException;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;

/** Layers from a model's file; whatever stands there, the answer is a layer or a message. */
final class Layers {
  private Layers() {
  }

  static List<Layer> all(Path file, List<Map<String, Object>> objects) throws DataException {
    if (objects.isEmpty()) {
      throw damaged(file, "there is no layer");
    }
    List<Layer> layers = new ArrayList<>();
    for (Map<String, Object> object : objects) {
      try {
        layers.add(layer(file, object));
      } catch (IllegalArgumentException e) {
        throw damaged(file, String.valueOf(e.getMessage()));
      }
    }
    return layers;
  }

  private static Layer layer(Path file, Map<String, Object> object) throws DataException {
    Object kind = object.get("kind");
    return switch (kind instanceof String text ? text : "") {
      case "dense" -> new Dense(number(file, object, "units"), flag(file, object, "relu"), null);
      case "conv2d" -> new Conv2D(number(file, object, "filters"), number(file, object, "kernel"),
          number(file, object, "stride"), number(file, object, "padding"), flag(file, object, "relu"), null);
      case "maxpool2d" -> new MaxPool2D(number(file, object, "size"), number(file, object, "stride"));
      case "flatten" -> Flatten.of();
      default -> throw damaged(file, "there is no layer of kind " + kind);
    };
  }

  private static int number(Path file, Map<String, Object> object, String key) throws DataException {
    if (object.get(key) instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    throw damaged(file, key + " of " + object + " is no whole number");
  }

  private static boolean flag(Path file, Map<String, Object> object, String key) throws DataException {
    if (object.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw damaged(file, key + " of " + object + " is neither true nor false");
  }

  static Shape shape(Path file, List<Long> sizes) throws DataException {
    try {
      return new Shape(sizes);
    } catch (IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  static Loss loss(Path file, Map<String, Object> object) throws DataException {
    try {
      return Losses.described(object);
    } catch (IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  static DataException damaged(Path file, String problem) {
    return new DataException(file, "its description of the network is wrong: " + problem);
  }
}
