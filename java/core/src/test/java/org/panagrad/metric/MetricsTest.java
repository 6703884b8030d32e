package org.panagrad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Examples that can be computed by hand. */
class MetricsTest {
  private static final float NAN = Float.NaN, INF = Float.POSITIVE_INFINITY;

  private static double ofLabels(Metric metric, float[] prediction, int... labels) {
    Accumulator accumulator = metric.start(prediction.length / labels.length);
    accumulator.update(MemorySegment.ofArray(prediction), MemorySegment.ofArray(labels), null, labels.length);
    return accumulator.value();
  }

  private static double ofNumbers(Metric metric, float[] prediction, float... targets) {
    Accumulator accumulator = metric.start(1);
    accumulator.update(MemorySegment.ofArray(prediction), MemorySegment.ofArray(targets), null, targets.length);
    return accumulator.value();
  }

  private static double accuracy(float[] prediction, int... labels) {
    double accuracy = ofLabels(Metrics.accuracy(), prediction, labels);
    assertEquals(1, accuracy + ofLabels(Metrics.error(), prediction, labels), 1e-15);
    assertEquals(accuracy, ofLabels(Metrics.topK(1), prediction, labels));
    return accuracy;
  }

  @Test
  void accuracyCountsTheGreatestOutput() {
    assertEquals(2 / 3.0, accuracy(new float[]{1, 2, 3, 3, 2, 1, 1, 3, 2}, 2, 0, 0));
    assertEquals(0.5, accuracy(new float[]{4, 4, 4, 4}, 0, 1), "a tie counts for the first");
    assertEquals(0, accuracy(new float[]{NAN, 1, 1, NAN}, 1, 0), "a NaN is wrong");
    assertEquals(1, accuracy(new float[]{-INF, -INF, -INF, INF}, 0, 1));
    assertEquals(1, accuracy(new float[]{-0f, 0f}, 0), "both zeros are equal");
    assertEquals(1, accuracy(new float[]{5}, 0));
    assertEquals(1, accuracy(new float[]{1, 2, 3, 4}, 1, -100), "a negative label is left out");
    assertEquals("label 2 in row 0: expected 0 to 1, or a negative one to leave the row out",
        assertThrows(IllegalArgumentException.class, () -> accuracy(new float[]{1, 2}, 2)).getMessage());
    assertEquals(NAN, Metrics.accuracy().start(2).value(), "nothing was seen");
  }

  @Test
  void topKCountsTheFirstOfEqualOutputsFirst() {
    float[] row = {1, 3, 3, 2};
    int[] k = {4, 1, 2, 3};
    for (int label = 0; label < 4; label++) {
      for (int top = 1; top <= 5; top++) {
        assertEquals(top >= k[label] ? 1 : 0, ofLabels(Metrics.topK(top), row, label), label + " in " + top);
      }
    }
    assertEquals(0, ofLabels(Metrics.topK(3), new float[]{1, 2, NAN}, 1));
    assertThrows(IllegalArgumentException.class, () -> Metrics.topK(0));
  }

  /** Labels 0 0 0 1 1 2, predicted 0 0 1 1 0 0. */
  @Test
  void precisionAndRecallOfEachAverage() {
    float[] x = {9, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9, 0, 9, 0, 0, 9, 0, 0};
    int[] labels = {0, 0, 0, 1, 1, 2};
    assertEquals(0.5, ofLabels(Metrics.precision(Average.MICRO), x, labels));
    assertEquals(0.5, ofLabels(Metrics.recall(Average.MICRO), x, labels));
    assertEquals((2 / 4.0 + 1 / 2.0 + 0) / 3, ofLabels(Metrics.precision(Average.MACRO), x, labels), 1e-15);
    assertEquals((2 / 3.0 + 1 / 2.0 + 0) / 3, ofLabels(Metrics.recall(Average.MACRO), x, labels), 1e-15);
    assertEquals((3 * 2 / 4.0 + 2 * 1 / 2.0) / 6, ofLabels(Metrics.precision(Average.WEIGHTED), x, labels), 1e-15);
    assertEquals(0.5, ofLabels(Metrics.recall(Average.WEIGHTED), x, labels), 1e-15);
    assertEquals((4 / 7.0 + 2 / 4.0 + 0) / 3, ofLabels(Metrics.f1(Average.MACRO), x, labels), 1e-15);
    assertEquals((5 * 2 / (4 * 3 + 4.0) + 5 * 1 / (4 * 2 + 2.0)) / 3,
        ofLabels(Metrics.fBeta(2, Average.MACRO), x, labels), 1e-15);
    assertEquals(1, ofLabels(Metrics.recall(Average.MACRO), new float[]{9, 0, 0}, 0), "classes that do not occur");
    assertEquals(0, Metrics.precision(Average.MACRO).start(3).value(), "nothing was seen: 0/0 is 0");
    assertEquals(0, ofLabels(Metrics.precision(Average.MICRO), new float[]{NAN, 1}, 1), "predicted as no class");
    assertEquals(0.5, ofLabels(Metrics.recall(Average.MICRO), new float[]{NAN, 1, 0, 1}, 1, 1));
    assertEquals(1, ofLabels(Metrics.precision(Average.MICRO), new float[]{NAN, 1, 0, 1}, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Metrics.fBeta(0, Average.MICRO));
  }

  @Test
  void binaryMetricsTakeAThreshold() {
    float[] x = {2, -1, 0.5f, 0, NAN}, t = {1, 1, 0, 0, 1};
    assertEquals(2 / 5.0, ofNumbers(Metrics.binaryAccuracy(), x, t));
    assertEquals(1 / 2.0, ofNumbers(Metrics.binaryPrecision(0), x, t));
    assertEquals(1 / 3.0, ofNumbers(Metrics.binaryRecall(0), x, t));
    assertEquals(2 / 5.0, ofNumbers(Metrics.binaryFBeta(1, 0), x, t));
    assertEquals(1, ofNumbers(Metrics.binaryPrecision(1), x, t));
    assertEquals(0, ofNumbers(Metrics.binaryPrecision(5), x, t), "0/0");
    assertEquals(1, ofNumbers(Metrics.binaryAccuracy(0.5), new float[]{0.6f, 0.5f}, 1, 0), "probabilities");
    assertThrows(IllegalArgumentException.class, () -> Metrics.binaryAccuracy(Double.NaN));
  }

  @Test
  void areaUnderCurveCountsTiesHalf() {
    assertEquals(0.75, ofNumbers(Metrics.binaryRocAuc(), new float[]{0.1f, 0.4f, 0.35f, 0.8f}, 0, 0, 1, 1));
    assertEquals(0.5, ofNumbers(Metrics.binaryRocAuc(), new float[]{1, 1, 1}, 0, 1, 1));
    assertEquals(0.5, ofNumbers(Metrics.binaryRocAuc(), new float[]{-0f, 0f}, 0, 1), "both zeros are equal");
    assertEquals(1, ofNumbers(Metrics.binaryRocAuc(), new float[]{-INF, INF}, 0, 1));
    assertEquals(0, ofNumbers(Metrics.binaryRocAuc(), new float[]{-1, -2}, 0, 1));
    assertEquals(NAN, ofNumbers(Metrics.binaryRocAuc(), new float[]{1, 2}, 1, 1));
    assertEquals(NAN, ofNumbers(Metrics.binaryRocAuc(), new float[]{1, NAN}, 0, 1));
    assertEquals(0.75,
        ofLabels(Metrics.rocAuc(1), new float[]{0, 0.1f, 0, 0.4f, 1, 1.35f, 5, 5.8f}, 0, 0, 1, 1), "by the difference");
    assertThrows(IllegalArgumentException.class, () -> Metrics.rocAuc(2).start(2));
    assertThrows(IllegalArgumentException.class, () -> Metrics.rocAuc(-1));
  }

  @Test
  void numbers() {
    float[] x = {2.5f, 0, 2, 8}, t = {3, -0.5f, 2, 7};
    assertEquals(0.375, ofNumbers(Metrics.meanSquaredError(), x, t));
    assertEquals(Math.sqrt(0.375), ofNumbers(Metrics.rootMeanSquaredError(), x, t));
    assertEquals(0.5, ofNumbers(Metrics.meanAbsoluteError(), x, t));
    assertEquals(0.9486081370449679, ofNumbers(Metrics.rSquared(), x, t), 1e-15);
    assertEquals(NAN, ofNumbers(Metrics.rSquared(), new float[]{1, 2}, 1, 1));
    assertEquals(NAN, ofNumbers(Metrics.meanAbsoluteError(), new float[]{NAN}, 1));
    assertEquals(Math.log(2), ofNumbers(Metrics.binaryLogLoss(), new float[]{0, 0}, 0, 1), 1e-15);
    assertEquals(800, ofNumbers(Metrics.binaryLogLoss(), new float[]{800, -800}, 0, 1), 1e-12);
    assertEquals(Math.log(4), ofLabels(Metrics.logLoss(), new float[]{7, 7, 7, 7}, 2), 1e-15);
    assertEquals(1000, ofLabels(Metrics.logLoss(), new float[]{1000, 0}, 1), 1e-12);
    assertEquals(INF, ofLabels(Metrics.logLoss(), new float[]{0, -INF}, 1));
  }

  @Test
  void weightsCountSamplesSeveralTimes() {
    float[] x = {2, -1, 0.5f, 3}, t = {1, 1, 0, 1};
    float[] repeatedX = {2, 2, 2, 0.5f, 3, 3}, repeatedT = {1, 1, 1, 0, 1, 1};
    for (Metric metric : List.of(Metrics.binaryAccuracy(), Metrics.binaryPrecision(0), Metrics.binaryRecall(1),
        Metrics.binaryRocAuc(), Metrics.meanSquaredError(), Metrics.meanAbsoluteError(), Metrics.rSquared())) {
      Accumulator weighted = metric.start(1);
      weighted.update(MemorySegment.ofArray(x), MemorySegment.ofArray(t),
          MemorySegment.ofArray(new float[]{3, 0, 1, 2}),
          4);
      assertEquals(ofNumbers(metric, repeatedX, repeatedT), weighted.value(), 1e-12, metric.name());
    }
  }

  @Test
  void confusionMatrixCountsAndPrints() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("cat", "dog", "a bird of prey"));
    float[] x = {9, 0, 0, 0, 9, 0, 9, 0, 0, 0, 0, 9, NAN, 0, 0};
    matrix.update(MemorySegment.ofArray(x), MemorySegment.ofArray(new int[]{0, 0, 1, 2, 2}), null, 5);
    assertEquals(1, matrix.count(0, 0));
    assertEquals(1, matrix.count(0, 1));
    assertEquals(1, matrix.count(1, 0));
    assertEquals(1, matrix.count(2, 3), "none");
    assertEquals(0.4, matrix.value());
    assertEquals(0.5, matrix.precision(0));
    assertEquals(0, matrix.precision(1));
    assertEquals(0.5, matrix.recall(2));
    assertEquals(2 / 3.0, matrix.f1(2), 1e-15);
    assertEquals("""
                                  cat            dog a bird of prey           none   recall
        cat                         1              1              0              0   0.5000
        dog                         1              0              0              0   0.0000
        a bird of prey              0              0              1              1   0.5000
        precision              0.5000         0.0000         1.0000
        """, matrix.toString());
    matrix.reset();
    assertEquals(0, matrix.count(0, 0));
    assertTrue(new ConfusionMatrix(2).toString().startsWith("               0      1   recall\n"));
    assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(0));
  }
}
