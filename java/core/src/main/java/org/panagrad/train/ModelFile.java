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
import org.panagrad.optim.Optimizer;

/**
 * A model's file: safetensors, whose metadata says how to build the network. The text values under {@code panagrad.*}
 * are JSON.
 */
public final class ModelFile {
  private static final String PREFIX = "panagrad.", VERSION = "panagrad.version", INPUT = "panagrad.input",
      LAYERS = "panagrad.layers", OUTPUTS = "panagrad.outputs", LOSS = "panagrad.loss",
      OPTIMIZER = "panagrad.optimizer";
  private static final String CURRENT = "1";

  private ModelFile() {
  }

  /**
   * What a file says of the network.
   *
   * @param inputs  a list of sizes for each, or a JSON object
   * @param layers  JSON objects, as {@link Architecture#describe} gave them
   * @param outputs places of the outputs among inputs and layers; empty for the last layer
   * @param heads   JSON objects: a loss as {@link org.panagrad.loss.Loss#describe} gave it, or a head that has one
   */
  public record Description(List<Object> inputs, List<Map<String, Object>> layers, List<Long> outputs,
      List<Map<String, Object>> heads) {
  }

  static void write(Path file, Architecture architecture, List<Head> heads, Optimizer optimizer,
      List<Parameter> parameters) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(VERSION, CURRENT);
    architecture.describe().forEach((key, value) -> metadata.put(PREFIX + key, Json.write(value)));
    metadata.put(LOSS, Json.write(heads.size() == 1
        ? heads.getFirst().describe(true)
        : heads.stream().map(head -> head.describe(false)).toList()));
    metadata.put(OPTIMIZER, Json.write(optimizer.describe()));
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors.write(file, metadata, tensors(parameters, "", arena));
    }
  }

  static List<TensorEntry> tensors(List<Parameter> parameters, String prefix, Arena arena) {
    List<TensorEntry> tensors = new ArrayList<>();
    for (Parameter parameter : parameters) {
      MemorySegment disk = arena.allocate(4 * parameter.shape().elements(), 4);
      parameter.toDisk(parameter.data(), disk);
      tensors.add(new TensorEntry(prefix + parameter.name(), parameter.shape().sizes(), disk));
    }
    return tensors;
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
      Object loss = json(file, metadata, LOSS);
      return new Description(inputs(file, json(file, metadata, INPUT)),
          objects(file, LAYERS, json(file, metadata, LAYERS)),
          metadata.containsKey(OUTPUTS) ? wholes(file, OUTPUTS, json(file, metadata, OUTPUTS)) : List.of(),
          loss instanceof List<?> ? objects(file, LOSS, loss) : List.of(object(file, LOSS, loss)));
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

  /** A list of objects, one for each input, or the sizes of the only one. */
  private static List<Object> inputs(Path file, @Nullable Object value) throws DataException {
    if (value instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map) {
      return List.copyOf(objects(file, INPUT, value));
    }
    return List.of(wholes(file, INPUT, value));
  }

  private static List<Long> wholes(Path file, String key, @Nullable Object value) throws DataException {
    List<Long> wholes = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (!(element instanceof Long number)) {
          throw new DataException(file, key + " holds " + element + ": whole numbers are expected");
        }
        wholes.add(number);
      }
      return wholes;
    }
    throw new DataException(file, key + " is no list");
  }

  private static List<Map<String, Object>> objects(Path file, String key, @Nullable Object value)
      throws DataException {
    if (!(value instanceof List<?> list)) {
      throw new DataException(file, key + " is no list");
    }
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object element : list) {
      objects.add(object(file, key, element));
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
      requireSame(file, SafeTensors.read(file, arena), "", parameters);
    }
  }

  /** Tensors whose names do not begin with the prefix are not looked at. */
  static void requireSame(Path file, SafeTensors tensors, String prefix, List<Parameter> parameters)
      throws DataException {
    Set<String> unknown = new HashSet<>(tensors.names());
    unknown.removeIf(name -> !name.startsWith(prefix));
    for (Parameter parameter : parameters) {
      List<Long> shape = tensors.tensor(prefix + parameter.name()).shape();
      if (!shape.equals(parameter.shape().sizes())) {
        throw new DataException(file,
            "tensor " + prefix + parameter.name() + " has shape " + shape + ", the layer needs "
                + parameter.shape().sizes());
      }
      unknown.remove(prefix + parameter.name());
    }
    if (!unknown.isEmpty()) {
      throw new DataException(file, "tensors that belong to no layer: " + unknown.stream().sorted().toList());
    }
  }

  /** Everything is compared before anything is copied. */
  static void readParameters(Path file, List<Parameter> parameters) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors tensors = SafeTensors.read(file, arena);
      requireSame(file, tensors, "", parameters);
      restore(tensors, "", parameters);
    }
  }

  static void restore(SafeTensors tensors, String prefix, List<Parameter> parameters) throws IOException {
    for (Parameter parameter : parameters) {
      parameter.fromDisk(tensors.tensor(prefix + parameter.name()).data(), parameter.data());
    }
  }
}
