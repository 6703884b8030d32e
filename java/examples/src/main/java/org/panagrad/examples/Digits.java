package org.panagrad.examples;

<<<<<<<HEAD
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.nio.file.Path;
import org.panagrad.data.Batches;=======
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;>>>>>>>9ea e024d3a9b33e0cf9e8e75316340da87056df1
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.SyntheticDigits;

<<<<<<<HEAD
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
=======
/** Handwritten digits for the examples: MNIST's where the setting's data has them, else drawn ones. */
final class Digits {
  /** Height and width of an image. */
  static final int SIDE = SyntheticDigits.SIDE;
  /** Kinds of digits. */
  static final int CLASSES = SyntheticDigits.CLASSES;

  private Digits() {
  }

  /** To train on: all that MNIST has, or so many drawn ones; close it. */
  static ImageDataset training(Setting setting, int drawn) throws IOException {
    Path folder = setting.file("mnist");
    return folder == null ? SyntheticDigits.generate(drawn, setting.seed()) : Mnist.train(folder);
  }

  /** To measure on, others than those to train on: all that MNIST has, or so many drawn ones; close it. */
  static ImageDataset test(Setting setting, int drawn) throws IOException {
    Path folder = setting.file("mnist");
    return folder == null ? SyntheticDigits.generate(drawn, ~setting.seed()) : Mnist.test(folder);
  }

  /** The first so many of each digit. */
  static Dataset few(ImageDataset digits, int each) {
    int[] counts = new int[CLASSES];
    return digits.select(IntStream.range(0, digits.size()).filter(i -> counts[digits.label(i)]++ < each).toArray());
>>>>>>> 9eae024d3a9b33e0cf9e8e75316340da87056df1
  }
}
