package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.data.SyntheticDigits;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** Networks learn what can be learnt. Runs are the same on every machine, but for OpenBLAS's last bits. */
class LearningTest {
  private static final long SEED = 7;

  /** Two spirals around each other, which no straight line parts. */
  private static Dataset spirals(int size, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[size][];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 2;
      double turn = 4 * random.nextDouble(), radius = 0.2 + 0.2 * turn, angle = turn + Math.PI * labels[i];
      rows[i] = new float[]{(float) (radius * Math.cos(angle)), (float) (radius * Math.sin(angle))};
    }
    return new Networks.Samples(rows, labels, 2);
  }

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.3), Sgd.momentum(0.1, 0.9), RmsProp.of(3e-3), Adam.of(1e-2));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void spiralsArePartedByEveryOptimizer(Optimizer optimizer) {
    Sequential network = Sequential.of(Input.features(2), Dense.of(32).relu(), Dense.of(32).relu(), Dense.of(2));
    try (Model model = network.seed(SEED).compile(optimizer, Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      History history = model.fit(spirals(1000, 1),
          Fit.epochs(30).batchSize(20).seed(SEED).validation(spirals(500, 2)));
      double accuracy = Objects.requireNonNull(history.last().validation()).metrics().getFirst();
      System.out.println("spirals, " + optimizer + ", seed " + SEED + ": " + accuracy);
      assertTrue(accuracy >= 0.98, optimizer + ": " + accuracy);
    }
  }

  @Test
  void convolutionsLearnDrawnDigits() {
    Sequential network = Sequential.of(Input.image(28, 28, 1), Conv2D.of(8, 5).stride(2).relu(), MaxPool2D.of(2),
        Conv2D.of(16, 3).relu(), Flatten.of(), Dense.of(10));
    try (Dataset train = SyntheticDigits.generate(2000, 1);
        Dataset test = SyntheticDigits.generate(500, 2);
        Model model = network.seed(SEED).compile(Adam.of(2e-3), Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      Evaluation untrained = model.evaluate(test, 100);
      // all classes alike give ln 10; Glorot's logits vary by about one
      assertEquals(Math.log(10), untrained.loss(), 0.5, "untrained");
      assertEquals(0.1, untrained.metrics().getFirst(), 0.1, "untrained");
      History history = model.fit(train, Fit.epochs(4).batchSize(20).seed(SEED).validation(test));
      System.out.println("drawn digits, seed " + SEED + ": " + history.epochs());
      double accuracy = Objects.requireNonNull(history.last().validation()).metrics().getFirst();
      assertTrue(accuracy >= 0.9, "accuracy " + accuracy);
      assertTrue(history.last().training().loss() < 0.3 * history.epochs().getFirst().training().loss());
    }
  }
}
