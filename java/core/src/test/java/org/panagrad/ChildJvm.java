package org.panagrad;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class run in a JVM of its own, with flags of its own and this one's class path. */
public final class ChildJvm {
  /** What the build starts JVMs with. */
  public static final List<String> USUAL = List.of("--enable-native-access=ALL-UNNAMED",
      "--add-modules=jdk.incubator.vector");
  private static final long MINUTES = 3;

  /**
   * How it ended.
   *
   * @param exit   status
   * @param output standard output
   * @param errors standard error
   */
  public record Result(int exit, String output, String errors) {
    /** Fails unless the status is 0. */
    public Result ok() {
      if (exit != 0) {
        throw new AssertionError("ended with " + exit + "\n" + output + errors);
      }
      return this;
    }

    /** The value of the line {@code key=value}. */
    public String value(String key) {
      return output.lines().filter(line -> line.startsWith(key + "=")).map(line -> line.substring(key.length() + 1))
          .findFirst().orElseThrow(() -> new AssertionError("no " + key + " in\n" + output + errors));
    }
  }

  private ChildJvm() {
  }

  /** Runs a class's main. */
  public static Result run(List<String> flags, Class<?> main, String... arguments) {
    return run(flags, System.getProperty("java.class.path"), main, arguments);
  }

  /** Runs a class's main with another class path. */
  public static Result run(List<String> flags, String classPath, Class<?> main, String... arguments) {
    return command(command(flags, classPath, main, arguments));
  }

  /** Starts a class's main, which is to be killed or waited for; what it prints is lost. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    return new ProcessBuilder(command(USUAL, System.getProperty("java.class.path"), main, arguments))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static List<String> command(List<String> flags, String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp", classPath));
    for (String property : List.of("panagrad.root", "panagrad.blas")) {
      if (System.getProperty(property) != null) {
        command.add("-D" + property + "=" + System.getProperty(property));
      }
    }
    command.addAll(flags); // later ones win
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a command. */
  public static Result command(List<String> command) {
    try {
      Path output = Files.createTempFile("child", ".out"), errors = Files.createTempFile("child", ".err");
      try {
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile())
            .redirectError(errors.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
          process.destroyForcibly();
          throw new AssertionError(String.join(" ", command) + " did not end");
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
