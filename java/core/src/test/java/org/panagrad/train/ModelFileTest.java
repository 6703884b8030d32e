package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batches;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeTensors;
import org.panagrad.io.TensorEntry;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossSamples;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;

class ModelFileTest {
  @TempDir
  private Path folder;

  private static Model load(Path file, Compute compute) throws IOException {
    return Sequential.load(file, compute, Sgd.of(0.1));
  }

  private static Model small(Compute compute, long seed) {
    return Networks.small().seed(seed).on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy());
  }

  private Path saved() throws IOException {
    Path file = folder.resolve("good.safetensors");
    try (Compute compute = Compute.of(Backend.SCALAR); Model model = small(compute, 1)) {
      model.save(file);
    }
    return file;
  }

  /** The only files in the folder: nothing half-written is left. */
  private void requireFiles(Path... files) throws IOException {
    try (Stream<Path> there = Files.list(folder)) {
      assertEquals(Stream.of(files).sorted().toList(), there.sorted().toList());
    }
  }

  @Test
  void roundTrip() throws IOException {
    Path file = folder.resolve("model.safetensors"), again = folder.resolve("again.safetensors");
    Networks.Samples data = Networks.random(20, 60, 3, 5);
    float[] features = data.rows()[3], expected = new float[3], predictions = new float[3];
    float[] weights;
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 1);
        Model model = small(compute, 1)) {
      for (int i = 0; i < 10; i++) {
        Networks.step(model, new Batches(data, 20).load(0));
      }
      model.save(file);
      weights = model.snapshot();
      model.predict(features, expected, 1);
    }
    for (Kernels kernels : Backends.all()) {
      try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, 1); Model model = load(file, compute)) {
        assertArrayEquals(weights, model.snapshot(), kernels.name());
        model.predict(features, predictions, 1);
        assertArrayEquals(expected, predictions, kernels.name());
        assertEquals(List.of("accuracy"), model.metricNames());
        assertEquals(Networks.small().describe(), model.architecture().describe());
        model.save(again);
      }
      try (Compute compute = Compute.of(Backend.SCALAR); Model model = small(compute, 2)) {
        model.load(again);
        assertArrayEquals(weights, model.snapshot(), kernels.name());
      }
    }
    requireFiles(file, again);
  }

  static Stream<Loss> losses() {
    return LossSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lossesAreReadBack(Loss loss) throws IOException {
    Path file = folder.resolve("model.safetensors"), again = folder.resolve("again.safetensors");
    Sequential network = Sequential.of(Input.features(2), Dense.of(3));
    try (Compute compute = Compute.of(Backend.SCALAR);
        Model model = network.on(compute).compile(Sgd.of(0.1), loss)) {
      model.save(file);
      try (Model read = load(file, compute)) {
        read.save(again);
        assertEquals(loss.takesLabels() ? List.of("accuracy") : List.of(), read.metricNames());
      }
    }
    assertEquals(List.of(loss.describe()), ModelFile.describe(again).heads());
  }

  private static final String CONV = "{\"kind\":\"conv2d\",\"filters\":2,\"kernel\":2,\"stride\":1,\"padding\":0,"
      + "\"relu\":false}";
  private static final String DENSE = "{\"kind\":\"dense\",\"units\":2,\"relu\":false}";

  private static Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("panagrad.version", "1");
    metadata.put("panagrad.input", "[2,3,2]");
    metadata.put("panagrad.layers", "[" + CONV + ",{\"kind\":\"flatten\"}," + DENSE + "]");
    metadata.put("panagrad.loss", "{\"name\":\"meanSquaredError\"}");
    return metadata;
  }

  private static TensorEntry tensor(String name, float[] values, long... shape) {
    return TensorEntry.of(name, MemorySegment.ofArray(values), shape);
  }

  private static List<TensorEntry> tensors() {
    return new ArrayList<>(List.of(
        tensor("conv2d.weight", new float[]{1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16}, 2, 2, 2,
            2),
        tensor("conv2d.bias", new float[]{10, -20}, 2),
        tensor("dense.weight", new float[]{1, 2, 3, 4, 5, -6, 7, -8}, 2, 4),
        tensor("dense.bias", new float[]{0.5f, -0.25f}, 2)));
  }

  /**
   * PyTorch's numbers for these weights (out, in, height, width) and (out, in), where in counts channels first: the
   * convolution gives (-48, -56) and (-142, -150). All of them are exact.
   */
  @Test
  void layoutsArePyTorchs() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafeTensors.write(file, metadata(), tensors());
    float[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, outputs = new float[2];
    try (Compute compute = Compute.of(Backend.AUTO);
        Model model = load(file, compute);
        Arena arena = Arena.ofShared()) {
      model.predict(image, outputs, 1);
      assertArrayEquals(new float[]{-1185.5f, 301.75f}, outputs);
      assertEquals(List.of(), model.metricNames());
      Path again = folder.resolve("again.safetensors");
      model.save(again);
      SafeTensors read = SafeTensors.read(again, arena);
      for (TensorEntry tensor : tensors()) {
        assertEquals(tensor.shape(), read.tensor(tensor.name()).shape());
        assertArrayEquals(tensor.data().toArray(JAVA_FLOAT), read.tensor(tensor.name()).data().toArray(JAVA_FLOAT));
      }
      assertEquals("[" + CONV + ",{\"kind\":\"flatten\"}," + DENSE + "]", read.metadata().get("panagrad.layers"));
      assertEquals("[2,3,2]", read.metadata().get("panagrad.input"));
    }
  }

  // bad files

  private record Bad(String message, Map<String, String> metadata, List<TensorEntry> tensors) {
    @Override
    public String toString() {
      return message;
    }
  }

  private static Bad value(String message, String key, String value) {
    Map<String, String> metadata = metadata();
    metadata.put(key, value);
    return new Bad(message, metadata, tensors());
  }

  private static Bad layers(String message, String layers) {
    return value(message, "panagrad.layers", layers);
  }

  private static Bad without(String message, String key) {
    Map<String, String> metadata = metadata();
    metadata.remove(key);
    return new Bad(message, metadata, tensors());
  }

  private static Bad tensors(String message, int replaced, TensorEntry... by) {
    List<TensorEntry> tensors = tensors();
    tensors.remove(replaced);
    tensors.addAll(replaced, List.of(by));
    return new Bad(message, metadata(), tensors);
  }

  private static String conv(String option, String value) {
    return "[" + CONV.replaceFirst("\"" + option + "\":\\w+", "\"" + option + "\":" + value)
        + ",{\"kind\":\"flatten\"},"
        + DENSE + "]";
  }

  static List<Bad> bad() {
    String flatten = "{\"kind\":\"flatten\"}";
    float[] four = new float[4];
    return List.of(
        new Bad("its metadata has no panagrad.version: it is no model of Panagrad", Map.of(), tensors()),
        without("its metadata has no panagrad.version", "panagrad.version"),
        without("its metadata has no panagrad.input", "panagrad.input"),
        without("its metadata has no panagrad.layers", "panagrad.layers"),
        without("its metadata has no panagrad.loss", "panagrad.loss"),
        value("panagrad.version is 2, this library reads 1", "panagrad.version", "2"),
        value("panagrad.input: ", "panagrad.input", "[2,3"),
        value("panagrad.input is no list", "panagrad.input", "{}"),
        value("panagrad.input holds 2.5", "panagrad.input", "[2.5,3,2]"),
        value("panagrad.input holds null", "panagrad.input", "[null]"),
        value("a shape needs at least one size", "panagrad.input", "[]"),
        value("[0, 3, 2]", "panagrad.input", "[0,3,2]"), value("[-2, 3, 2]", "panagrad.input", "[-2,3,2]"),
        value("[65536, 65536, 65536]", "panagrad.input", "[65536,65536,65536]"),
        value("layer conv2d: its input has shape 12", "panagrad.input", "[12]"),
        value("window is larger", "panagrad.input", "[1,3,2]"),
        value("there is no loss shrug", "panagrad.loss", "{\"name\":\"shrug\"}"),
        value("loss hinge has no option zLoss", "panagrad.loss", "{\"name\":\"hinge\",\"zLoss\":1}"),
        value("delta of loss huber is null: no number", "panagrad.loss", "{\"name\":\"huber\"}"),
        value("delta is -1.0", "panagrad.loss", "{\"name\":\"huber\",\"delta\":-1}"),
        value("alpha of loss generalRobust is x: no number", "panagrad.loss",
            "{\"name\":\"generalRobust\",\"alpha\":\"x\",\"scale\":1}"),
        value("ignoreIndex of loss nll is 0.5: no whole number", "panagrad.loss",
            "{\"name\":\"nll\",\"ignoreIndex\":0.5}"),
        value("logTarget of loss kullbackLeibler is 1: neither true nor false", "panagrad.loss",
            "{\"name\":\"kullbackLeibler\",\"logTarget\":1}"),
        value("classWeight of loss nll is [1, null]: no list of numbers", "panagrad.loss",
            "{\"name\":\"nll\",\"classWeight\":[1,null]}"),
        value("kind of loss consistency is odd: no kind", "panagrad.loss",
            "{\"name\":\"consistency\",\"kind\":\"odd\"}"),
        value("no loss of single rows", "panagrad.loss",
            "{\"name\":\"pseudoLabels\",\"confidence\":1,\"loss\":{\"name\":\"hinge\"}}"),
        value("parts of loss sumOfLosses is [1]: no list of objects", "panagrad.loss",
            "{\"name\":\"sumOfLosses\",\"parts\":[1]}"),
        value("parts is empty", "panagrad.loss", "{\"name\":\"sumOfLosses\",\"parts\":[]}"),
        value("there is no loss null", "panagrad.loss", "{}"),
        value("panagrad.loss holds 7", "panagrad.loss", "7"),
        layers("panagrad.layers: ", "no JSON"), layers("panagrad.layers is no list", "{}"),
        layers("there is no layer", "[]"), layers("panagrad.layers holds 1: an object is expected", "[1]"),
        layers("there is no layer of kind perceptron", "[{\"kind\":\"perceptron\"}]"),
        layers("there is no layer of kind 3", "[{\"kind\":3}]"), layers("there is no layer of kind null", "[{}]"),
        layers("there is no layer of kind input", "[{\"kind\":\"input\"}]"),
        layers("units of layer dense is null: no whole number", "[{\"kind\":\"dense\",\"relu\":false}]"),
        layers("relu of layer dense is null: neither true nor false", "[{\"kind\":\"dense\",\"units\":3}]"),
        layers("filters of", conv("filters", "\"2\"")), layers("kernel of", conv("kernel", "null")),
        layers("stride of", conv("stride", "1.5")), layers("padding of", conv("padding", "true")),
        layers("relu of", conv("relu", "1")), layers("0 filters", conv("filters", "0")),
        layers("kernel -1", conv("kernel", "-1")), layers("stride 0", conv("stride", "0")),
        layers("padding -1", conv("padding", "-1")), layers("padding 9", conv("padding", "9")),
        layers("filters of", conv("filters", "4294967298")), // 2 in 32 bits
        layers("size 0", "[{\"kind\":\"maxpool2d\",\"size\":0,\"stride\":1}]"),
        layers("layer maxpool2d: window 5x5", "[{\"kind\":\"maxpool2d\",\"size\":5,\"stride\":1}]"),
        layers("put a Flatten before it", "[" + CONV + "," + DENSE + "]"),
        // sizes that no memory holds
        layers("2147483647", "[" + flatten + ",{\"kind\":\"dense\",\"units\":2147483647,\"relu\":false}]"),
        layers("2000000000", conv("filters", "2000000000")),
        layers("2000000000", conv("kernel", "2000000000")), layers("2000000000", conv("padding", "2000000000")),
        // tensors
        tensors("tensor conv2d.bias has shape [4], the layer needs [2]", 1, tensor("conv2d.bias", four, 4)),
        tensors("tensor conv2d.bias has shape [2, 2], the layer needs [2]", 1, tensor("conv2d.bias", four, 2, 2)),
        tensors("tensor dense.weight has shape [4, 2], the layer needs [2, 4]", 2,
            tensor("dense.weight", new float[8], 4, 2)),
        tensors("there is no tensor \"dense.bias\"", 3),
        tensors("there is no tensor \"dense.bias\"", 3, tensor("dense.Bias", new float[2], 2)),
        tensors("tensors that belong to no layer: [extra]", 3, tensors().get(3), tensor("extra", four, 4)),
        tensors("value NaN at index 1 of tensor \"dense.bias\"", 3,
            tensor("dense.bias", new float[]{1, Float.NaN}, 2)));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badFilesAreRefused(Bad test) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    SafeTensors.write(file, test.metadata, test.tensors);
    try (Compute compute = Compute.of(Backend.AUTO)) {
      requireMessage(file, test.message, assertThrows(DataException.class, () -> load(file, compute).close()));
    }
  }

  private static void requireMessage(Path file, String part, Exception e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part) && message.startsWith(file.toString()), message);
  }

  @Test
  void aShorterFileIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = Files.readAllBytes(saved());
    Path file = folder.resolve("short.safetensors");
    try (Compute compute = Compute.of(Backend.AUTO)) {
      for (int length = 0; length < whole.length; length += length < 64 || length > whole.length - 8 ? 1 : 37) {
        Files.write(file, Arrays.copyOf(whole, length));
        requireMessage(file, "", assertThrows(DataException.class, () -> load(file, compute).close()));
      }
      Files.write(file, Arrays.copyOf(whole, whole.length + 4));
      requireMessage(file, "", assertThrows(DataException.class, () -> load(file, compute).close()));
      Files.delete(file);
      requireMessage(file, "there is no such file",
          assertThrows(DataException.class, () -> load(file, compute).close()));
      requireMessage(folder, "is not a regular file",
          assertThrows(DataException.class, () -> load(folder, compute).close()));
    }
  }

  @Test
  void aModelStaysWhatItWasWhenAFileDoesNotFit() throws IOException {
    Path file = saved();
    try (Compute compute = Compute.of(Backend.AUTO);
        Model model = Sequential.of(Input.features(60), Dense.of(3)).on(compute).compile(Sgd.of(1),
            Losses.softmaxCrossEntropy())) {
      float[] before = model.snapshot();
      requireMessage(file, "tensor dense.weight has shape [4, 18], the layer needs [3, 60]",
          assertThrows(DataException.class, () -> model.load(file)));
      assertArrayEquals(before, model.snapshot());
    }
  }

  // writing

  @Test
  void theOldFileStaysWhenSavingFails() throws IOException {
    Path file = saved();
    byte[] before = Files.readAllBytes(file);
    try (Compute compute = Compute.of(Backend.AUTO); Model model = small(compute, 9)) {
      for (Path target : List.of(folder, folder.resolve("missing/model.safetensors"), file.resolve("below"))) {
        String message = String.valueOf(assertThrows(IOException.class, () -> model.save(target)).getMessage());
        assertTrue(message.contains(target.toString()), message);
      }
      assertArrayEquals(before, Files.readAllBytes(file));
      requireFiles(file);
      model.save(file);
      assertTrue(!Arrays.equals(before, Files.readAllBytes(file)), "replaced");
    }
    requireFiles(file);
  }
}
