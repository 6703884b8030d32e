package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.Batch;
import org.panagrad.data.Column;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Head;
import org.panagrad.train.Model;

/** Several inputs, outputs and readers, shared and frozen layers: gradients are sums of those of plain networks. */
class NetworkTest {
  private static final int BATCH = 7;
  @TempDir
  private Path folder;

  /** Numbers and labels from a seed: the inputs' elements, then the targets. */
  private static Batch batch(long seed, int classes, int... inputs) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      columns.add(Column.input("x" + i, inputs[i]));
    }
    columns.add(Column.labels("a", 1, classes));
    columns.add(Column.labels("b", 1, classes));
    Batch batch = new Batch(columns, BATCH).size(BATCH);
    Random random = new Random(seed);
    for (int k = 0; k < columns.size(); k++) {
      for (int i = 0; i < BATCH * columns.get(k).elements(); i++) {
        if (columns.get(k).isInt()) {
          batch.column(k).setAtIndex(JAVA_INT, i, random.nextInt(classes));
        } else {
          batch.column(k).setAtIndex(JAVA_FLOAT, i, 2 * random.nextFloat() - 1);
        }
      }
    }
    return batch;
  }

  private static float[] gradients(Model model, Batch batch) {
    model.forward(batch);
    model.loss(batch);
    model.backward();
    return model.parameters().getFirst().gradient().toArray(JAVA_FLOAT);
  }

  private static void copy(Model from, Model to, int... pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      Parameter a = from.parameters().get(pairs[i]), b = to.parameters().get(pairs[i + 1]);
      b.data().copyFrom(a.data());
    }
  }

  /** The gradient of a trunk with two heads is, to the bit, the sum of those that it gets from each alone. */
  @Test
  void theGradientOfAForkIsTheSum() {
    for (Kernels kernels : Backends.all()) {
      try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, 1)) {
        Node x = Input.features(5).node();
        Node trunk = x.to(Dense.of(4)), a = trunk.to(Dense.of(3)), b = trunk.to(Dense.of(3));
        Batch batch = batch(1, 3, 5);
        try (Model both = Network.of(x, a, b).on(compute).compile(Sgd.of(1),
            Head.of("a", Losses.softmaxCrossEntropy()), Head.of("b", Losses.softmaxCrossEntropy()));
            Model first = Network.of(x, a).on(compute).compile(Sgd.of(1), Head.of("a", Losses.softmaxCrossEntropy()));
            Model second = Network.of(x, b).on(compute).compile(Sgd.of(1),
                Head.of("b", Losses.softmaxCrossEntropy()))) {
          copy(both, first, 0, 0, 1, 1, 2, 2, 3, 3);
          copy(both, second, 0, 0, 1, 1, 4, 2, 5, 3);
          gradients(first, batch);
          gradients(second, batch);
          gradients(both, batch);
          // the gradient at the trunk is added before the product, so the products' sums agree but for rounding
          float[] whole = both.parameters().get(1).gradient().toArray(JAVA_FLOAT);
          float[] one = first.parameters().get(1).gradient().toArray(JAVA_FLOAT),
              other = second.parameters().get(1).gradient().toArray(JAVA_FLOAT);
          for (int i = 0; i < whole.length; i++) {
            float bound = (BATCH + 2) * Math.ulp(1f) * (Math.abs(one[i]) + Math.abs(other[i]) + 1);
            assertEquals(one[i] + other[i], whole[i], bound, kernels.name() + " bias " + i);
          }
        }
      }
    }
  }

  /** A block on two inputs: its gradient is, to the bit, the sum over its uses. */
  @Test
  void sharedLayersAddTheirGradients() {
    try (Compute compute = Compute.of(Backends.all().getFirst(), Product.Choice.BUILTIN, 1)) {
      Node left = Input.features(5).named("left").node(), right = Input.features(5).named("right").node();
      Block block = Block.of(Dense.of(3));
      Network shared = Network.of(List.of(left, right), List.of(block.on(left), block.on(right)));
      Batch batch = batch(2, 3, 5, 5);
      Head a = Head.of("a", Losses.softmaxCrossEntropy()), b = Head.of("b", Losses.softmaxCrossEntropy());
      try (Model both = shared.on(compute).compile(Sgd.of(1), a, b);
          Model apart = Network.of(List.of(left, right), List.of(left.to(Dense.of(3)), right.to(Dense.of(3))))
              .on(compute).compile(Sgd.of(1), a, b)) {
        assertEquals(List.of("dense.weight", "dense.bias"), both.parameters().stream().map(Parameter::name).toList());
        copy(both, apart, 0, 0, 1, 1, 0, 2, 1, 3);
        float[] sum = gradients(both, batch), first = gradients(apart, batch);
        float[] second = apart.parameters().get(2).gradient().toArray(JAVA_FLOAT);
        for (int i = 0; i < sum.length; i++) {
          assertEquals(first[i] + second[i], sum[i], "weight " + i);
        }
        assertEquals(both.lossParts().value("a"), apart.lossParts().value("a"));
        both.step();
      }
    }
  }

  @Test
  void frozenLayersStayAndOthersLearnAsBefore() {
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 1)) {
      Sequential network = Sequential.of(Input.image(5, 5, 1), Conv2D.of(2, 3).relu(), Flatten.of(), Dense.of(4),
          Dense.of(3)).on(compute);
      Batch batch = batch(3, 3, 25);
      try (Model frozen = network.frozen("conv2d|dense").compile(Adam.of(0.1), Losses.softmaxCrossEntropy());
          Model free = network.compile(Adam.of(0.1), Losses.softmaxCrossEntropy())) {
        float[] before = frozen.snapshot();
        gradients(frozen, batch);
        gradients(free, batch);
        assertEquals(List.of("dense_1.weight", "dense_1.bias"), frozen.updater().names());
        for (int p = 4; p < 6; p++) {
          assertArrayEquals(free.parameters().get(p).gradient().toArray(JAVA_FLOAT),
              frozen.parameters().get(p).gradient().toArray(JAVA_FLOAT));
        }
        for (int p = 0; p < 4; p++) {
          assertTrue(frozen.parameters().get(p).gradient().mismatch(zeros(frozen.parameters().get(p))) == -1,
              "no gradient of " + frozen.parameters().get(p).name() + " is computed");
        }
        frozen.step();
        for (int p = 0; p < 4; p++) {
          Parameter parameter = frozen.parameters().get(p);
          int from = (int) ((parameter.data().address() - frozen.parameters().getFirst().data().address()) / 4);
          assertArrayEquals(Arrays.copyOfRange(before, from, from + (int) parameter.shape().elements()),
              parameter.data().toArray(JAVA_FLOAT), parameter.name());
        }
      }
    }
  }

  private static MemorySegment zeros(Parameter parameter) {
    return MemorySegment.ofArray(new float[(int) parameter.shape().elements()]);
  }

  /** Of a linear model with squared error the gradient by the input is W (2 e / n). */
  @Test
  void gradientsByTheInput() {
    try (Compute compute = Compute.of(Backends.all().getFirst(), Product.Choice.BUILTIN, 1);
        Model model = Sequential.of(Input.features(3).withGradient(), Dense.of(1)).on(compute).frozen(".*")
            .compile(Sgd.of(1), Losses.meanSquaredError())) {
      Batch batch = new Batch(List.of(Column.input("x", 3), Column.numbers("y", 1)), 2).size(2);
      for (int i = 0; i < 6; i++) {
        batch.input(0).setAtIndex(JAVA_FLOAT, i, i - 2.5f);
      }
      model.forward(batch);
      model.loss(batch);
      model.backward();
      float[] weight = model.parameters().getFirst().data().toArray(JAVA_FLOAT);
      for (int r = 0; r < 2; r++) {
        float slope = model.outputGradient(0).getAtIndex(JAVA_FLOAT, r);
        assertEquals(model.outputs().getAtIndex(JAVA_FLOAT, r), slope); // 2 (y - 0) / 2
        for (int i = 0; i < 3; i++) {
          assertEquals(weight[i] * slope, model.inputGradient(0).getAtIndex(JAVA_FLOAT, r * 3 + i));
        }
      }
      Model without = Sequential.of(Input.features(3), Dense.of(1)).on(compute).compile(Sgd.of(1),
          Losses.meanSquaredError());
      assertTrue(assertThrows(IllegalStateException.class, () -> without.inputGradient(0)).getMessage()
          .contains("withGradient()"));
      without.close();
    }
  }

  /** exp(-s) L + s has its least value at s = ln L: with the network frozen that is where the weights go. */
  @Test
  void learnedWeightsGoToTheLogarithmsOfTheLosses() {
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 1)) {
      Node x = Input.features(5).node();
      Network network = Network.of(x, x.to(Dense.of(3)), x.to(Dense.of(3))).on(compute).frozen("dense.*");
      Batch batch = batch(4, 3, 5);
      try (Model model = network.compile(Adam.of(0.05),
          Head.of("a", Losses.softmaxCrossEntropy(), Metrics.accuracy()).learnedWeight(),
          Head.of("b", Losses.softmaxCrossEntropy()).learnedWeight())) {
        assertEquals(List.of("a loss", "b loss", "a accuracy"), model.metricNames());
        assertEquals(List.of("head.a.log_variance", "head.b.log_variance"), model.updater().names());
        double total = 0;
        for (int step = 0; step < 400; step++) {
          model.forward(batch);
          total = model.loss(batch);
          model.backward();
          model.step();
        }
        double expected = 0;
        for (int head = 0; head < 2; head++) {
          double loss = model.lossParts().value(head);
          assertEquals(Math.log(loss), model.parameters().get(4 + head).data().getAtIndex(JAVA_FLOAT, 0), 1e-3);
          expected += 1 + Math.log(loss);
        }
        assertEquals(expected, total, 1e-5);
      }
    }
  }

  @Test
  void isReadBackWithItsHeadsInputsAndSharedLayers() throws IOException {
    Path file = folder.resolve("network.safetensors"), again = folder.resolve("again.safetensors");
    Node left = Input.features(6).named("left").node(), right = Input.features(6).named("right").node();
    Block block = Block.of(Dense.of(4).relu(), Reshape.of(2, 2), Flatten.of());
    Node a = block.on(left), b = block.on(right);
    Node sum = Node.of(Add.of(), a, b), both = Node.of(Concatenate.of(), sum, a, right);
    Network network = Network.of(List.of(left, right), List.of(both.to(Dense.of(3)), sum.to(Dense.of(3)))).seed(5);
    Batch batch = batch(6, 3, 6, 6);
    try (Compute compute = Compute.of(Backends.all().getLast(), Product.Choice.BUILTIN, 2);
        Model model = network.on(compute).compile(Sgd.of(0.1), Head.of("a", Losses.softmaxCrossEntropy()).weight(0.5),
            Head.of("b", Losses.softmaxCrossEntropy()).learnedWeight())) {
      model.save(file);
      model.forward(batch);
      double loss = model.loss(batch);
      try (Model read = Network.load(file, compute, Sgd.of(0.1))) {
        read.forward(batch);
        assertEquals(loss, read.loss(batch));
        assertEquals(model.architecture().describe(), read.architecture().describe());
        read.save(again);
        assertEquals(-1, Files.mismatch(file, again));
        read.backward();
        model.backward();
        for (int p = 0; p < model.parameters().size(); p++) {
          assertArrayEquals(model.parameters().get(p).gradient().toArray(JAVA_FLOAT),
              read.parameters().get(p).gradient().toArray(JAVA_FLOAT), model.parameters().get(p).name());
        }
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedWhenItIsBuilt() {
    Node x = Input.features(4).node(), other = Input.features(4).node(), image = Input.image(4, 4, 1).named("i").node();
    refused("two inputs are named features", () -> Network.of(List.of(x, other), List.of(x)));
    refused("depends on the input features, which is not among", () -> Network.of(image, x.to(Dense.of(2))));
    refused("not from a layer", () -> Network.of(x.to(Dense.of(1)), x));
    refused("layer dense reads 1 values, not 2", () -> Node.of(Dense.of(1), x, other));
    refused("layer add: it adds 4 and 4x4x1", () -> compile(Network.of(List.of(x, image),
        List.of(Node.of(Add.of(), x, image)))));
    refused("layer concatenate: it puts 4 and 4x4x1", () -> compile(Network.of(List.of(x, image),
        List.of(Node.of(Concatenate.of(), x, image)))));
    refused("layer reshape: its input has shape 4", () -> compile(Network.of(x, x.to(Reshape.of(3)))));
    Block block = Block.of(Dense.of(2));
    Node wide = Input.features(5).named("wide").node();
    refused("layer dense: it is shared, and its weight has shape 2x4, here 2x5 is needed",
        () -> compile(Network.of(List.of(x, wide), List.of(block.on(x), block.on(wide)))));
    refused("the network has 2 outputs, but there are 1 heads", () -> compile(Network.of(x, x, x)));
    refused("two heads are named a", () -> Network.of(x, x.to(Dense.of(2)), x.to(Dense.of(2))).compile(Sgd.of(1),
        Head.of("a", Losses.hinge()), Head.of("a", Losses.hinge())));
  }

  private static void compile(Network network) {
    network.compile(Sgd.of(1), Losses.meanSquaredError()).close();
  }

  private static void refused(String part, Runnable call) {
    String message = String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
    assertTrue(message.contains(part), message);
  }
}
