package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One run of the program.
 *
 * @param exitCode of the program
 * @param out      all of standard output
 * @param err      all of standard error, without the JVM's notice of incubator modules
 */
record Cli(int exitCode, String out, String err) {
  /** For those tests that look at other things than training. */
  static final List<String> QUICK = List.of("--limit", "256", "--epochs", "1", "--threads", "1", "--product",
      "builtin");

  /** In this JVM, without any PANAGRAD_DATA. */
  static Cli run(String... args) {
    return run(Map.of(), args);
  }

  static Cli run(Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80);
    int exitCode = new Main(environment, terminal, new PrintStream(err, true, StandardCharsets.UTF_8)).execute(args);
    return new Cli(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** In a JVM of its own, which may have other options and can be interrupted. */
  static ProcessBuilder process(List<String> options, List<String> args) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.panagrad.app.Main"));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(DigitData.VARIABLE);
    return builder;
  }

  static Cli runProcess(Path folder, List<String> options, List<String> args) throws IOException, InterruptedException {
    Path out = folder.resolve("stdout"), err = folder.resolve("stderr");
    int exitCode = process(options, args).redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Cli(exitCode, Files.readString(out), withoutNotice(Files.readString(err)));
  }

  static String withoutNotice(String err) {
    return err.replaceAll("WARNING: Using incubator modules: .*\\R", "");
  }

  /** A failure is told in one line that holds all of the words. */
  Cli assertFails(int expectedCode, String... words) {
    assertEquals(expectedCode, exitCode, err);
    assertTrue(err.startsWith("panagrad: ") && err.strip().lines().count() == 1, err);
    for (String word : words) {
      assertTrue(err.contains(word), () -> "\"" + word + "\" is missing in: " + err);
    }
    return this;
  }

  Cli assertSucceeds() {
    assertEquals(0, exitCode, err);
    assertEquals("", err);
    assertFalse(out.isBlank());
    return this;
  }
}
