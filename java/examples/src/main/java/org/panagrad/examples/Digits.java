package org.panagrad.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.SyntheticDigits;

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
  }
}
