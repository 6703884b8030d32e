package org.panagrad;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Real data for the tests: the folder that the system property panagrad.data names, else the environment's
 * PANAGRAD_DATA, else ../shared/data beside the project. A test that wants what is not there is skipped, and says what
 * is missing.
 */
public final class TestData {
  private TestData() {}

  /** The folder of all data, which need not exist. */
  public static Path folder() {
    String property = System.getProperty("panagrad.data", "");
    String environment = System.getenv().getOrDefault("PANAGRAD_DATA", "");
    if (!property.isEmpty()) {
      return Path.of(property);
    }
    return environment.isEmpty()
        ? Path.of(System.getProperty("panagrad.root", "."), "..", "shared", "data").normalize()
        : Path.of(environment);
  }

  /** A file in the folder; skips the calling test where it is missing. */
  public static Path file(String name) {
    Path file = folder().resolve(name);
    Assumptions.assumeTrue(Files.isRegularFile(file), () -> missing(name));
    return file;
  }

  /** The folder with MNIST's four files, gzipped; skips the calling test where it is missing. */
  public static Path mnist() {
    Path direct = folder();
    Path folder = Files.exists(direct.resolve("train-images-idx3-ubyte.gz")) ? direct : direct.resolve("mnist");
    Assumptions.assumeTrue(Files.exists(folder.resolve("train-images-idx3-ubyte.gz")),
        () -> missing("mnist/train-images-idx3-ubyte.gz"));
    return folder;
  }

  private static String missing(String name) {
    return "no " + name + " in " + folder().toAbsolutePath()
        + ": name the folder with -Dpanagrad.data or PANAGRAD_DATA";
  }
}
