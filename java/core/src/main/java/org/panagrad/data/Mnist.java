package org.panagrad.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.panagrad.io.DataException;

/**
 * MNIST and what comes in its four files, under their original names, as published (.gz) or unpacked: 28x28 images of
 * ten classes. The files lie in the given directory or in {@code mnist} below it.
 */
public final class Mnist {
  private static final int CLASSES = 10;

  private Mnist() {}

  /**
   * The training set: 60,000 digits.
   *
   * @param directory where the files are
   * @return the data set; close it
   * @throws org.panagrad.io.DataException if a file is missing or is not what it should be
   * @throws IOException if reading fails
   */
  public static ImageDataset train(Path directory) throws IOException {
    return read(directory, "train");
  }

  /**
   * The test set: 10,000 digits.
   *
   * @param directory where the files are
   * @return the data set; close it
   * @throws org.panagrad.io.DataException if a file is missing or is not what it should be
   * @throws IOException if reading fails
   */
  public static ImageDataset test(Path directory) throws IOException {
    return read(directory, "t10k");
  }

  private static ImageDataset read(Path directory, String prefix) throws IOException {
    Path images = find(directory, prefix + "-images-idx3-ubyte");
    Path labels = find(directory, prefix + "-labels-idx1-ubyte");
    return Idx.read(images, labels, CLASSES);
  }

  private static Path find(Path directory, String name) throws DataException {
    for (Path candidate : List.of(directory, directory.resolve("mnist"))) {
      for (String suffix : List.of(".gz", "")) {
        Path file = candidate.resolve(name + suffix);
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    throw new DataException(directory, "neither " + name + ".gz nor " + name + " is here or in mnist below: put MNIST's"
        + " four files there, or name the directory that has them");
  }
}
