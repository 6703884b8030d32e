package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.panagrad.TestData;
import org.panagrad.data.Dataset;
import org.panagrad.data.Mnist;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.optim.Adam;

/** MNIST to the accuracy that the README states; prints a table in Markdown. */
@Tag("acceptance")
class MnistAcceptanceTest {
  private static final int EPOCHS = 5;

  @Test
  void threeSeedsOnNative() throws IOException {
    train(Backend.NATIVE, 1, 2, 3);
  }

  @Test
  void oneSeedOnVector() throws IOException {
    train(Backend.VECTOR, 1);
  }

  private static void train(Backend backend, long... seeds) throws IOException {
    assumeTrue(Backends.missing(backend) == null, () -> backend + ": " + Backends.missing(backend));
    try (Dataset train = Mnist.train(TestData.mnist()); Dataset test = Mnist.test(TestData.mnist())) {
      List<Executable> checks = new ArrayList<>();
      System.out.println("\n| backend | product | seed | test accuracy after each epoch | images/s |\n"
          + "| --- | --- | ---: | --- | ---: |");
      for (long seed : seeds) {
        List<Double> accuracies = train(backend, seed, train, test);
        checks.add(() -> assertTrue(accuracies.getFirst() >= 0.98, "seed " + seed + ", first epoch: " + accuracies));
        checks.add(() -> assertTrue(accuracies.stream().anyMatch(a -> a >= 0.99), "seed " + seed + ": " + accuracies));
      }
      assertAll(checks);
    }
  }

  private static List<Double> train(Backend backend, long seed, Dataset train, Dataset test) {
    try (Compute compute = Compute.of(backend);
        Model model = Networks.digits().seed(seed).on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy(),
            Metrics.accuracy())) {
      History history = model.fit(train, Fit.epochs(EPOCHS).batchSize(128).seed(seed).validation(test));
      List<Double> accuracies = new ArrayList<>();
      StringBuilder row = new StringBuilder();
      double samples = 0, seconds = 0;
      for (History.Epoch epoch : history.epochs()) {
        double accuracy = Objects.requireNonNull(epoch.validation()).metrics().getFirst();
        accuracies.add(accuracy);
        row.append(String.format(Locale.ROOT, "%.2f %% ", 100 * accuracy));
        samples += epoch.samples();
        seconds += epoch.seconds();
      }
      System.out.printf(Locale.ROOT, "| %s | %s | %d | %s| %.0f |%n", compute.kernels().name(),
          compute.product().name(),
          seed, row, samples / seconds);
      return accuracies;
    }
  }
}
