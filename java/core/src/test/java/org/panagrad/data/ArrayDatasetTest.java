package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ArrayDatasetTest {
  private static final float[][] FEATURES = {{1, 2}, {3, 4}, {5, 6}};

  static float[] floats(Dataset dataset, int column) {
    Batch batch = all(dataset);
    return batch.column(column).asSlice(0, 4L * dataset.size() * dataset.columns().get(column).elements())
        .toArray(JAVA_FLOAT);
  }

  static int[] ints(Dataset dataset, int column) {
    return all(dataset).column(column).asSlice(0, 4L * dataset.size() * dataset.columns().get(column).elements())
        .toArray(JAVA_INT);
  }

  private static Batch all(Dataset dataset) {
    return new Batches(dataset, dataset.size()).load(0);
  }

  @Test
  void copiesFeaturesWithLabels() {
    float[] flat = {1, 2, 3, 4, 5, 6};
    int[] labels = {0, 2, 1};
    try (Dataset rows = ArrayDataset.of(FEATURES, labels, 3); Dataset one = ArrayDataset.of(flat, labels, 3)) {
      flat[0] = 9;
      labels[0] = 9;
      for (Dataset dataset : List.of(rows, one)) {
        assertEquals(3, dataset.size());
        assertEquals(2, dataset.features());
        assertEquals(3, dataset.classes());
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6}, floats(dataset, 0));
        assertArrayEquals(new int[]{0, 2, 1}, ints(dataset, 1));
      }
    }
  }

  @Test
  void copiesFeaturesWithNumbers() {
    float[] targets = {7, 8, 9};
    try (Dataset flat = ArrayDataset.of(new float[]{1, 2, 3, 4, 5, 6}, targets);
        Dataset rows = ArrayDataset.of(FEATURES, targets);
        Dataset both = ArrayDataset.of(FEATURES, new float[][]{{7}, {8}, {9}})) {
      for (Dataset dataset : List.of(flat, rows, both)) {
        assertEquals(0, dataset.classes());
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6}, floats(dataset, 0));
        assertArrayEquals(targets, floats(dataset, 1));
      }
    }
  }

  @Test
  void columnsComeInTheOrderInWhichTheyWereAdded() {
    try (Dataset dataset = ArrayDataset.samples(2).tokens("words", new int[]{1, 2, 3, 4, 0, 1}, 5)
        .input("length", new float[]{3, 2}).labels("rating", new int[]{1, 0}, 2).numbers("price", new float[]{5, 6})
        .weight("weight", new float[]{0, 2}).build()) {
      assertEquals(
          List.of(Column.tokens("words", 3, 5), Column.input("length", 1), Column.labels("rating", 1, 2),
              Column.numbers("price", 1), Column.weight("weight")),
          dataset.columns());
      assertArrayEquals(new int[]{1, 2, 3, 4, 0, 1}, ints(dataset, 0));
      assertArrayEquals(new float[]{0, 2}, floats(dataset, 4));
      Batch batch = all(dataset);
      assertEquals(2, batch.weights().getAtIndex(JAVA_FLOAT, 1));
      assertEquals(6, batch.target(1).getAtIndex(JAVA_FLOAT, 1));
    }
  }

  @Test
  void noSamplesAreADataset() {
    try (Dataset dataset = ArrayDataset.of(new float[0][], new int[0], 3)) {
      assertEquals(0, dataset.size());
    }
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void refusesWithPlaceValueAndRemedy() {
    int[] labels = {0, 1, 2};
    refuses(
        "label of sample 2 is 2: expected 0 to 1; correct it, or say that there are more classes",
        () -> ArrayDataset.of(FEATURES, labels, 2));
    refuses("features of sample 1, element 0, is NaN: expected a finite number; fill in what is missing, or leave the "
        + "sample out", () -> ArrayDataset.of(new float[][]{{1, 2}, {Float.NaN, 3}}, new int[2], 2));
    refuses(
        "target of sample 0 is Infinity: expected a finite number; fill in what is missing, or leave the sample out",
        () -> ArrayDataset.of(new float[]{1}, new float[]{Float.POSITIVE_INFINITY}));
    refuses("weight of sample 1 is -1.0: expected 0 or more; 0 leaves the sample out of the loss", () -> ArrayDataset
        .samples(2).input("x", new float[2]).weight("weight", new float[]{1, -1}).build());
    refuses("features has 3 rows for 2 samples: expected one a sample",
        () -> ArrayDataset.of(FEATURES, new int[2], 2));
    refuses("row 1 of features has 1 values, row 0 has 2: expected as many in each row, at least 1",
        () -> ArrayDataset.of(new float[][]{{1, 2}, {3}}, new int[2], 2));
    refuses("features has 5 values for 3 samples: expected as many for each sample, at least 1",
        () -> ArrayDataset.of(new float[5], labels, 3));
    refuses("0 classes of label: expected at least 1", () -> ArrayDataset.of(FEATURES, labels, 0));
    refuses("two columns are named x: give each its own name",
        () -> ArrayDataset.samples(1).input("x", new float[1]).input("x", new float[1]).build());
    refuses("there is no input among the columns [label (1 ints below 2)]: a network reads one",
        () -> ArrayDataset.samples(1).labels("label", new int[1], 2).build());
    refuses("weight has 1 values for 2 samples: expected one a sample",
        () -> ArrayDataset.samples(2).weight("weight", new float[1]));
    refuses("-1 samples: expected 0 or more", () -> ArrayDataset.samples(-1));
  }

  @Test
  void aClosedDatasetSaysSo() {
    Dataset dataset = ArrayDataset.of(FEATURES, new int[3], 3);
    Batches batches = new Batches(dataset, 2);
    dataset.close();
    dataset.close();
    assertEquals("this data set of 3 samples is closed: load from it before closing it",
        assertThrows(IllegalStateException.class, () -> batches.load(0)).getMessage());
  }

  @Test
  void viewsSelectSplitShuffleAndConcatenate() {
    float[] numbers = new float[100];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    try (Dataset dataset = ArrayDataset.of(numbers, new int[100], 1);
        Dataset none = ArrayDataset.of(new float[0],
            new int[0], 1)) {
      assertArrayEquals(new float[]{7, 0, 7}, floats(dataset.select(7, 0, 7), 0));
      assertEquals("samples[1] is 100: expected a sample, 0 to 99",
          assertThrows(IndexOutOfBoundsException.class, () -> dataset.select(0, 100)).getMessage());
      Datasets.Split split = Datasets.split(dataset, 0.7, 5);
      assertEquals(70, split.training().size());
      Dataset together = Datasets.concat(none, split.test(), none, split.training(), none);
      assertEquals(100, together.size());
      assertSameNumbers(numbers, floats(together, 0));
      Dataset shuffled = Datasets.shuffled(dataset, 3);
      assertSameNumbers(numbers, floats(shuffled, 0));
      assertArrayEquals(floats(shuffled, 0), floats(Datasets.shuffled(dataset, 3), 0));
      assertEquals(false, Arrays.equals(numbers, floats(shuffled, 0)));
      assertThrows(IndexOutOfBoundsException.class, () -> together.loadSample(100, 0));
      assertThrows(IllegalArgumentException.class, () -> Datasets.split(dataset, Double.NaN, 0));
      try (Dataset other = ArrayDataset.of(numbers, numbers)) {
        assertThrows(IllegalArgumentException.class, () -> Datasets.concat(dataset, other));
      }
    }
  }

  private static void assertSameNumbers(float[] expected, float[] actual) {
    float[] sorted = actual.clone();
    Arrays.sort(sorted);
    assertArrayEquals(expected, sorted);
  }

  @Test
  void foldsAreStratified() {
    int[] labels = IntStream.range(0, 103).map(i -> i % 7 == 0 ? 1 : i % 2 * 2).toArray();
    int[] folds = RowChoice.folds(labels, 3, 5, 1);
    int[][] counts = new int[5][4];
    for (int i = 0; i < labels.length; i++) {
      counts[folds[i]][labels[i]]++;
      counts[folds[i]][3]++;
    }
    for (int label = 0; label < 4; label++) {
      int column = label;
      int[] of = IntStream.range(0, 5).map(k -> counts[k][column]).sorted().toArray();
      assertEquals(true, of[4] - of[0] <= 1, () -> "label " + column);
    }
  }
}
