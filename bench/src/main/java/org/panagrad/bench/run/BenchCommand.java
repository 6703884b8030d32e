package org.panagrad.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./panagrad bench}: measures this library, and others beside it, in one run. */
@Command(name = "panagrad bench", mixinStandardHelpOptions = true, sortOptions = false, usageHelpAutoWidth = true,
    description = "Measures kernels, the bridge, safepoints, training steps and latencies, and what limits them.",
    footer = {"", "Writes bench.md, bench.json and bench.svg to the output folder after each part."})
public final class BenchCommand implements Callable<Integer> {
  @Option(names = "--quick", description = "In about three minutes, instead of an hour: a choice of all that, roughly.")
  private boolean quick;
  @Option(names = "--peers", description = "Other libraries beside ours; the launcher builds them first.")
  private boolean peers;
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "panagrad-bench",
      description = "Output folder, created where it is missing; default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("panagrad-bench");
  @Option(names = "--only", paramLabel = "REGEX", defaultValue = "",
      description = "Benchmarks whose name contains this, as KernelBenchmark or Latency. The limits are always"
          + " measured.")
  private Pattern only = Pattern.compile("");
  @Option(names = {"-p", "--param"}, paramLabel = "NAME=V,W", description = "Other values of a parameter.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // 0.5 and 1,000 everywhere
    System.exit(new CommandLine(new BenchCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    PrintStream print = System.out;
    Path root = Path.of(System.getProperty("panagrad.root", ".")).toAbsolutePath().normalize();
    Map<String, String> environment = Environment.describe(root);
    environment.put("Run", (quick ? "quick: short measurements" : "full") + "; JVMs of their own, with -Xbatch");
    environment.put("Load before", Environment.load());
    environment.forEach((name, value) -> print.printf("%-12s %s%n", name, value));
    Session session = new Session(quick, withLimits(), values(), root, print);
    boolean whole = true;
    for (Part part : new Plan(quick).parts(peers)) {
      try {
        part.run(session);
      } catch (Exception | AssertionError | LinkageError e) { // an hour's other rows are worth having
        whole = false;
        session.add(Row.of(part.getClass().getSimpleName(), Map.of()).because("failed: " + e));
      }
      environment.put("Load after", Environment.load());
      write(environment, session.rows());
    }
    print.println("\nResults      " + out.resolve("bench.md") + ", .json and .svg");
    return whole ? 0 : 1;
  }

  /** What is asked for, with the limits that it is compared with. */
  private Pattern withLimits() {
    return only.pattern().isEmpty() ? only : Pattern.compile(only.pattern() + "|LimitBenchmark|PeakBenchmark");
  }

  private Map<String, String[]> values() {
    Map<String, String[]> values = new LinkedHashMap<>();
    parameters.forEach((name, list) -> values.put(name, list.split(",")));
    return values;
  }

  private void write(Map<String, String> environment, List<Row> rows) throws IOException {
    new Report(environment, rows).write(out);
  }
}
