package org.panagrad.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Parameter;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.io.SafeTensors;
import org.panagrad.io.TensorEntry;
import org.panagrad.loss.Loss;
import org.panagrad.optim.Optimizer;

/**
 * A model's file: safetensors, whose metadata says how to build the network. The text values under {@code panagrad.*} are
 * JSON.
 */
public final class ModelFile {
  private static final String VERSION = "panagrad.version", INPUT = "panagrad.input", LAYERS = "panagrad.layers",
      LOSS = "panagrad.loss", OPTIMIZER = "panagrad.optimizer";
  private static final String CURRENT = "1";

  private ModelFile() {
  }

  /**
   * What a file says of the network.
   *
   * @param input  shape of a sample
   * @param layers JSON objects, as {@link Architecture#describe} gave them
   * @param loss   JSON object, as {@link Loss#describe} gave it
   */
  public record Description(List<Long> input, List<Map<String, Object>> layers, Map<String, Object> loss) {
  }

  static void write(Path file, Architecture architecture, Loss loss, Optimizer optimizer, List<Parameter> parameters)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(VERSION, CURRENT);
    metadata.put(INPUT, Json.write(architecture.inputShape().sizes()));
    metadata.put(LAYERS, Json.write(architecture.describe()));
    metadata.put(LOSS, Json.write(loss.describe()));
    metadata.put(OPTIMIZER, Json.write(optimizer.describe()));
    try (Arena arena = Arena.ofConfined()) {
      List<TensorEntry> tensors = new ArrayList<>();
      for (Parameter parameter : parameters) {
        MemorySegment disk = arena.allocate(4 * parameter.shape().elements(), 4);
        parameter.toDisk(parameter.data(), disk);
        tensors.add(new TensorEntry(parameter.name(), parameter.shape().sizes(), disk));
      }
      SafeTensors.write(file, metadata, tensors);
    }
  }

  /**
   * Reads what a file says of the network.
   *
   * @param file written by {@link Model#save}
   * @return its description
   * @throws IOException if it cannot be read, is damaged, or describes no network
   */
  public static Description describe(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Map<String, String> metadata = SafeTensors.read(file, arena).metadata();
      String version = metadata.get(VERSION);
      if (!CURRENT.equals(version)) {
        throw new DataException(file,
            version == null
                ? "its metadata has no " + VERSION + ": it is no model of Panagrad"
                : VERSION + " is " + version + ", this library reads " + CURRENT);
      }
      return new Description(sizes(file, json(file, metadata, INPUT)), objects(file, json(file, metadata, LAYERS)),
          object(file, LOSS, json(file, metadata, LOSS)));
    }
  }

  private static @Nullable Object json(Path file, Map<String, String> metadata, String key) throws DataException {
    String text = metadata.get(key);
    if (text == null) {
      throw new DataException(file, "its metadata has no " + key);
    }
    try {
      return Json.parse(text);
    } catch (DataException e) {
      throw new DataException(file, key + ": " + e.getMessage());
    }
  }

  private static List<Long> sizes(Path file, @Nullable Object value) throws DataException {
    List<Long> sizes = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object size : list) {
        if (!(size instanceof Long number)) {
          throw new DataException(file, INPUT + " holds " + size + ": whole numbers are expected");
        }
        sizes.add(number);
      }
      return sizes;
    }
    throw new DataException(file, INPUT + " is no list");
  }

  private static List<Map<String, Object>> objects(Path file, @Nullable Object value) throws DataException {
    if (!(value instanceof List<?> list)) {
      throw new DataException(file, LAYERS + " is no list");
    }
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object element : list) {
      objects.add(object(file, LAYERS, element));
    }
    return objects;
  }

  private static Map<String, Object> object(Path file, String key, @Nullable Object value) throws DataException {
    if (!(value instanceof Map<?, ?> map)) {
      throw new DataException(file, key + " holds " + value + ": an object is expected");
    }
    Map<String, Object> object = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object element = entry.getValue();
      object.put((String) entry.getKey(), element == null ? "null" : element);
    }
    return object;
  }

  /**
   * Compares a file's tensors with a network's parameters.
   *
   * @param file       written by {@link Model#save}
   * @param parameters of the network
   * @throws IOException if the file cannot be read or holds other tensors
   */
  public static void requireTensors(Path file, List<Parameter> parameters) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      requireSame(file, SafeTensors.read(file, arena), parameters);
    }
  }

  private static void requireSame(Path file, SafeTensors tensors, List<Parameter> parameters) throws DataException {
    Set<String> unknown = new HashSet<>(tensors.names());
    for (Parameter parameter : parameters) {
      List<Long> shape = tensors.tensor(parameter.name()).shape();
      if (!shape.equals(parameter.shape().sizes())) {
        throw new DataException(file, "tensor " + parameter.name() + " has shape " + shape + ", the layer needs "
            + parameter.shape().sizes());
      }
      unknown.remove(parameter.name());
    }
    if (!unknown.isEmpty()) {
      throw new DataException(file, "tensors that belong to no layer: " + unknown.stream().sorted().toList());
    }
  }

  /** Everything is compared before anything is copied. */
  static void readParameters(Path file, List<Parameter> parameters) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors tensors = SafeTensors.read(file, arena);
      requireSame(file, tensors, parameters);
      for (Parameter parameter : parameters) {
        parameter.fromDisk(tensors.tensor(parameter.name()).data(), parameter.data());
      }
    }
  }
}
