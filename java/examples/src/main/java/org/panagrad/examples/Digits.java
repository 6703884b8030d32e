package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.SyntheticDigits;

/**
 * Handwritten digits, 28x28: MNIST's where the setting has them, else drawn ones.
 *
 * @param training to train on
 * @param test     to measure on, others than those
 * @param owned    what is closed with it
 */
record Digits(ImageDataset training, ImageDataset test, ImageDataset... owned) implements AutoCloseable {
  static final int SIDE = SyntheticDigits.SIDE, PIXELS = SIDE * SIDE, CLASSES = SyntheticDigits.CLASSES;

  /** The first digits of both sets, to be closed. */
  static Digits of(Setting setting, int training, int test) throws IOException {
    ImageDataset all = training(setting, training), allTest = test(setting, test);
    return new Digits(all.limit(training), allTest.limit(test), all, allTest);
  }

  /** To train on: all that MNIST has, or so many drawn ones; close it. */
  static ImageDataset training(Setting setting, int drawn) throws IOException {
    Path mnist = setting.file("mnist");
    return mnist == null ? SyntheticDigits.generate(drawn, setting.seed()) : Mnist.train(mnist);
  }

  /** To measure on: all that MNIST has, or so many drawn ones; close it. */
  static ImageDataset test(Setting setting, int drawn) throws IOException {
    Path mnist = setting.file("mnist");
    return mnist == null ? SyntheticDigits.generate(drawn, ~setting.seed()) : Mnist.test(mnist);
  }

  /** The first so many of each digit. */
  static Dataset few(ImageDataset digits, int each) {
    int[] counts = new int[CLASSES];
    return digits.select(IntStream.range(0, digits.size()).filter(i -> counts[digits.label(i)]++ < each).toArray());
  }

  /** All pixels of digits, 0 to 1, one digit after the other. */
  static float[] pixels(Dataset digits) {
    return new Batches(digits, digits.size()).load(0).features().toArray(JAVA_FLOAT);
  }

  @Override
  public void close() {
    for (ImageDataset each : owned) {
      each.close();
    }
  }
}
