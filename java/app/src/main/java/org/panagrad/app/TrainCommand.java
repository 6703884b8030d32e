package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.train.Evaluation;
import org.panagrad.train.Fit;
import org.panagrad.train.History;
import org.panagrad.train.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Trains the network of the digits. */
@Command(name = "train", description = "Trains a convolutional network on handwritten digits and saves it.", footer = {
    "", "Writes model.safetensors and curves.png to the output folder, both when training is over."})
final class TrainCommand implements Callable<Integer> {
  @ParentCommand
  private Main main;

  @Option(names = "--data", paramLabel = "DIR",
      description = "Folder with MNIST's four IDX files (.gz), or with a folder mnist that has them; default: "
          + "PANAGRAD_DATA, and where that is not set, 60,000 and 10,000 digits that the program draws itself.")
  private @Nullable Path data;
  @Option(names = "--epochs", paramLabel = "N", defaultValue = "5", converter = Converters.Count.class,
      description = "Passes over the training images; default: ${DEFAULT-VALUE}.")
  private int epochs;
  @Option(names = "--batch", paramLabel = "N", defaultValue = "128", converter = Converters.Count.class,
      description = "Images of a step; default: ${DEFAULT-VALUE}.")
  private int batch;
  @Option(names = "--optimizer", paramLabel = "NAME", defaultValue = "adam", converter = Converters.OptimizerName.class,
      description = "adam (default), adamw, amsgrad, adamax, nadam, sgd, momentum, nesterov, adagrad, adadelta, "
          + "rmsprop, lion or lamb.")
  private OptimizerChoice optimizer = OptimizerChoice.ADAM;
  @Option(names = "--lr", paramLabel = "RATE", converter = Converters.Rate.class,
      description = "Learning rate; default: what suits the optimizer, 0.001 for adam, 0.1 for sgd.")
  private @Nullable Double rate;
  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", converter = Converters.Seed.class,
      description = "Of initial values, shuffling and drawn digits; default: ${DEFAULT-VALUE}.")
  private long seed;
  @Option(names = "--limit", paramLabel = "N", converter = Converters.Count.class,
      description = "Use the first N training images and the first N test images only.")
  private int limit = Integer.MAX_VALUE;
  @Mixin
  private ComputeOptions computeOptions;
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "panagrad-out",
      description = "Output folder, created where it is missing; default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("panagrad-out");

  @Override
  public Integer call() throws IOException {
    DigitData digits = DigitData.of(data, main.environment());
    try (Compute compute = computeOptions.open();
        ImageDataset allTraining = digits.training(seed, limit);
        ImageDataset allTest = digits.test(limit)) {
      OutputFolder folder = OutputFolder.prepare(out);
      String noCurves = ChartStyle.missing();
      if (noCurves != null) { // no reason not to train
        main.err().println("panagrad: there will be no " + folder.curves() + ": " + noCurves);
      }
      Dataset training = allTraining.limit(limit), test = allTest.limit(limit);
      double learningRate = rate == null ? optimizer.defaultRate() : rate;
      try (Model model = DigitNetwork.create().seed(seed).on(compute).compile(optimizer.create(learningRate),
          Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
        printHeader(digits, training, test, model, learningRate);
        train(model, training, test, learningRate, folder, noCurves == null, setting(digits, training, test, model,
            learningRate));
      }
    }
    return 0;
  }

  private void printHeader(DigitData digits, Dataset training, Dataset test, Model model, double learningRate) {
    PrintStream out = main.out();
    out.println("Data        " + digits);
    out.printf("            %,d images to train on, %,d to validate on%n", training.size(), test.size());
    out.println("Model       " + String.join("\n            ", DigitNetwork.DESCRIPTION));
    out.printf("Parameters  %,d%n", model.parameterCount());
    out.println("Optimizer   " + optimizer.title() + ", rate " + learningRate + ", batch " + batch + ", seed " + seed);
    ComputeOptions.print(model.compute(), out);
    out.println();
  }

  /** What the report says of the run. */
  private Map<String, String> setting(DigitData digits, Dataset training, Dataset test, Model model,
      double learningRate)
      throws IOException {
    Map<String, String> setting = new LinkedHashMap<>();
    setting.put("Program", "Panagrad " + Main.Version.number() + ", Java " + Runtime.version());
    setting.put("Data", digits.toString());
    setting.put("Images", String.format("%,d to train on, %,d to validate on", training.size(), test.size()));
    setting.put("Model", String.join(" ", DigitNetwork.DESCRIPTION));
    setting.put("Parameters", String.format("%,d", model.parameterCount()));
    setting.put("Optimizer", optimizer.title() + ", rate " + learningRate + ", batch " + batch);
    setting.put("Seed", Long.toString(seed));
    setting.put("Computed by",
        model.compute().kernels().name() + ", products " + model.compute().product().name() + ", threads "
            + model.compute().threads());
    return setting;
  }

  private void train(Model model, Dataset training, Dataset test, double learningRate, OutputFolder folder,
      boolean withCurves, Map<String, String> setting) throws IOException {
    ProgressBar bar = new ProgressBar(main.terminal(), epochs, System::nanoTime);
    try (Interruption interruption = new Interruption(bar, main.err())) {
      long start = System.nanoTime();
      History history;
      try {
        history = model.fit(training, Fit.epochs(epochs).batchSize(batch).seed(seed).validation(test)
            .listener(new FiniteLoss(learningRate)).listener(bar));
      } finally {
        bar.stop(); // a message begins on a line of its own
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      interruption.save(() -> {
        model.save(folder.model());
        if (withCurves) {
          Curves.write(history, folder.curves());
        }
        setting.put("Time", ProgressBar.time(seconds));
        HtmlReport.write(setting, history, withCurves ? folder.curves() : null, folder.report());
      });
      printSummary(history, seconds);
      main.out().println("Model       " + folder.model());
      if (withCurves) {
        main.out().println("Curves      " + folder.curves());
      }
      main.out().println("Report      " + folder.report());
    }
  }

  private void printSummary(History history, double seconds) {
    PrintStream out = main.out();
    History.Epoch best = history.epochs().stream().max(Comparator.comparingDouble(TrainCommand::accuracy))
        .orElseThrow();
    long images = history.epochs().stream().mapToLong(History.Epoch::samples).sum();
    double trainingSeconds = history.epochs().stream().mapToDouble(History.Epoch::seconds).sum();
    out.println();
    out.printf("Best        %.2f %% validation accuracy, in epoch %d%n", 100 * accuracy(best), best.number());
    out.println("Time        " + ProgressBar.time(seconds) + " in all, training at "
        + ProgressBar.speed(images / trainingSeconds));
  }

  private static double accuracy(History.Epoch epoch) {
    Evaluation validation = Objects.requireNonNull(epoch.validation());
    return validation.metrics().getFirst();
  }
}
