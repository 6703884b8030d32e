package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.ImageDataset;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.CudaSession;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Says what this machine has, and why the rest is missing. */
@Command(name = "info", description = "Prints what the work would run on here, and why anything is missing.")
final class InfoCommand implements Callable<Integer> {
  @ParentCommand
  private Main main;

  @Option(names = "--data", paramLabel = "DIR", description = "As of train.")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException {
    PrintStream out = main.out();
    Runtime runtime = Runtime.getRuntime();
    out.println("Panagrad    " + Main.Version.number());
    out.println("Java        " + Runtime.version() + " of " + System.getProperty("java.vendor") + ", heap up to "
        + (runtime.maxMemory() >> 20) + " MiB");
    out.println("System      " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
        + System.getProperty("os.arch"));
    out.println("Processor   " + processor());
    out.println("Threads     " + runtime.availableProcessors());
    out.println("Backend     " + best().name() + ", the fastest of:");
    for (Backend backend : List.of(Backend.NATIVE, Backend.VECTOR, Backend.SCALAR)) {
      out.printf("  %-9s %s%n", backend.name().toLowerCase(Locale.ROOT), state(backend));
    }
    out.printf("  %-9s %s%n", "cuda", cuda());
    out.println("Product     " + product());
    String noCurves = ChartStyle.missing();
    out.println("Charts      " + (noCurves == null ? "can be drawn" : "missing: " + noCurves));
    out.println("Data        " + data());
    return 0;
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown"; // no Linux
    }
  }

  /** Not by AUTO, which would log what stands here anyway. */
  private static Kernels best() {
    return Backends.of(Backends.missing(Backend.NATIVE) == null
        ? Backend.NATIVE
        : Backends.missing(Backend.VECTOR) == null ? Backend.VECTOR : Backend.SCALAR);
  }

  private static String state(Backend backend) {
    String missing = Backends.missing(backend);
    if (missing != null) {
      return "missing: " + missing;
    }
    Kernels kernels = Backends.of(backend);
    if (backend != Backend.NATIVE) {
      return kernels.name();
    }
    return kernels.name() + ", active; the processor has the tiers " + Backends.all().stream().map(Kernels::name)
        .filter(name -> name.startsWith("native ")).map(name -> name.substring("native ".length()))
        .collect(Collectors.joining(", "));
  }

  /** Kernels alone: models do not run there yet. */
  private static String cuda() {
    String missing = CudaSession.missing();
    return missing == null ? "kernels alone, " + CudaSession.describe(0) : "missing: " + missing;
  }

  private static String product() {
    String missing = Product.missing();
    return missing == null
        ? Product.of(Product.Choice.OPENBLAS, best()).name()
        : "built-in, slower; no OpenBLAS: " + missing + " (./panagrad builds and names it; target/build.log says more)";
  }

  private String data() {
    try {
      DigitData digits = DigitData.of(data, main.environment());
      try (ImageDataset training = digits.training(0, 0); ImageDataset test = digits.test(0)) {
        return digits + (training.size() == 0
            ? ""
            : String.format(": %,d training and %,d test images", training.size(), test.size()));
      }
    } catch (IOException | Failure e) {
      return "missing: " + e.getMessage();
    }
  }
}
