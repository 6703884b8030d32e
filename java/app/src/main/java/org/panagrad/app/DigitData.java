package org.panagrad.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.ImageDataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.SyntheticDigits;

/**
 * Where digits come from: a folder with MNIST's files, or the program's own pen. A folder that was named is used or is
 * an error; nothing falls back silently.
 */
final class DigitData {
  static final String VARIABLE = "PANAGRAD_DATA";

  private static final int TRAINING = 60_000, TEST = 10_000;
  /** Apart from the seeds that people choose; always the same, so that evaluate measures on what train validated on. */
  private static final long TEST_SEED = 0x7e57_d161_7500_0000L;

  private final @Nullable Path folder;
  private final String origin;

  private DigitData(@Nullable Path folder, String origin) {
    this.folder = folder;
    this.origin = origin;
  }

  /** By the option, else by the environment, else drawn. */
  static DigitData of(@Nullable Path option, Map<String, String> environment) {
    String variable = environment.getOrDefault(VARIABLE, "");
    if (option != null) {
      return inFolder(option, "--data");
    }
    return variable.isEmpty() ? new DigitData(null, "") : inFolder(Path.of(variable), VARIABLE);
  }

  private static DigitData inFolder(Path folder, String origin) {
    if (!Files.isDirectory(folder)) {
      throw new Failure(folder + " (" + origin + "): "
          + (Files.exists(folder) ? "is no directory" : "there is no such directory")
          + "; it should hold MNIST's four .gz files, or a folder mnist with them: ./panagrad download mnist "
          + "fetches them");
    }
    return new DigitData(folder, origin);
  }

  /** The first images to train on, to be closed. The seed is of drawn ones. */
  ImageDataset training(long seed, int limit) throws IOException {
    return folder == null ? SyntheticDigits.generate(Math.min(limit, TRAINING), seed) : Mnist.train(folder);
  }

  /** The first images to measure on, to be closed. */
  ImageDataset test(int limit) throws IOException {
    return folder == null ? SyntheticDigits.generate(Math.min(limit, TEST), TEST_SEED) : Mnist.test(folder);
  }

  @Override
  public String toString() {
    return folder == null
        ? "drawn by the program itself, as neither --data nor " + VARIABLE + " names MNIST's folder"
        : "MNIST in " + folder + (origin.equals(VARIABLE) ? " (" + VARIABLE + ")" : "");
  }
}
