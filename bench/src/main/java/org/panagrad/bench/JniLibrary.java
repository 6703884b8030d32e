package org.panagrad.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where CMake puts the functions of {@link JniCalls}. */
public final class JniLibrary {
  static final Path FILE = Path.of(System.getProperty("panagrad.root", "."), "bench/target/jni",
      System.mapLibraryName("panagrad_jni")).toAbsolutePath().normalize();

  private JniLibrary() {
  }

  /** Why there is none, or null. */
  public static @Nullable String missing() {
    return Files.isRegularFile(FILE) ? null : "not measured: the build found no jni.h";
  }
}
