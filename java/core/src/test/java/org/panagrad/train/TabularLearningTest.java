package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.panagrad.TestData;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Csv;
import org.panagrad.data.Dataset;
import org.panagrad.data.Standardize;
import org.panagrad.data.Table;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Average;
import org.panagrad.metric.ConfusionMatrix;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;

/** From a CSV file to figures of the rows that were not trained on. */
class TabularLearningTest {
  @Test
  void breastCancer() throws IOException {
    try (Table table = Csv.of().read(TestData.file("breast-cancer.csv"))) {
      Table.Split split = table.without("id").split(0.8, 1);
      Standardize standardize = Standardize.of(split.training());
      try (Dataset training = standardize.apply(split.training()).dataset("diagnosis");
          Dataset test = standardize.apply(split.test()).dataset("diagnosis");
          Model model = Sequential.of(Input.features(training.features()), Dense.of(16).relu(), Dense.of(2)).seed(1)
              .compile(Adam.of(5e-3), Losses.softmaxCrossEntropy(), Metrics.accuracy(), Metrics.rocAuc(1),
                  Metrics.f1(Average.MACRO))) {
        History history = model.fit(training, Fit.epochs(20).batchSize(32).validation(test));
        Evaluation measured = model.evaluate(test, 50);
        assertTrue(measured.metrics().get(0) > 0.93, () -> "accuracy " + measured);
        assertTrue(measured.metrics().get(1) > 0.98, () -> "area under the curve " + measured);
        assertTrue(measured.metrics().get(2) > 0.92, () -> "F1 " + measured);
        assertEquals(history.last().validation().metrics(), measured.metrics(), "whatever the batch size");
        ConfusionMatrix matrix = new ConfusionMatrix(table.categories("diagnosis"));
        for (Batch batch : new Batches(test, 7)) {
          model.forward(batch);
          matrix.update(model.outputs(), batch.labels(), batch.weights(), batch.size());
        }
        assertEquals(measured.metrics().get(0), matrix.value());
      }
    }
  }
}
