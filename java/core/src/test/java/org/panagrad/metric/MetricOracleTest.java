package org.panagrad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.panagrad.Allocation;

/**
 * Metrics against their definitions, written plainly, on random samples; and that no way of cutting them changes a bit.
 */
class MetricOracleTest {
  private static final int SAMPLES = 500, OUTPUTS = 4;

  private final Random random = new Random(7);
  private final float[] x = new float[SAMPLES * OUTPUTS], t = new float[SAMPLES * OUTPUTS], w = new float[SAMPLES];
  private final int[] labels = new int[SAMPLES];

  {
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(3) == 0 ? random.nextInt(-3, 3) : (float) random.nextGaussian(); // with many ties
      t[i] = random.nextInt(2);
    }
    for (int i = 0; i < SAMPLES; i++) {
      w[i] = random.nextInt(8) == 0 ? 0 : random.nextFloat() * 3;
      labels[i] = random.nextInt(20) == 0 ? -100 : random.nextInt(OUTPUTS);
    }
  }

  private static Map<String, Metric> ofLabels() {
    Map<String, Metric> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", Metrics.accuracy());
    metrics.put("error", Metrics.error());
    metrics.put("top-2", Metrics.topK(2));
    metrics.put("log loss", Metrics.logLoss());
    metrics.put("AUC", Metrics.rocAuc(1));
    for (Average average : Average.values()) {
      metrics.put("precision " + average, Metrics.precision(average));
      metrics.put("recall " + average, Metrics.recall(average));
      metrics.put("F " + average, Metrics.fBeta(2, average));
    }
    return metrics;
  }

  private static Map<String, Metric> ofNumbers() {
    Map<String, Metric> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", Metrics.binaryAccuracy());
    metrics.put("precision", Metrics.binaryPrecision(0));
    metrics.put("recall", Metrics.binaryRecall(0.25));
    metrics.put("F", Metrics.binaryFBeta(0.5, 0));
    metrics.put("log loss", Metrics.binaryLogLoss());
    metrics.put("AUC", Metrics.binaryRocAuc());
    metrics.put("MSE", Metrics.meanSquaredError());
    metrics.put("RMSE", Metrics.rootMeanSquaredError());
    metrics.put("MAE", Metrics.meanAbsoluteError());
    metrics.put("R2", Metrics.rSquared());
    return metrics;
  }

  // the same bits however the samples are cut

  private double cut(Metric metric, MemorySegment target, int targetElements, @Nullable MemorySegment weights, int most,
      boolean ask) {
    Accumulator accumulator = metric.start(OUTPUTS);
    accumulator.update(MemorySegment.ofArray(x), target, weights, 3);
    accumulator.reset(); // nothing is left of these
    for (int from = 0; from < SAMPLES;) {
      int count = Math.min(SAMPLES - from, random.nextInt(most + 1));
      accumulator.update(MemorySegment.ofArray(x).asSlice(4L * OUTPUTS * from),
          target.asSlice(4L * targetElements * from),
          weights == null ? null : weights.asSlice(4L * from), count);
      if (ask) {
        accumulator.value();
      }
      from += count;
    }
    return accumulator.value();
  }

  @Test
  void noCutChangesABit() {
    ofLabels().forEach((name, metric) -> sameBits(name, metric, MemorySegment.ofArray(labels), 1));
    ofNumbers().forEach((name, metric) -> sameBits(name, metric, MemorySegment.ofArray(t), OUTPUTS));
  }

  private void sameBits(String name, Metric metric, MemorySegment target, int targetElements) {
    for (MemorySegment weights : new MemorySegment[]{null, MemorySegment.ofArray(w)}) {
      Accumulator whole = metric.start(OUTPUTS);
      whole.update(MemorySegment.ofArray(x), target, weights, SAMPLES);
      long expected = Double.doubleToLongBits(whole.value());
      for (int most : new int[]{1, 7, 64, SAMPLES}) {
        assertEquals(expected, Double.doubleToLongBits(cut(metric, target, targetElements, weights, most, most == 7)),
            name + ", batches up to " + most);
      }
    }
  }

  // definitions

  private double value(Metric metric, MemorySegment target, boolean weighted) {
    Accumulator accumulator = metric.start(OUTPUTS);
    accumulator.update(MemorySegment.ofArray(x), target, weighted ? MemorySegment.ofArray(w) : null, SAMPLES);
    return accumulator.value();
  }

  private double weight(int row, boolean weighted) {
    return labels[row] < 0 ? 0 : weighted ? w[row] : 1;
  }

  private int predicted(int row) {
    return IntStream.range(0, OUTPUTS).reduce(0, (a, b) -> x[row * OUTPUTS + b] > x[row * OUTPUTS + a] ? b : a);
  }

  @Test
  void figuresOfClasses() {
    for (boolean weighted : new boolean[]{false, true}) {
      double[][] counts = new double[OUTPUTS][OUTPUTS];
      double all = 0, top = 0, log = 0;
      for (int row = 0; row < SAMPLES; row++) {
        double weight = weight(row, weighted);
        if (weight > 0) {
          counts[labels[row]][predicted(row)] += weight;
          all += weight;
          top += weight * (rankBySorting(row) < 2 ? 1 : 0);
          log -= weight * Math.log(probability(row, labels[row]));
        }
      }
      MemorySegment target = MemorySegment.ofArray(labels);
      double right = IntStream.range(0, OUTPUTS).mapToDouble(c -> counts[c][c]).sum();
      assertEquals(right / all, value(Metrics.accuracy(), target, weighted), 1e-12);
      assertEquals(1 - right / all, value(Metrics.error(), target, weighted), 1e-12);
      assertEquals(top / all, value(Metrics.topK(2), target, weighted), 1e-12);
      assertEquals(log / all, value(Metrics.logLoss(), target, weighted), 1e-12);
      double macroPrecision = 0, macroRecall = 0, weightedF = 0;
      for (int c = 0; c < OUTPUTS; c++) {
        int column = c;
        double own = Arrays.stream(counts[c]).sum(), of = Arrays.stream(counts).mapToDouble(row -> row[column]).sum();
        double precision = counts[c][c] / of, recall = counts[c][c] / own;
        macroPrecision += precision / OUTPUTS;
        macroRecall += recall / OUTPUTS;
        weightedF += own / all * 5 * precision * recall / (4 * precision + recall);
      }
      assertEquals(macroPrecision, value(Metrics.precision(Average.MACRO), target, weighted), 1e-12);
      assertEquals(macroRecall, value(Metrics.recall(Average.MACRO), target, weighted), 1e-12);
      assertEquals(right / all, value(Metrics.fBeta(2, Average.MICRO), target, weighted), 1e-12);
      assertEquals(weightedF, value(Metrics.fBeta(2, Average.WEIGHTED), target, weighted), 1e-12);
      assertEquals(pairs(row -> probability(row, 1), row -> labels[row] == 1, row -> weight(row, weighted), SAMPLES),
          value(Metrics.rocAuc(1), target, weighted), 1e-9);
    }
  }

  private int rankBySorting(int row) {
    Integer[] order = IntStream.range(0, OUTPUTS).boxed().toArray(Integer[]::new);
    Arrays.sort(order, (a, b) -> Float.compare(x[row * OUTPUTS + b] + 0f, x[row * OUTPUTS + a] + 0f)); // stable
    return Arrays.asList(order).indexOf(labels[row]);
  }

  private double probability(int row, int label) {
    double sum = IntStream.range(0, OUTPUTS).mapToDouble(c -> Math.exp(x[row * OUTPUTS + c])).sum();
    return Math.exp(x[row * OUTPUTS + label]) / sum;
  }

  private interface Score {
    double of(int i);
  }

  private interface Positive {
    boolean is(int i);
  }

  /** Every positive with every negative. */
  private static double pairs(Score score, Positive positive, Score weight, int count) {
    double won = 0, all = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count && weight.of(i) > 0; j++) {
        if (positive.is(i) && !positive.is(j)) {
          double pair = weight.of(i) * weight.of(j), difference = score.of(i) - score.of(j);
          all += pair;
          won += Math.abs(difference) < 1e-9 ? pair / 2 : difference > 0 ? pair : 0;
        }
      }
    }
    return won / all;
  }

  @Test
  void figuresOfNumbers() {
    MemorySegment target = MemorySegment.ofArray(t);
    for (boolean weighted : new boolean[]{false, true}) {
      double all = 0, squares = 0, absolute = 0, log = 0, right = 0;
      for (int i = 0; i < x.length; i++) {
        double weight = weighted ? w[i / OUTPUTS] : 1, p = 1 / (1 + Math.exp(-x[i])), d = (double) x[i] - t[i];
        all += weight;
        squares += weight * d * d;
        absolute += weight * Math.abs(d);
        log -= weight * Math.log(t[i] == 1 ? p : 1 - p);
        right += x[i] > 0 == (t[i] == 1) ? weight : 0;
      }
      assertEquals(squares / all, value(Metrics.meanSquaredError(), target, weighted), 1e-12);
      assertEquals(Math.sqrt(squares / all), value(Metrics.rootMeanSquaredError(), target, weighted), 1e-12);
      assertEquals(absolute / all, value(Metrics.meanAbsoluteError(), target, weighted), 1e-12);
      assertEquals(log / all, value(Metrics.binaryLogLoss(), target, weighted), 1e-12);
      assertEquals(right / all, value(Metrics.binaryAccuracy(), target, weighted), 1e-12);
      assertEquals(
          pairs(i -> x[i], i -> t[i] == 1, i -> weighted ? w[i / OUTPUTS] : 1, x.length),
          value(Metrics.binaryRocAuc(), target, weighted), 1e-12);
      assertEquals(rSquared(weighted), value(Metrics.rSquared(), target, weighted), 1e-12);
    }
  }

  private double rSquared(boolean weighted) {
    double sum = 0;
    for (int c = 0; c < OUTPUTS; c++) {
      double weights = 0, mean = 0, errors = 0, differences = 0;
      for (int row = 0; row < SAMPLES; row++) {
        weights += weighted ? w[row] : 1;
        mean += (weighted ? w[row] : 1) * (double) t[row * OUTPUTS + c];
      }
      mean /= weights;
      for (int row = 0; row < SAMPLES; row++) {
        double target = t[row * OUTPUTS + c], weight = weighted ? w[row] : 1;
        errors += weight * (target - x[row * OUTPUTS + c]) * (target - x[row * OUTPUTS + c]);
        differences += weight * (target - mean) * (target - mean);
      }
      sum += 1 - errors / differences;
    }
    return sum / OUTPUTS;
  }

  /** More scores than the first memory holds; the unweighted area is a ratio of whole numbers, so it is exact. */
  @Test
  void manyScoresAreSortedExactly() {
    int count = 20_000;
    float[] scores = new float[count], targets = new float[count];
    long[][] histogram = new long[2][2000];
    for (int i = 0; i < count; i++) {
      int level = random.nextInt(2000);
      scores[i] = (level - 1000) * 1e-3f;
      targets[i] = random.nextInt(2);
      histogram[(int) targets[i]][level]++;
    }
    long doubled = 0, below = 0;
    for (int level = 0; level < 2000; level++) {
      doubled += histogram[1][level] * (2 * below + histogram[0][level]);
      below += histogram[0][level];
    }
    Accumulator area = Metrics.binaryRocAuc().start(1);
    area.update(MemorySegment.ofArray(scores), MemorySegment.ofArray(targets), null, count);
    assertEquals(doubled / 2.0 / ((double) below * (count - below)), area.value());
  }

  @Tag("allocation")
  @Test
  void updatesAllocateNothing() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment prediction = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_FLOAT, t), weights = arena
          .allocateFrom(ValueLayout.JAVA_FLOAT, w), classes = arena.allocateFrom(ValueLayout.JAVA_INT, labels);
      Map<String, Metric> metrics = ofLabels();
      metrics.forEach((name, metric) -> requireNone(name, metric, prediction, classes, weights));
      ofNumbers().forEach((name, metric) -> requireNone(name, metric, prediction, numbers, weights));
    }
  }

  private static void requireNone(String name, Metric metric, MemorySegment prediction, MemorySegment target,
      MemorySegment weights) {
    Accumulator accumulator = metric.start(OUTPUTS);
    double[] value = new double[1];
    Allocation.requireNone(name, 0, () -> {
      accumulator.reset(); // what keeps scores has room for them from the first round on
      accumulator.update(prediction, target, weights, 32);
      accumulator.update(prediction, target, null, 32);
      value[0] = accumulator.value();
    });
  }
}
