package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.Layer;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Networks.Samples;

class ModelTest {
  private static final int FEATURES = 60;

  private static Model compile(Sequential network) {
    return network.compile(Sgd.of(0.1), Losses.softmaxCrossEntropy(), Metrics.accuracy());
  }

  private static void requireMessage(Class<? extends Exception> type, String part, Executable call) {
    String message = String.valueOf(assertThrows(type, call).getMessage());
    assertTrue(message.contains(part), message);
  }

  // what it is

  @Test
  void aMetricTakesTheTargetsOfTheLoss() {
    requireMessage(IllegalArgumentException.class,
        "the metric MSE takes numbers, the loss softmaxCrossEntropy labels: they must take the same",
        () -> Networks.digits().compile(Sgd.of(0.1), Losses.softmaxCrossEntropy(), Metrics.meanSquaredError()));
  }

  @Test
  void networkOfDigits() {
    try (Model model = compile(Networks.digits())) {
      assertEquals(93_322, model.parameterCount());
      assertEquals(10, model.outputCount());
      assertEquals("[conv2d.weight 32x1x3x3, conv2d.bias 32, conv2d_1.weight 64x32x3x3, conv2d_1.bias 64, "
          + "conv2d_2.weight 64x64x3x3, conv2d_2.bias 64, dense.weight 64x576, dense.bias 64, dense_1.weight 10x64, "
          + "dense_1.bias 10]", model.parameters().stream().map(p -> p.name() + " " + p.shape()).toList().toString());
      assertTrue(model.snapshot().length >= 93_322 && model.snapshot().length % 16 == 0, "padded");
    }
  }

  // what does not fit

  private record Misfit(String message, Input input, List<Layer> layers) {
    @Override
    public String toString() {
      return message;
    }
  }

  private static Misfit misfit(String message, Input input, Layer... layers) {
    return new Misfit(message, input, List.of(layers));
  }

  static List<Misfit> misfits() {
    Input image = Input.image(8, 6, 3), features = Input.features(8);
    return List.of(
        misfit("layer conv2d: window 7x7 stride 1 padding 0 over 8x6x3: the window is larger than the padded image",
            image,
            Conv2D.of(4, 7)),
        misfit("layer conv2d_1: window 5x5", image, Conv2D.of(4, 3), Conv2D.of(4, 5)),
        misfit("layer conv2d: window 3x3 stride 1 padding 3", image, Conv2D.of(4, 3).padding(3)),
        misfit("layer maxpool2d: window 7x7", image, MaxPool2D.of(7)),
        misfit("layer dense: its input has shape 8x6x3: put a Flatten before it", image, Dense.of(2)),
        misfit("layer dense: its input has shape 4x3x3: put a Flatten before it", image, MaxPool2D.of(2), Dense.of(2)),
        misfit("layer conv2d: its input has shape 8: an image (height x width x channels) is needed", features,
            Conv2D.of(2, 2)),
        misfit("layer maxpool2d: its input has shape 4", features, Dense.of(4), MaxPool2D.of(2)),
        misfit("2147483647", features, Dense.of(Integer.MAX_VALUE)));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void layersThatDoNotFitAreNamed(Misfit test) {
    requireMessage(IllegalArgumentException.class, test.message,
        () -> compile(Sequential.of(test.input, test.layers.toArray(Layer[]::new))).close());
  }

  @Test
  void optionsOfLayers() {
    Class<IllegalArgumentException> refused = IllegalArgumentException.class;
    requireMessage(refused, "at least one layer", () -> Sequential.of(Input.features(1)));
    requireMessage(refused, "units is 0", () -> Dense.of(0));
    requireMessage(refused, "0 filters", () -> Conv2D.of(0, 3));
    requireMessage(refused, "kernel -3", () -> Conv2D.of(3, -3));
    requireMessage(refused, "stride 0", () -> Conv2D.of(3, 3).stride(0));
    requireMessage(refused, "padding -1", () -> Conv2D.of(3, 3).padding(-1));
    requireMessage(refused, "size 0", () -> MaxPool2D.of(0));
    requireMessage(refused, "stride -1", () -> new MaxPool2D(2, -1));
    requireMessage(refused, "[0]", () -> Input.features(0));
    requireMessage(refused, "[28, -1, 1]", () -> Input.image(28, -1, 1));
    requireMessage(refused, "[65536, 65536, 1]", () -> Input.image(1 << 16, 1 << 16, 1));
    requireMessage(refused, "epochs is 0", () -> Fit.epochs(0));
    requireMessage(refused, "batchSize is 0", () -> Fit.epochs(1).batchSize(0));
  }

  @Test
  void dataThatDoesNotFit() {
    Class<IllegalArgumentException> refused = IllegalArgumentException.class;
    Samples good = Networks.random(4, FEATURES, 3, 1);
    try (Model model = compile(Networks.small())) {
      float[] before = model.snapshot();
      Samples wide = Networks.random(4, FEATURES + 1, 3, 1), narrow = Networks.random(4, FEATURES - 1, 3, 1);
      Samples many = Networks.random(4, FEATURES, 4, 1);
      for (Samples data : List.of(wide, narrow)) {
        String message = "the data has " + data.features() + " features a sample, the model's input is 6x5x2 (60)";
        requireMessage(refused, message, () -> model.fit(data, Fit.epochs(1)));
        requireMessage(refused, message, () -> model.fit(good, Fit.epochs(1).validation(data)));
        requireMessage(refused, message, () -> model.evaluate(data, 2));
      }
      requireMessage(refused, "the data has 4 classes, the model 3 outputs", () -> model.fit(many, Fit.epochs(1)));
      requireMessage(refused, "the data has 4 classes, the model 3 outputs", () -> model.evaluate(many, 2));
      requireMessage(refused, "shorter than the model's input image of 6x5x2 (60 floats)",
          () -> model.forward(new Batches(narrow, 4).load(0)));
      Dataset empty = good.slice(0, 0);
      requireMessage(refused, "the dataset is empty", () -> model.fit(empty, Fit.epochs(1)));
      requireMessage(refused, "the dataset is empty", () -> model.evaluate(empty, 1));
      requireMessage(refused, "batch size is 0", () -> model.evaluate(good, 0));
      assertArrayEquals(before, model.snapshot(), "untouched");
    }
  }

  @Test
  void aLabelOutOfRangeChangesNothing() {
    for (int label : new int[]{3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      Samples data = Networks.random(4, FEATURES, 3, 1);
      data.labels()[2] = label;
      try (Model model = compile(Networks.small())) {
        float[] before = model.snapshot();
        Batch batch = new Batches(data, 4).load(0);
        model.forward(batch);
        String message = "label " + label + " in row 2 is out of range";
        requireMessage(IllegalArgumentException.class, message, () -> model.loss(batch));
        requireMessage(IllegalArgumentException.class, "label " + label, () -> model.fit(data, Fit.epochs(1)));
        requireMessage(IllegalArgumentException.class, message, () -> model.evaluate(data, 4));
        assertArrayEquals(before, model.snapshot());
      }
    }
  }

  @Test
  void predictionsThatCannotBe() {
    try (Model model = compile(Networks.small())) {
      float[] features = new float[2 * FEATURES], predictions = {7, 7, 7, 7, 7, 7};
      for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        features[FEATURES + 1] = bad;
        requireMessage(IllegalArgumentException.class, "features[61] is " + bad,
            () -> model.predict(features, predictions, 2));
      }
      requireMessage(IndexOutOfBoundsException.class, "features has 120 elements, 3 samples of 60 need 180",
          () -> model.predict(features, new float[9], 3));
      requireMessage(IndexOutOfBoundsException.class, "predictions has 5 elements, 2 samples of 3 need 6",
          () -> model.predict(features, new float[5], 2));
      requireMessage(IndexOutOfBoundsException.class, "0 samples", () -> model.predict(features, predictions, 0));
      requireMessage(IndexOutOfBoundsException.class, "", () -> model.predict(features, predictions, -1));
      requireMessage(IndexOutOfBoundsException.class, "",
          () -> model.predict(features, predictions, Integer.MAX_VALUE));
      assertArrayEquals(new float[]{7, 7, 7, 7, 7, 7}, predictions, "nothing written");
      // what lies behind the samples asked for is not looked at
      model.predict(features, predictions, 1);
      assertEquals(1, predictions[0] + predictions[1] + predictions[2], 1e-6, "probabilities");
      assertEquals(7, predictions[3]);
      // finite, though their sum is not
      Arrays.fill(features, 0, FEATURES, Float.MAX_VALUE);
      model.predict(features, predictions, 1);
    }
  }

  @Test
  void aClosedModelSaysSo() {
    Samples data = Networks.random(4, FEATURES, 3, 1);
    Batch batch = new Batches(data, 4).load(0);
    Model model = compile(Networks.small());
    model.forward(batch);
    model.close();
    model.close();
    Path file = Path.of("never-written.safetensors");
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("forward", () -> model.forward(batch));
    calls.put("loss", () -> model.loss(batch));
    calls.put("backward", model::backward);
    calls.put("step", model::step);
    calls.put("fit", () -> model.fit(data, Fit.epochs(1)));
    calls.put("evaluate", () -> model.evaluate(data, 2));
    calls.put("predict", () -> model.predict(new float[FEATURES], new float[3], 1));
    calls.put("save", () -> model.save(file));
    calls.put("load", () -> model.load(file));
    calls.put("snapshot", model::snapshot);
    calls.forEach((name, call) -> {
      String message = String.valueOf(assertThrows(IllegalStateException.class, call, name).getMessage());
      assertTrue(message.contains("closed"), name + ": " + message);
    });
  }

  @Test
  void stepsOutOfOrder() {
    try (Model model = compile(Networks.small())) {
      Batch batch = new Batches(Networks.random(4, FEATURES, 3, 1), 4).load(0);
      assertThrows(IllegalStateException.class, () -> model.loss(batch), "no forward");
      assertThrows(IllegalStateException.class, model::backward, "no forward");
      assertThrows(IllegalStateException.class, model::outputs, "no forward");
    }
  }

  // figures

  /** Logits equal to the features: a layer that changes nothing, and whose rate is 0 once rounded to float. */
  private static Model identity() {
    Model model = Sequential.of(Input.features(2), Dense.of(2)).compile(Sgd.of(1e-60), Losses.softmaxCrossEntropy(),
        Metrics.accuracy());
    model.parameters().getFirst().data().copyFrom(MemorySegment.ofArray(new float[]{1, 0, 0, 1}));
    return model;
  }

  @Test
  void figuresAreMeansOverSamples() {
    Samples data = new Samples(new float[][]{{0, 0}, {1, 0}, {0, 2}, {0, 0}, {3, -1}},
        new int[]{0, 0, 1, 1, 1}, 2);
    // ln(1 + e^d), d what the other class is ahead
    double ln2 = Math.log(2);
    double loss = (ln2 + Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-2)) + ln2 + Math.log1p(Math.exp(4))) / 5;
    try (Model model = identity()) {
      for (int batchSize : new int[]{1, 2, 3, 5, 100}) {
        Evaluation evaluation = model.evaluate(data, batchSize);
        assertEquals(loss, evaluation.loss(), 1e-6, "some roundings of floats near 4");
        assertEquals(List.of(3 / 5.0), evaluation.metrics(), "a tie counts for the first class");
        List<String> told = new ArrayList<>();
        History history = model.fit(data, Fit.epochs(2).batchSize(batchSize).validation(data.limit(3)).listener(
            listener(told)));
        assertEquals(List.of("accuracy"), history.metricNames());
        assertEquals(2, history.epochs().size());
        for (History.Epoch epoch : history.epochs()) {
          assertEquals(loss, epoch.training().loss(), 1e-6);
          assertEquals(List.of(3 / 5.0), epoch.training().metrics());
          Evaluation validation = Objects.requireNonNull(epoch.validation());
          assertEquals((ln2 + Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-2))) / 3, validation.loss(), 1e-6);
          assertEquals(List.of(1.0), validation.metrics());
          assertEquals(5, epoch.samples());
          assertTrue(epoch.seconds() > 0 && epoch.samplesPerSecond() > 0);
        }
        assertEquals(2, history.last().number());
        int steps = (5 + batchSize - 1) / batchSize;
        List<String> expected = new ArrayList<>(List.of("begin"));
        for (int epoch = 1; epoch <= 2; epoch++) {
          for (int i = 1; i <= steps; i++) {
            expected.add("epoch " + epoch + "/2, batch " + i + "/" + steps + ", samples " + Math.min(5, i * batchSize));
          }
          expected.add("epoch " + epoch);
        }
        expected.add("end");
        assertEquals(expected, told);
      }
      assertNull(model.fit(data, Fit.epochs(1)).last().validation());
    }
  }

  private static TrainingListener listener(List<String> told) {
    return new TrainingListener() {
      @Override
      public void onTrainingBegin(Model model, Fit fit) {
        told.add("begin");
      }

      @Override
      public void onTrainingBatch(Progress p) {
        told.add("epoch " + p.epoch() + "/" + p.epochs() + ", batch " + p.batch() + "/" + p.batches() + ", samples "
            + p.samples());
      }

      @Override
      public void onEpoch(History.Epoch epoch) {
        told.add("epoch " + epoch.number());
      }

      @Override
      public void onTrainingEnd(History history) {
        told.add("end");
      }
    };
  }

  @Test
  void predictionsDoNotDependOnTheBatch() {
    Samples data = Networks.random(40, FEATURES, 3, 8);
    float[] one = new float[3], all = new float[40 * 3], features = new float[40 * FEATURES];
    for (int i = 0; i < 40; i++) {
      System.arraycopy(data.rows()[i], 0, features, i * FEATURES, FEATURES);
    }
    try (Model model = compile(Networks.small())) {
      model.predict(features, all, 40);
      for (int i = 0; i < 40; i++) {
        model.predict(data.rows()[i], one, 1);
        // OpenBLAS may add up in another order for another number of rows; probabilities are at most 1
        assertArrayEquals(Arrays.copyOfRange(all, 3 * i, 3 * i + 3), one, 1e-6f, "sample " + i);
      }
    }
  }

  @Test
  void evaluatingAndPredictingTrainNothing() {
    Samples data = Networks.random(10, FEATURES, 3, 8);
    try (Model model = compile(Networks.small())) {
      float[] before = model.snapshot();
      model.evaluate(data, 3);
      model.predict(data.rows()[0], new float[3], 1);
      assertArrayEquals(before, model.snapshot());
    }
  }

  // shuffling

  private static int[] order(Batches batches, int size) {
    int[] order = new int[size];
    int next = 0;
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        order[next++] = (int) batch.features().getAtIndex(JAVA_FLOAT, i);
      }
    }
    assertEquals(size, next);
    return order;
  }

  @Test
  void shufflingDependsOnSeedAndEpochAlone() {
    int size = 101;
    float[][] rows = IntStream.range(0, size).mapToObj(i -> new float[]{i}).toArray(float[][]::new);
    Samples data = new Samples(rows, new int[size], 1);
    int[] inOrder = IntStream.range(0, size).toArray();
    Batches batches = new Batches(data, 7);
    assertArrayEquals(inOrder, order(batches, size), "before any shuffle");
    batches.shuffle(3, 0);
    int[] first = order(batches, size);
    batches.shuffle(3, 1);
    int[] second = order(batches, size);
    assertArrayEquals(inOrder, Arrays.stream(first).sorted().toArray(), "a permutation");
    assertArrayEquals(inOrder, Arrays.stream(second).sorted().toArray(), "a permutation");
    assertFalse(Arrays.equals(first, second), "epochs differ");
    batches.shuffle(3, 0);
    assertArrayEquals(first, order(batches, size), "not on history");
    Batches other = new Batches(data, 50);
    other.shuffle(3, 0);
    assertArrayEquals(first, order(other, size), "not on the batch size");
    other.shuffle(4, 0);
    assertFalse(Arrays.equals(first, order(other, size)), "seeds differ");
  }
}
