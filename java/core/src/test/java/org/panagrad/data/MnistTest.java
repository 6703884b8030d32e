package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.TestData;
import org.panagrad.io.DataException;

class MnistTest {

  @Test
  void readsTheTrainingSet() throws Exception {
    try (ImageDataset train = Mnist.train(TestData.mnist())) {
      assertEquals(60_000, train.size());
      assertFirstLabels(train, 5, 0, 4, 1);
      assertEquals(33.318, 255 * mean(train), 0.001);
    }
  }

  @Test
  void readsTheTestSet() throws Exception {
    try (ImageDataset test = Mnist.test(TestData.mnist().getParent())) {
      assertEquals(10_000, test.size());
      assertFirstLabels(test, 7, 2, 1, 0);
    }
  }

  private static void assertFirstLabels(ImageDataset digits, int... labels) {
    assertEquals(28, digits.height());
    assertEquals(28, digits.width());
    assertEquals(1, digits.channels());
    assertEquals(784, digits.features());
    assertEquals(10, digits.classes());
    for (int i = 0; i < labels.length; i++) {
      assertEquals(labels[i], digits.label(i));
    }
  }

  private static double mean(ImageDataset digits) {
    float[] features = new float[1000 * 784];
    int[] labels = new int[1000];
    int[] order = IntStream.range(0, digits.size()).toArray();
    double sum = 0;
    for (int from = 0; from < order.length; from += 1000) {
      digits.load(order, from, 1000, MemorySegment.ofArray(features), MemorySegment.ofArray(labels));
      for (float feature : features) {
        sum += feature;
      }
    }
    return sum / order.length / 784;
  }

  @Test
  void saysWhichFileIsMissing(@TempDir Path folder) {
    assertEquals(
        folder + ": neither t10k-images-idx3-ubyte.gz nor t10k-images-idx3-ubyte is here or in mnist below: put "
            + "MNIST's four files there, or name the directory that has them",
        assertThrows(DataException.class, () -> Mnist.test(folder)).getMessage());
  }
}
