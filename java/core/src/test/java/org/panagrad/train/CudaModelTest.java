package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.data.SyntheticDigits;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.CudaSession;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Add;
import org.panagrad.nn.BatchNorm;
import org.panagrad.nn.Concatenate;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Dropout;
import org.panagrad.nn.Input;
import org.panagrad.nn.Network;
import org.panagrad.nn.Node;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adafactor;
import org.panagrad.optim.Adam;
import org.panagrad.optim.AdaGrad;
import org.panagrad.optim.Lamb;
import org.panagrad.optim.NAdam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Plateau;
import org.panagrad.optim.Sgd;

/** Models on a GPU, or on the emulated one of the build, do what they do on a processor, to the bit. */
class CudaModelTest {
  @TempDir
  private Path folder;

  @BeforeAll
  static void requireGpu() {
    String missing = Backends.missing(Backend.CUDA);
    assumeTrue(missing == null, () -> "skipped, " + missing);
  }

  private static Compute on(Backend backend) {
    return Compute.of(backend, Product.Choice.BUILTIN, 1);
  }

  /** All that a run keeps or tells. */
  private record Trained(History history, Evaluation evaluation, float[] predictions, byte[] model, byte[] optimizer) {
    void requireSame(Trained other) {
      assertEquals(history.epochs().size(), other.history.epochs().size());
      for (int i = 0; i < history.epochs().size(); i++) {
        assertEquals(history.epochs().get(i).training(), other.history.epochs().get(i).training(), "epoch " + i);
        assertEquals(history.epochs().get(i).validation(), other.history.epochs().get(i).validation(), "epoch " + i);
      }
      assertEquals(evaluation, other.evaluation);
      assertArrayEquals(predictions, other.predictions);
      assertArrayEquals(model, other.model);
      assertArrayEquals(optimizer, other.optimizer);
    }
  }

  private Trained fit(Compute compute, Optimizer optimizer, Path checkpoint) throws IOException {
    Networks.Samples data = Networks.random(50, 6, 3, 7), validation = Networks.random(20, 6, 3, 8);
    Sequential network = Sequential.of(Input.features(6), Dense.of(8).relu(), BatchNorm.of(), Dropout.of(0.3),
        Dense.of(3)).seed(3).on(compute);
    try (Model model = network.compile(optimizer, Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      History history = model.fit(data, Fit.epochs(3).batchSize(16).seed(5).accumulating(2).validation(validation)
          .classWeight(1, 2, 0.5f).listener(RateOnPlateau.of(Monitor.trainingLoss(), Plateau.of(1).patience(0)))
          .checkpoints(Checkpoints.in(checkpoint).everySteps(1)));
      float[] predictions = new float[4 * 3];
      model.predict(new float[]{1, 2, 3, 4, 5, 6, -1, 0, 1, 0, 1, 0, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 9}, predictions,
          4);
      Path file = folder.resolve("model"), states = folder.resolve("states");
      model.save(file);
      model.saveOptimizer(states);
      return new Trained(history, model.evaluate(validation, 7), predictions, Files.readAllBytes(file),
          Files.readAllBytes(states));
    }
  }

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.1), Adam.adamW(0.01).averageWeights(0.9), Adam.of(0.01).clipNorm(0.01).skippingNonFinite(),
        AdaGrad.of(0.1), NAdam.of(0.01), Lamb.of(0.01), Adafactor.of(0.01));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void fits(Optimizer optimizer) throws IOException {
    try (Compute here = on(Backend.AUTO); Compute there = on(Backend.CUDA)) {
      Trained expected = fit(here, optimizer, folder.resolve("here"));
      expected.requireSame(fit(there, optimizer, folder.resolve("there")));
      expected.requireSame(fit(there, optimizer, folder.resolve("there"))); // nothing is left to do: all is read back
    }
  }

  @Test
  void modelsAndStatesAreReadBack() throws IOException {
    Path file = folder.resolve("model.safetensors"), states = folder.resolve("states.safetensors");
    Batch batch = new Batches(Networks.random(16, 60, 3, 1), 16).load(0);
    Sequential network = Networks.small();
    try (Compute here = on(Backend.AUTO);
        Compute there = on(Backend.CUDA);
        Model model = network.on(here).compile(Adam.of(0.01), Losses.softmaxCrossEntropy())) {
      Networks.step(model, batch);
      model.save(file);
      model.saveOptimizer(states);
      try (Model read = Network.load(file, there, Adam.of(0.01))) {
        read.loadOptimizer(states);
        for (int step = 0; step < 3; step++) {
          assertEquals(Networks.step(model, batch), Networks.step(read, batch));
        }
        assertArrayEquals(model.snapshot(), read.snapshot());
        read.restore(new float[read.snapshot().length]);
        assertEquals(Math.log(3), read.evaluate(Networks.random(4, 60, 3, 2), 4).loss(), 1e-6);
      }
    }
  }

  /** Two inputs that share a layer, two outputs whose weights are learned. */
  @Test
  void networksOfAnyShape() {
    Node left = Input.features(6).named("left").node(), right = Input.features(6).named("right").node();
    Dense shared = Dense.of(4).relu();
    Node a = left.to(shared), b = right.to(shared), sum = Node.of(Add.of(), a, b);
    Network network = Network.of(List.of(left, right),
        List.of(Node.of(Concatenate.of(), sum, a, right).to(Dense.of(3)), sum.to(Dense.of(3)))).seed(5);
    Batch batch = new Batch(List.of(Column.input("left", 6),
        Column.input("right", 6), Column.labels("a", 1, 3),
        Column.labels("b", 1, 3)), 5).size(5);
    for (int k = 0; k < 2; k++) {
      for (int i = 0; i < 30; i++) {
        batch.column(k).setAtIndex(JAVA_FLOAT, i, (float) Math.sin(i + 7 * k));
      }
    }
    try (Compute here = on(Backend.AUTO); Compute there = on(Backend.CUDA)) {
      assertArrayEquals(steps(network.on(here), batch), steps(network.on(there), batch));
    }
  }

  private static float[] steps(Network network, Batch batch) {
    Loss loss = Losses.softmaxCrossEntropy();
    try (Model model = network.compile(Adam.of(0.05), Head.of("a", loss, Metrics.accuracy()).learnedWeight(),
        Head.of("b", loss).weight(0.5))) {
      for (int step = 0; step < 3; step++) {
        Networks.step(model, batch);
      }
      return model.snapshot();
    }
  }

  @Test
  void theNetworkOfDigits() {
    try (Dataset data = SyntheticDigits.generate(3, 1);
        Compute here = on(Backend.AUTO);
        Compute there = on(Backend.CUDA)) {
      Batch batch = new Batches(data, 3).load(0);
      float[][] weights = new float[2][];
      for (int k = 0; k < 2; k++) {
        try (Model model = Networks.digits().seed(1).on(k == 0 ? here : there)
            .compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
          Networks.step(model, batch);
          weights[k] = model.snapshot();
        }
      }
      assertArrayEquals(weights[0], weights[1]);
    }
  }

  /** The way forward with the loss, and the way back with the update: once they are known. */
  @Test
  void aStepIsTwoLaunches() {
    Batch batch = new Batches(Networks.random(16, 60, 3, 1), 16).load(0);
    try (CudaSession session = CudaSession.open(0);
        Model model = Networks.small().on(Compute.of(session.kernels(), Product.Choice.BUILTIN, 1))
            .compile(Adam.of(0.01), Losses.softmaxCrossEntropy())) {
      for (int step = 1; step <= 5; step++) {
        long before = session.launches();
        Networks.step(model, batch);
        long launches = session.launches() - before;
        assertTrue(step == 1 ? launches > 10 : step < 4 || launches == 2, "step " + step + ": " + launches);
      }
    }
  }

  @Test
  void oneThreadCallsAGpu() {
    assertThrows(IllegalArgumentException.class, () -> Compute.of(Backend.CUDA, Product.Choice.BUILTIN, 2));
  }

  /** Closing what computes first leaves nothing that crashes. */
  @Test
  void aModelWhoseSessionIsClosed() {
    Compute there = on(Backend.CUDA);
    try (Model model = Networks.small().on(there).compile(Sgd.of(0.1), Losses.softmaxCrossEntropy())) {
      model.predict(new float[60], new float[3], 1);
      there.close();
      assertThrows(IllegalStateException.class, () -> model.predict(new float[60], new float[3], 1));
      assertThrows(IllegalStateException.class, model::snapshot);
    }
  }
}
