package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lists the losses and draws them. */
@Command(name = "losses", description = "Lists the losses, and draws their values and derivatives.", footer = {"",
    "Every point of a chart is computed by the kernels. docs/choosing-a-loss.md says which loss to take."})
final class LossesCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @ParentCommand
  private Main main;

  @Option(names = "--out", paramLabel = "DIR",
      description = "Draw a chart of each elementwise loss, and the overviews, into this folder, created where it is "
          + "missing; default: draw nothing.")
  private @Nullable Path out;
  @Option(names = "--only", paramLabel = "NAME", split = ",",
      description = "These losses and overviews alone, separated by commas.")
  private List<String> only = List.of();

  @Override
  public Integer call() throws IOException {
    for (String name : only) {
      if (!names().contains(name)) {
        throw new ParameterException(spec.commandLine(), "Invalid value for option '--only': '" + name
            + "' is none of " + String.join(", ", names()));
      }
    }
    List<LossEntry> losses = LossCatalogue.LOSSES.stream().filter(loss -> wanted(loss.name())).toList();
    List<LossChart> overviews = LossCatalogue.OVERVIEWS.stream().filter(chart -> wanted(chart.name())).toList();
    print(losses, overviews);
    if (out != null) {
      draw(Stream.concat(losses.stream().map(LossEntry::chart).filter(Objects::nonNull), overviews.stream()).toList(),
          out);
    }
    return 0;
  }

  private static List<String> names() {
    return Stream.concat(LossCatalogue.LOSSES.stream().map(LossEntry::name),
        LossCatalogue.OVERVIEWS.stream().map(LossChart::name)).toList();
  }

  private boolean wanted(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private void print(List<LossEntry> losses, List<LossChart> overviews) {
    PrintStream to = main.out();
    if (!losses.isEmpty()) {
      row(to, "Loss", "Prediction x", "Target t");
      for (LossEntry loss : losses) {
        row(to, loss.name(), loss.prediction(), loss.target());
        to.println("    " + loss.formula());
      }
    }
    if (!overviews.isEmpty()) {
      to.println("Overview charts: " + overviews.stream().map(LossChart::name).collect(Collectors.joining(", ")));
    }
  }

  private static void row(PrintStream to, String name, String prediction, String target) {
    to.printf("%-35s %-22s %s%n", name, prediction, target);
  }

  private void draw(List<LossChart> charts, Path folder) throws IOException {
    String missing = ChartStyle.missing();
    if (missing != null) {
      throw new Failure("no chart can be drawn: " + missing);
    }
    if (charts.isEmpty()) {
      throw new Failure("there is no chart of " + String.join(", ", only) + ": only elementwise losses have their own");
    }
    OutputFolder.create(folder);
    List<Path> files = charts.stream().map(chart -> folder.resolve(chart.name() + ".png")).toList();
    files.forEach(OutputFolder::requireReplaceable);
    List<byte[]> pictures = new ArrayList<>(); // all of them before the first is written
    try (Compute compute = Compute.of(Backend.AUTO, Product.Choice.BUILTIN, 1)) {
      LossSampler sampler = new LossSampler(compute);
      for (LossChart chart : charts) {
        pictures.add(chart.draw(sampler));
      }
    }
    for (int i = 0; i < files.size(); i++) {
      ChartStyle.write(pictures.get(i), files.get(i));
    }
    main.out().printf("%nCharts      %d in %s%n", files.size(), folder);
  }
}
