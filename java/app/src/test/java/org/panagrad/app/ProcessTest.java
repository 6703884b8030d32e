package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a JVM of its own can show. */
class ProcessTest {
  private static final List<String> NO_LIBRARY = List.of("-Dpanagrad.library=/nonexistent");

  @TempDir
  Path folder;

  /** On very few images: a fallback starts slowly, before the JVM has compiled it. */
  private List<String> train(String backend) {
    return List.of("train", "--backend", backend, "--limit", "4", "--epochs", "1", "--threads", "1", "--product",
        "builtin", "--out", folder.resolve("out").toString());
  }

  @Test
  void aBackendAskedForByNameFailsLoudly() throws IOException, InterruptedException {
    Cli.runProcess(folder, NO_LIBRARY, train("native")).assertFails(1, "/nonexistent");
    assertTrue(Files.notExists(folder.resolve("out")), "nothing was begun");
  }

  @Test
  void autoFallsBackWithOneLine() throws IOException, InterruptedException {
    Cli cli = Cli.runProcess(folder, NO_LIBRARY, train("auto"));
    assertEquals(0, cli.exitCode(), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertTrue(cli.err().startsWith("panagrad: ") && cli.err().contains("/nonexistent"), cli.err());
    assertTrue(cli.out().contains("Backend     vector") || cli.out().contains("Backend     scalar"), cli.out());
  }

  @Test
  void infoSaysWhyThingsAreMissing() throws IOException, InterruptedException {
    Cli cli = Cli.runProcess(folder, List.of("-Dpanagrad.library=/nonexistent", "-Dpanagrad.blas=/nonexistent.so"),
        List.of("info")).assertSucceeds();
    assertTrue(cli.out().contains("missing: /nonexistent"), cli.out());
    assertTrue(cli.out().contains("no OpenBLAS: /nonexistent.so"), cli.out());
  }

  /** Process.destroy ends a process as Ctrl-C does, but for the number of the signal. */
  @Test
  void anInterruptedRunLeavesNothing() throws IOException, InterruptedException {
    Path out = folder.resolve("out"), err = folder.resolve("stderr");
    Process process = Cli.process(List.of(), List.of("train", "--limit", "2000", "--epochs", "10000", "--threads", "1",
        "--product", "builtin", "--out", out.toString())).redirectError(err.toFile()).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      while (line != null && !line.startsWith("Epoch 1/")) {
        line = reader.readLine();
      }
      process.toHandle().destroy(); // Process.destroy would close the reader as well
      while (line != null) {
        line = reader.readLine();
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(143, process.waitFor());
    assertEquals("panagrad: interrupted, nothing was saved", Cli.withoutNotice(Files.readString(err)).strip());
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(List.of(), files.toList());
    }
  }
}
