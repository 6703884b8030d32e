package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.examples.Example;
import org.panagrad.examples.Examples;
import org.panagrad.examples.Report;
import org.panagrad.examples.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code panagrad example}: trains one of the examples, or lists them. */
@Command(name = "example", description = "Trains an example and prints what came of it; without a name, lists them.")
final class ExampleCommand implements Callable<Integer> {
  @ParentCommand
  private Main main;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Of the example.")
  private @Nullable String name;

  @Option(names = "--data", paramLabel = "DIR",
      description = "Folder of real data; else PANAGRAD_DATA. Without any, the example draws its own.")
  private @Nullable Path data;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "panagrad-out",
      description = "Folder for what it writes.")
  private Path out;

  @Mixin
  private ComputeOptions compute;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all that is random.")
  private long seed;

  @Option(names = "--reduced", description = "Train less, as the tests do.")
  private boolean reduced;

  @Override
  public Integer call() throws IOException {
    PrintStream print = main.out();
    if (name == null) {
      Examples.all().forEach(example -> print.printf("%-16s %s%n", example.name(), example.description()));
      return 0;
    }
    Example example;
    try {
      example = Examples.named(name);
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
    Files.createDirectories(out);
    Report report = example.run(new Setting(folder(), out, compute::open, seed, reduced, print));
    print.print(report);
    return 0;
  }

  private @Nullable Path folder() {
    String variable = main.environment().getOrDefault(DigitData.VARIABLE, "");
    Path folder = data != null ? data : variable.isEmpty() ? null : Path.of(variable);
    if (folder != null && !Files.isDirectory(folder)) {
      throw new Failure(folder + ": there is no such directory");
    }
    return folder;
  }
}
