package org.panagrad.train;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.data.Batches;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;

/** After warm-up, nothing that repeats allocates on the heap: neither the caller nor a helper thread. */
@Tag("allocation")
@Isolated("counts threads")
class AllocationTest {
  private static final int FEATURES = 4 * 4;

  /** Every kind of layer, and hardly anything to compute: thousands of calls must be quick everywhere. */
  private static Sequential tiny() {
    return Sequential.of(Input.image(4, 4, 1), Conv2D.of(2, 3).relu(), MaxPool2D.of(2), Flatten.of(),
        Dense.of(4).relu(), Dense.of(3));
  }

  private record Setup(Kernels kernels, Product.Choice product, int threads) {
    Compute compute() {
      return Compute.of(kernels, product, threads);
    }

    @Override
    public String toString() {
      return kernels.name() + ", " + product + ", threads " + threads;
    }
  }

  static List<Setup> setups() {
    List<Setup> setups = new ArrayList<>();
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 2; threads++) {
        setups.add(new Setup(kernels, Product.Choice.BUILTIN, threads));
        if (Product.missing() == null) {
          setups.add(new Setup(kernels, Product.Choice.OPENBLAS, threads));
        }
      }
    }
    return setups;
  }

  @ParameterizedTest
  @MethodSource("setups")
  void trainingStep(Setup setup) {
    Batches batches = new Batches(Networks.random(20, FEATURES, 3, 1), 8);
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
      Allocation.requireNone("step", compute.threads() - 1, new Runnable() {
        private int next;
        private double losses;

        @Override
        public void run() {
          losses += Networks.step(model, batches.load(next++ % batches.count()));
        }
      });
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void prediction(Setup setup) {
    float[] features = new float[128 * FEATURES], predictions = new float[128 * 3];
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
      for (int samples : new int[]{1, 128, 1}) {
        Allocation.requireNone("predict " + samples, compute.threads() - 1,
            () -> model.predict(features, predictions, samples));
      }
    }
  }

  /** Between two calls of a listener lies one whole step of fit. */
  @ParameterizedTest
  @MethodSource("setups")
  void fit(Setup setup) {
    int steps = Allocation.ROUND * (Allocation.Meter.MOST + 1);
    Allocation.Meter meter = new Allocation.Meter();
    TrainingListener listener = new TrainingListener() {
      private long last;

      @Override
      public void onTrainingBatch(Progress progress) {
        if (progress.batch() % Allocation.ROUND == 0) {
          long bytes = Allocation.ofThisThread();
          meter.add(bytes - last);
          last = bytes;
        }
      }
    };
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      model.fit(Networks.random(steps, FEATURES, 3, 1), Fit.epochs(1).batchSize(1).listener(listener));
    }
    meter.requireNothing("fit");
  }
}
