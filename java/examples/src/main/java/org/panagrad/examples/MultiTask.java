package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.data.ImageDataset;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Network;
import org.panagrad.nn.Node;
import org.panagrad.optim.Adam;
import org.panagrad.train.Fit;
import org.panagrad.train.Head;
import org.panagrad.train.Model;

/**
 * Which digit, and is it odd: two tasks on one trunk, which learns how much each of their losses counts. Compared with two
 * networks of the same size, of one task each.
 */
final class MultiTask implements Example {
  @Override
  public String name() {
    return "multi-task";
  }

  @Override
  public String description() {
    return "digit and parity from one trunk, with loss weights that are learned";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    Report report = new Report();
    try (Digits digits = setting.reduced() ? Digits.of(setting, 2_000, 1_000) : Digits.of(setting, 60_000, 10_000);
        Compute compute = setting.compute()) {
      WithParity training = new WithParity(digits.training()), test = new WithParity(digits.test());
      Node image = Input.image(Digits.SIDE, Digits.SIDE, 1).node();
      Node trunk = image.to(Conv2D.of(16, 3).relu(), MaxPool2D.of(2), Conv2D.of(32, 3).relu(), MaxPool2D.of(2),
          Flatten.of(), Dense.of(64).relu());
      Node digit = trunk.to(Dense.of(Digits.CLASSES)), parity = trunk.to(Dense.of(2));
      Head whichDigit = Head.of("digit", Losses.softmaxCrossEntropy(), Metrics.accuracy());
      Head isOdd = Head.of("parity", Losses.softmaxCrossEntropy(), Metrics.accuracy());
      Trial trial = new Trial(training, test, setting, compute, report);
      trial.run("together", Network.of(image, digit, parity), whichDigit.learnedWeight(), isOdd.learnedWeight());
      trial.run("alone", Network.of(image, digit), whichDigit);
      trial.run("alone", Network.of(image, parity), isOdd);
    }
    return report;
  }

  private record Trial(Dataset training, Dataset test, Setting setting, Compute compute, Report report) {
    void run(String how, Network network, Head... heads) {
      try (Model model = network.seed(setting.seed()).on(compute).compile(Adam.of(1e-3), heads)) {
        model.fit(training, Fit.epochs(setting.reduced() ? 4 : 2).batchSize(64).seed(setting.seed()));
        List<Double> metrics = model.evaluate(test, 250).metrics();
        List<Double> accuracies = metrics.subList(metrics.size() - heads.length, metrics.size());
        for (int i = 0; i < heads.length; i++) {
          report.figure(heads[i].name() + " accuracy " + how, accuracies.get(i));
        }
        for (Parameter parameter : model.parameters()) {
          if (parameter.name().endsWith(".log_variance")) {
            compute.kernels().download(parameter.data());
            report.figure(parameter.name(), parameter.data().get(JAVA_FLOAT, 0));
          }
        }
      }
    }
  }

  /** Digits with a second label: whether they are odd. */
  private record WithParity(ImageDataset digits) implements Dataset {
    private static final List<Column> COLUMNS = List.of(Column.input("image", Digits.PIXELS),
        Column.labels("digit", 1, Digits.CLASSES), Column.labels("parity", 1, 2));

    @Override
    public int size() {
      return digits.size();
    }

    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public void loadSample(int sample, int row, MemorySegment... columns) {
      digits.loadSample(sample, row, columns[0], columns[1]);
      columns[2].setAtIndex(JAVA_INT, row, digits.label(sample) % 2);
    }

    @Override
    public void close() {
    }
  }
}
