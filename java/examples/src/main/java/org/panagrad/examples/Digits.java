package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.nio.file.Path;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.SyntheticDigits;

/**
 * Handwritten digits, 28x28: MNIST's where the setting has them, else drawn ones.
 *
 * @param training to train on
 * @param test     to measure on
 */
record Digits(ImageDataset training, ImageDataset test, ImageDataset... owned) implements AutoCloseable {
  static final int SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10;

  /** The first digits of both sets, to be closed. */
  static Digits of(Setting setting, int training, int test) throws IOException {
    Path mnist = setting.file("mnist");
    ImageDataset all = mnist == null ? SyntheticDigits.generate(training, setting.seed()) : Mnist.train(mnist);
    ImageDataset allTest = mnist == null ? SyntheticDigits.generate(test, ~setting.seed()) : Mnist.test(mnist);
    return new Digits(all.limit(training), allTest.limit(test), all, allTest);
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
