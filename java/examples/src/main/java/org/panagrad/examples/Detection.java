package org.panagrad.examples;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.BoxLoss;
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
import org.panagrad.optim.Schedule;
import org.panagrad.train.Fit;
import org.panagrad.train.Head;
import org.panagrad.train.Model;

/**
 * Which digit is in a picture, and where: one head for the class, one for the corners of the box. How well boxes lie is
 * measured by their intersection over union with the true ones.
 */
final class Detection implements Example {
  private static final int BOXES = 1, BATCH = 32;

  @Override
  public String name() {
    return "detection";
  }

  @Override
  public String description() {
    return "which digit, and the box around it, on a canvas where it may be anywhere";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    boolean reduced = setting.reduced();
    Report report = new Report();
    int epochs = reduced ? 8 : 3;
    try (Digits digits = reduced ? Digits.of(setting, 2_000, 500) : Digits.of(setting, 60_000, 10_000);
        Dataset training = new Scenes(digits.training(), reduced ? 1 : 3, setting.seed());
        Dataset test = new Scenes(digits.test(), 1, ~setting.seed());
        Compute compute = setting.compute();
        Model model = network().seed(setting.seed()).on(compute).compile(
            Adam.of(1e-3).learningRate(Schedule.cosine(1e-3, 0, (long) epochs * training.size() / BATCH)),
            Head.of("digit", Losses.softmaxCrossEntropy(), Metrics.accuracy()),
            Head.of("box", Losses.smoothL1(0.1)).weight(10))) {
      model.fit(training, Fit.epochs(epochs).batchSize(BATCH).seed(setting.seed()));
      List<Double> metrics = model.evaluate(test, 250).metrics();
      report.figure("digit accuracy", metrics.get(model.metricNames().indexOf("digit accuracy")));
      report.figure("mean intersection over union", overlap(model, test));
    }
    return report;
  }

  private static Network network() {
    Node scene = Input.image(Scenes.SIDE, Scenes.SIDE, 1).node();
    Node trunk = scene.to(Conv2D.of(24, 5).stride(2).relu(), MaxPool2D.of(2), Conv2D.of(48, 3).padding(1).relu(),
        MaxPool2D.of(2), Conv2D.of(96, 3).padding(1).relu(), Flatten.of(), Dense.of(128).relu());
    return Network.of(scene, trunk.to(Dense.of(Digits.CLASSES)), trunk.to(Dense.of(4)));
  }

  private static double overlap(Model model, Dataset scenes) {
    BoxLoss oneMinusOverlap = BoxLoss.of(BoxLoss.Kind.IOU);
    MemorySegment each = Arena.ofAuto().allocate(4L * BATCH, 64);
    double sum = 0;
    for (Batch batch : new Batches(scenes, BATCH)) {
      model.infer(batch);
      sum += batch.size() * (1 - oneMinusOverlap.evaluate(Backends.of(Backend.AUTO), model.outputs(BOXES),
          batch.target(BOXES), null, each, batch.size()));
    }
    return sum / scenes.size();
  }
}
