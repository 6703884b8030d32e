package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Parameter;
import org.panagrad.io.DataException;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossParameter;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;

/** Losses of one's own as heads of a model. */
class CustomLossModelTest {
  @TempDir
  private Path folder;

  private static final LossParameter SCALE = LossParameter.of("scale", 0.5);

  private static Loss scaled() {
    return Losses.custom(List.of(SCALE), (y, t, p) -> y.minus(t).times(p.get(SCALE).exp()).square()
        .minus(p.get(SCALE)));
  }

  /** t = 2 x0 - x1, and a sine of noise. */
  private record Line(int size) implements Dataset {
    @Override
    public List<Column> columns() {
      return List.of(Column.input("features", 2), Column.numbers("target", 1));
    }

    @Override
    public void loadSample(int sample, int row, MemorySegment... columns) {
      float a = (sample * 7 % 11 - 5) / 5f, b = (sample * 3 % 13 - 6) / 6f;
      columns[0].setAtIndex(JAVA_FLOAT, 2L * row, a);
      columns[0].setAtIndex(JAVA_FLOAT, 2L * row + 1, b);
      columns[1].setAtIndex(JAVA_FLOAT, row, 2 * a - b + (float) StrictMath.sin(sample) / 10);
    }

    @Override
    public void close() {
    }
  }

  private static Sequential line() {
    return Sequential.of(Input.features(2), Dense.of(1));
  }

  private static Parameter last(Model model) {
    return model.parameters().getLast();
  }

  /** The gradient of the loss's parameter, from the values on both sides; then it is learned, saved and loaded. */
  @Test
  void parametersAreTheModels() throws Exception {
    try (Dataset data = new Line(64); Model model = line().compile(Sgd.of(0.05), scaled())) {
      assertEquals("head.output.scale", last(model).name());
      assertEquals(0.5f, last(model).data().getAtIndex(JAVA_FLOAT, 0));
      Batch batch = new Batches(data, 64).load(0);
      model.forward(batch);
      model.loss(batch);
      model.backward();
      double gradient = last(model).gradient().getAtIndex(JAVA_FLOAT, 0), h = 0x1p-8;
      last(model).data().setAtIndex(JAVA_FLOAT, 0, (float) (0.5 + h));
      double above = model.loss(batch);
      last(model).data().setAtIndex(JAVA_FLOAT, 0, (float) (0.5 - h));
      assertEquals((above - model.loss(batch)) / (2 * h), gradient, 1e-3 * Math.abs(gradient));
      last(model).data().setAtIndex(JAVA_FLOAT, 0, 0.5f);

      History history = model.fit(data, Fit.epochs(30).batchSize(16));
      assertTrue(history.last().training().loss() < history.epochs().getFirst().training().loss() - 1);
      assertNotEquals(0.5f, last(model).data().getAtIndex(JAVA_FLOAT, 0));
      Path file = folder.resolve("custom.safetensors");
      model.save(file);
      try (Model other = line().compile(Sgd.of(0.05), scaled())) {
        other.load(file);
        assertArrayEquals(model.snapshot(), other.snapshot());
        assertEquals(model.evaluate(data, 16), other.evaluate(data, 16));
      }
      String message = assertThrows(DataException.class, () -> Sequential.load(file, model.compute(), Sgd.of(0.05)))
          .getMessage();
      assertTrue(message.contains("by hand") && message.contains("Model.load"), message);
    }
  }

  /** What the loss learns does not need a network that learns. */
  @Test
  void frozenNetwork() {
    try (Dataset data = new Line(64); Model model = line().frozen(".*").compile(Sgd.of(0.05), scaled())) {
      float[] before = model.snapshot();
      model.fit(data, Fit.epochs(1).batchSize(16));
      float[] after = model.snapshot();
      int scale = (int) (model.graph().offset(last(model)) / 4);
      assertNotEquals(before[scale], after[scale]);
      after[scale] = before[scale];
      assertArrayEquals(before, after);
    }
  }

  @Test
  void sameBits() {
    float[] expected = null;
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = Compute.of(kernels, Product.Choice.BUILTIN, threads);
            Dataset data = new Line(64);
            Model model = line().on(compute).compile(Sgd.of(0.05), Losses.adaptiveRobust())) {
          model.fit(data, Fit.epochs(3).batchSize(16));
          expected = expected == null ? model.snapshot() : expected;
          assertArrayEquals(expected, model.snapshot(), kernels.name() + ", threads " + threads);
        }
      }
    }
  }

  /** A lambda on labels trains as the loss that it is. */
  @Test
  void classes() {
    Loss own = Losses.customOfClasses((y, oneHot) -> y.softmax().log().times(oneHot).rowSum().negate());
    Dataset data = Networks.random(32, 60, 3, 5);
    try (Compute compute = Compute.of(Backend.AUTO);
        Model model = Networks.small().on(compute).compile(Sgd.of(0.1), own);
        Model built = Networks.small().on(compute).compile(Sgd.of(0.1), Losses.softmaxCrossEntropy())) {
      Batch batch = new Batches(data, 32).load(0);
      for (int step = 0; step < 5; step++) {
        assertEquals(Networks.step(built, batch), Networks.step(model, batch), 1e-5);
      }
    }
  }
}
