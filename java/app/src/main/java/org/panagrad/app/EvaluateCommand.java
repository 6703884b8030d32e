package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.kernel.Compute;
import org.panagrad.train.Evaluation;
import org.panagrad.train.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Measures a saved model. */
@Command(name = "evaluate", description = "Measures a saved model on the test images.")
final class EvaluateCommand implements Callable<Integer> {
  @ParentCommand
  private Main main;

  @Parameters(paramLabel = "MODEL", description = "A file that train saved.")
  private Path file;
  @Option(names = "--data", paramLabel = "DIR", description = "As of train.")
  private @Nullable Path data;
  @Option(names = "--batch", paramLabel = "N", defaultValue = "128", converter = Converters.Count.class,
      description = "Images at a time; default: ${DEFAULT-VALUE}.")
  private int batch;
  @Option(names = "--limit", paramLabel = "N", converter = Converters.Count.class,
      description = "Use the first N test images only.")
  private int limit = Integer.MAX_VALUE;
  @Mixin
  private ComputeOptions computeOptions;

  @Override
  public Integer call() throws IOException {
    DigitData digits = DigitData.of(data, main.environment());
    PrintStream out = main.out();
    try (Compute compute = computeOptions.open();
        Model model = DigitNetwork.load(file, compute);
        ImageDataset all = digits.test(limit)) {
      Dataset test = all.limit(limit);
      out.println("Data        " + digits);
      out.printf("            %,d images%n", test.size());
      out.println("Model       " + file);
      ComputeOptions.print(compute, out);
      long start = System.nanoTime();
      Evaluation measured = model.evaluate(test, batch);
      double seconds = (System.nanoTime() - start) * 1e-9;
      out.println("Result      " + ProgressBar.measured(measured) + "  " + ProgressBar.speed(test.size() / seconds));
    }
    return 0;
  }
}
