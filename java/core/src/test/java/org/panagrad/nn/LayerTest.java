package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batch;
import org.panagrad.data.Column;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

/**
 * Each layer in a network: gradients along random directions, the same bits everywhere, files, and its own semantics.
 */
class LayerTest {
  private static final int BATCH = 6;

  /** A network from numbers or words to numbers. */
  private record Case(String name, Network network) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case chain(String name, Input input, Layer... layers) {
    Node x = input.node();
    return new Case(name, Network.of(x, x.to(layers)));
  }

  private static Case recurrent(Recurrent layer, boolean sequence) {
    Node x = Input.sequence(5, 3).node(), lengths = Input.lengths().node();
    Node states = Input.features(layer.cell() == Recurrent.Cell.LSTM ? 8 : 4).named("states").node();
    List<Node> inputs = new ArrayList<>(List.of(x));
    if (layer.hasLengths()) {
      inputs.add(lengths);
    }
    if (layer.hasInitial()) {
      inputs.add(states);
    }
    Node y = Node.of(layer, inputs.toArray(Node[]::new));
    return new Case(layer.toString(), Network.of(inputs, List.of(sequence ? y.to(Dense.of(2)) : y.to(Dense.of(3)))));
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Activation activation : List.of(Activation.leakyRelu(0.1), Activation.elu(1), Activation.gelu(),
        new Activation(Activation.Function.GELU_TANH, 0), Activation.silu(), Activation.tanh(), Activation.sigmoid(),
        Activation.softplus(), Activation.softmax())) {
      cases.add(chain(activation.function().toString(), Input.features(4), Dense.of(5), activation, Dense.of(3)));
    }
    cases.add(chain("average pool", Input.image(5, 4, 2), Conv2D.of(3, 2).dilation(2), AveragePool2D.of(2),
        Flatten.of(), Dense.of(2)));
    cases.add(chain("transposed convolution", Input.image(3, 2, 2), Conv2D.of(3, 1),
        ConvTranspose2D.of(2, 4).stride(2).padding(1), Activation.tanh(), Flatten.of(), Dense.of(2)));
    cases.add(chain("transposed convolution with relu", Input.image(3, 2, 2), ConvTranspose2D.of(40, 3).relu(),
        ConvTranspose2D.of(2, 2).stride(3), Flatten.of(), Dense.of(2)));
    cases.add(chain("overlapping average pool", Input.image(5, 4, 2), Conv2D.of(3, 2), AveragePool2D.of(3).stride(1),
        Flatten.of(), Dense.of(2)));
    cases.add(chain("global average pool", Input.image(5, 4, 2), Conv2D.of(3, 2), GlobalAveragePool2D.of(),
        Dense.of(2)));
    cases.add(chain("batch norm", Input.features(4), Dense.of(5), BatchNorm.of(), Activation.tanh(), Dense.of(2)));
    cases.add(chain("batch norm of images", Input.image(4, 4, 1), Conv2D.of(3, 3), BatchNorm.of(), Flatten.of(),
        Dense.of(2)));
    cases.add(chain("layer norm", Input.sequence(3, 4), Dense.of(5), LayerNorm.of(), Flatten.of(), Dense.of(2)));
    cases.add(chain("embedding", Input.tokens(5), Embedding.of(7, 3), Flatten.of(), Dense.of(2)));
    for (Recurrent layer : List.of(Lstm.of(4), Gru.of(4))) {
      cases.add(recurrent(layer, false));
      cases.add(recurrent(layer.sequence().withLengths(), true));
      cases.add(recurrent(layer.states().withInitial(), false));
      cases.add(recurrent(layer.inBothDirections().withLengths(), false));
      cases.add(recurrent(layer.sequence().inBothDirections(), true));
    }
    return cases.stream();
  }

  private static Batch batch(Network network, long seed) {
    List<Column> columns = new ArrayList<>();
    Random random = new Random(seed);
    try (Model model = network.compile(Sgd.of(1), Losses.meanSquaredError())) {
      for (var value : model.inputs()) {
        String name = "x" + columns.size();
        int elements = (int) value.shape().elements();
        columns.add(value.isInt() ? Column.tokens(name, elements, 6) : Column.input(name, elements));
      }
      columns.add(Column.numbers("y", (int) model.outputCount()));
    }
    Batch batch = new Batch(columns, BATCH).size(BATCH);
    for (int k = 0; k < columns.size(); k++) {
      for (int i = 0; i < BATCH * columns.get(k).elements(); i++) {
        if (columns.get(k).isInt()) {
          batch.column(k).setAtIndex(JAVA_INT, i, random.nextInt(6));
        } else {
          batch.column(k).setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
        }
      }
    }
    return batch;
  }

  private static double loss(Model model, Batch batch) {
    model.forward(batch);
    return model.loss(batch);
  }

  /**
   * The slope along a direction, by differences of steps h and h / 2, whose errors of second order cancel. What remains
   * is the loss's rounding, some 2^-22 over h = 2^-6, and the fourth order: 1e-3 of the gradient's size is far from
   * both, and from what a forgotten factor or term would make.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreSlopes(Case test) {
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 1);
        Model model = test.network.seed(2).on(compute).compile(Sgd.of(1), Losses.meanSquaredError())) {
      Batch batch = batch(test.network, 3);
      loss(model, batch);
      model.backward();
      Random random = new Random(4);
      for (Parameter parameter : model.parameters().stream().filter(Parameter::trained).toList()) {
        float[] at = parameter.data().toArray(JAVA_FLOAT), gradient = parameter.gradient().toArray(JAVA_FLOAT),
            direction = new float[at.length];
        double slope = 0, size = 0, length = 0;
        for (int i = 0; i < at.length; i++) {
          direction[i] = (float) random.nextGaussian();
          length += direction[i] * direction[i];
        }
        for (int i = 0; i < at.length; i++) {
          direction[i] /= (float) Math.sqrt(length);
          slope += (double) direction[i] * gradient[i];
          size += (double) gradient[i] * gradient[i];
        }
        double whole = slope(model, batch, parameter, at, direction, 0x1p-5),
            half = slope(model, batch, parameter, at, direction, 0x1p-6);
        assertEquals((4 * half - whole) / 3, slope, 1e-3 * (Math.sqrt(size) + 0.1), test.name + " " + parameter.name());
      }
    }
  }

  private static double slope(Model model, Batch batch, Parameter parameter, float[] at, float[] direction, double h) {
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < at.length; i++) {
        parameter.data().setAtIndex(JAVA_FLOAT, i, (float) (at[i] + (side == 0 ? h : -h) * direction[i]));
      }
      losses[side] = loss(model, batch);
    }
    for (int i = 0; i < at.length; i++) {
      parameter.data().setAtIndex(JAVA_FLOAT, i, at[i]);
    }
    return (losses[0] - losses[1]) / (2 * h);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameBitsEverywhere(Case test) {
    float[] expected = null;
    Batch batch = batch(test.network, 5);
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads += 2) {
        try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, threads)) {
          float[] trained = trained(test, compute, batch);
          expected = expected == null ? trained : expected;
          assertArrayEquals(expected, trained, kernels.name() + ", " + threads + " threads");
        }
      }
    }
  }

  private static float[] trained(Case test, Compute compute, Batch batch) {
    try (Model model = test.network.on(compute).compile(Sgd.of(0.1), Losses.meanSquaredError())) {
      for (int step = 0; step < 2; step++) {
        loss(model, batch);
        model.backward();
        model.step();
      }
      return model.snapshot();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameBitsOnAGpu(Case test) {
    String missing = Backends.missing(Backend.CUDA);
    assumeTrue(missing == null, () -> "skipped, " + missing);
    Batch batch = batch(test.network, 5);
    try (Compute here = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1);
        Compute there = Compute.of(Backend.CUDA, Product.Choice.BUILTIN, 1)) {
      assertArrayEquals(trained(test, here, batch), trained(test, there, batch));
    }
  }

  @TempDir
  private Path folder;

  @ParameterizedTest
  @MethodSource("cases")
  void isReadBack(Case test) throws IOException {
    Path file = folder.resolve("model"), again = folder.resolve("again");
    Batch batch = batch(test.network, 6);
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 1);
        Model model = test.network.seed(9).on(compute).compile(Sgd.of(0.1), Losses.meanSquaredError())) {
      loss(model, batch); // what norms keep is in the file too
      model.save(file);
      model.infer(batch);
      try (Model read = Network.load(file, compute, Sgd.of(0.1))) {
        read.infer(batch);
        assertArrayEquals(model.outputs().toArray(JAVA_FLOAT), read.outputs().toArray(JAVA_FLOAT));
        read.save(again);
        assertEquals(-1, Files.mismatch(file, again));
      }
    }
  }

  // each layer's own

  private static Batch numbers(int size, int elements, float... values) {
    Batch batch = new Batch(List.of(Column.input("x", elements), Column.numbers("y", elements)), size).size(size);
    for (int i = 0; i < values.length; i++) {
      batch.input(0).setAtIndex(JAVA_FLOAT, i, values[i]);
    }
    return batch;
  }

  private static Model model(Network network) {
    return network.compile(Sgd.of(0.1), Losses.meanSquaredError());
  }

  /**
   * PyTorch's numbers: biased variance to normalise, the unbiased one for the running variance, momentum of the new.
   */
  @Test
  void batchNormRunsAlong() {
    Node x = Input.features(1).node();
    try (Model model = model(Network.of(x, x.to(new BatchNorm(1e-5, 0.25))))) {
      Batch batch = numbers(4, 1, 1, 3, 5, 7);
      model.forward(batch);
      assertEquals((1 - 4) / Math.sqrt(5 + 1e-5), model.outputs().getAtIndex(JAVA_FLOAT, 0), 1e-6);
      assertEquals(0.25f * 4, model.parameters().get(2).data().getAtIndex(JAVA_FLOAT, 0));
      assertEquals(0.75 + 0.25 * 20 / 3, model.parameters().get(3).data().getAtIndex(JAVA_FLOAT, 0), 1e-6);
      model.infer(batch);
      assertEquals((1 - 1) / Math.sqrt(0.75 + 0.25 * 20 / 3), model.outputs().getAtIndex(JAVA_FLOAT, 0), 1e-6);
      assertEquals(1, model.parameters().get(2).data().getAtIndex(JAVA_FLOAT, 0), "inference leaves it");
      assertEquals(List.of("batchnorm.weight", "batchnorm.bias"), model.updater().names());
      assertEquals(List.of("batchnorm.weight", "batchnorm.bias", "batchnorm.running_mean", "batchnorm.running_var"),
          model.parameters().stream().map(Parameter::name).toList());
    }
  }

  /** With the same array on disk, a convolution and its transpose are adjoint: (conv(x), y) = (x, transposed(y)). */
  @Test
  void aTransposedConvolutionIsTheAdjoint() {
    Node image = Input.image(7, 5, 2).node(), windows = Input.image(4, 3, 3).node();
    try (Model down = model(Network.of(image, image.to(Conv2D.of(3, 3).stride(2).padding(1))));
        Model up = model(Network.of(windows, windows.to(ConvTranspose2D.of(2, 3).stride(2).padding(1))))) {
      Parameter weight = down.parameters().getFirst();
      MemorySegment disk = MemorySegment.ofArray(new float[(int) weight.shape().elements()]);
      weight.toDisk(weight.data(), disk);
      Parameter transposed = up.parameters().getFirst();
      assertEquals(weight.shape(), transposed.shape());
      transposed.fromDisk(disk, transposed.data());
      float[] x = gaussians(7 * 5 * 2, 1), y = gaussians(4 * 3 * 3, 2);
      down.infer(numbers(1, x.length, x));
      up.infer(numbers(1, y.length, y));
      float[] ofX = down.outputs().toArray(JAVA_FLOAT), ofY = up.outputs().toArray(JAVA_FLOAT);
      assertEquals(y.length, ofX.length);
      assertEquals(x.length, ofY.length);
      assertEquals(product(ofX, y), product(x, ofY), 1e-5);
    }
  }

  private static float[] gaussians(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void dropoutDropsItsShareInTrainingOnly() {
    int n = 1 << 14;
    Node x = Input.features(n).withGradient().node();
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    Batch batch = numbers(1, n, ones);
    try (Model model = model(Network.of(x, x.to(Dropout.of(0.25))));
        Model two = model(Network.of(x,
            x.to(Dropout.of(0.25), Dropout.of(0.25))))) {
      model.forward(batch);
      float[] first = model.outputs().toArray(JAVA_FLOAT);
      int dropped = 0;
      for (float y : first) {
        assertTrue(y == 0 || y == 1 / 0.75f, "scaled by what is kept: " + y);
        dropped += y == 0 ? 1 : 0;
      }
      assertEquals(0.25 * n, dropped, 5 * Math.sqrt(n * 0.25 * 0.75), "five standard deviations");
      model.loss(batch);
      model.backward();
      for (int i = 0; i < n; i++) {
        assertEquals(first[i] == 0, model.inputGradient(0).getAtIndex(JAVA_FLOAT, i) == 0);
      }
      model.forward(batch);
      assertTrue(!Arrays.equals(first, model.outputs().toArray(JAVA_FLOAT)), "another pass drops others");
      model.infer(batch);
      assertArrayEquals(ones, model.outputs().toArray(JAVA_FLOAT));
      two.forward(batch);
      long both = 0;
      for (float y : two.outputs().toArray(JAVA_FLOAT)) {
        both += y == 0 ? 1 : 0;
      }
      assertEquals(n * (1 - 0.75 * 0.75), both, 5 * Math.sqrt(n * 0.25), "the second drops others than the first");
    }
  }

  /** A sequence in one go has the bits of its halves, the second beginning with the states that the first ends with. */
  @Test
  void statesGoOnWhereTheyWere() {
    for (Recurrent layer : List.of(Lstm.of(3), Gru.of(3))) {
      Node whole = Input.sequence(4, 2).node(), first = Input.sequence(2, 2).named("first").node(),
          second = Input.sequence(2, 2).named("second").node();
      try (Model one = model(Network.of(whole, Node.of(layer.states(), whole)));
          Model two = model(Network.of(List.of(first, second), List.of(
              Node.of(layer.states().withInitial(), second, Node.of(layer.states(), first)))))) {
        for (int p = 0; p < 4; p++) {
          for (int half = 0; half < 2; half++) {
            two.parameters().get(4 * half + p).data().copyFrom(one.parameters().get(p).data());
          }
        }
        Batch batch = new Batch(List.of(Column.input("x", 8)), 1).size(1),
            halves = new Batch(List.of(Column.input("a", 4), Column.input("b", 4)), 1).size(1);
        for (int i = 0; i < 8; i++) {
          batch.input(0).setAtIndex(JAVA_FLOAT, i, i - 3);
          halves.input(i / 4).setAtIndex(JAVA_FLOAT, i % 4, i - 3);
        }
        one.infer(batch);
        two.infer(halves);
        assertArrayEquals(one.outputs().toArray(JAVA_FLOAT), two.outputs().toArray(JAVA_FLOAT), layer.toString());
      }
    }
  }

  @Test
  void wordsOutOfRangeAreRefused() {
    Node x = Input.tokens(2).node();
    try (Model model = model(Network.of(x, x.to(Embedding.of(5, 3))))) {
      Batch batch = new Batch(List.of(Column.tokens("words", 2, 9), Column.numbers("y", 6)), 1).size(1);
      batch.input(0).setAtIndex(JAVA_INT, 1, 5);
      String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> model.forward(batch))
          .getMessage());
      assertTrue(message.contains("5"), message);
    }
  }

  static Stream<Case> misfits() {
    return Stream.of(
        chain("layer embedding: its input of shape 3 holds numbers", Input.features(3), Embedding.of(4, 2)),
        chain("layer lstm: its input has shape 3", Input.features(3), Lstm.of(4)),
        chain("layer gru: its input has shape 4x4x1", Input.image(4, 4, 1), Gru.of(4)),
        chain("layer globalaveragepool2d: its input has shape 3", Input.features(3), GlobalAveragePool2D.of()),
        chain("layer averagepool2d: window 5x5", Input.image(4, 4, 1), AveragePool2D.of(5)),
        chain("layer convtranspose2d: its input has shape 3", Input.features(3), ConvTranspose2D.of(1, 2)),
        chain("layer convtranspose2d: window 2x2 stride 1 padding 2", Input.image(4, 4, 1),
            ConvTranspose2D.of(1, 2).padding(2)),
        chain("layer activation: its input of shape 3 holds whole numbers", Input.tokens(3), Activation.tanh()));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void whatDoesNotFitIsNamed(Case test) {
    String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> model(test.network).close())
        .getMessage());
    assertTrue(message.contains(test.name), message);
  }
}
