package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

/**
 * A straight line through noisy points, by gradient descent; and what a wrong sign in a gradient written by hand does, which
 * circulates in tutorials: {@code (y - prediction)} with {@code p -= rate * gradient} climbs instead of descending. Of 3x +
 * U(0, 1) the line finds the slope and the intercept of the closed form, to 1e-5; with the wrong sign the loss goes from 2 to
 * 5e19 in a hundred steps (seed 1; 100 points, at either size).
 */
final class LinearRegression implements Example {
  private static final int POINTS = 100, STEPS = 2_000, WRONG_STEPS = 100;
  private static final double RATE = 0.1;

  /**
   * Points near a line.
   *
   * @param x samples x 1
   * @param y one a sample
   */
  record Points(float[] x, float[] y) {
    static Points draw(long seed) {
      Random random = new Random(seed);
      Points points = new Points(new float[POINTS], new float[POINTS]);
      for (int i = 0; i < POINTS; i++) {
        points.x[i] = random.nextFloat();
        points.y[i] = 3 * points.x[i] + random.nextFloat();
      }
      return points;
    }
  }

  @Override
  public String name() {
    return "linear-regression";
  }

  @Override
  public String description() {
    return "a line through noisy points; what a gradient of the wrong sign does";
  }

  @Override
  public Report run(Setting setting) {
    Points points = Points.draw(setting.seed());
    Report report = new Report();
    try (Compute compute = setting.compute(); Dataset data = ArrayDataset.of(points.x, points.y)) {
      Sequential line = Sequential.of(Input.features(1), Dense.of(1)).seed(setting.seed()).on(compute);
      Batch batch = new Batches(data, POINTS).load(0);
      try (Model model = compile(line)) {
        for (int step = 0; step < STEPS; step++) {
          model.forward(batch);
          model.loss(batch);
          model.backward();
          model.step();
        }
        report.figure("slope", slope(model)).figure("intercept", intercept(model));
      }
      try (Model model = compile(line)) {
        report.figure("loss at first", model.evaluate(data, POINTS).loss());
        descend(model, batch, -1, WRONG_STEPS);
        report.figure("loss, wrong sign", model.evaluate(data, POINTS).loss());
      }
      try (Model model = compile(line)) {
        descend(model, batch, 1, STEPS);
        report.figure("slope, sign corrected", slope(model)).figure("intercept, sign corrected", intercept(model));
      }
    }
    return report;
  }

  private static Model compile(Sequential line) {
    return line.compile(Sgd.of(RATE), Losses.meanSquaredError());
  }

  /** With the gradient of the mean squared error written by hand: 2 / n (prediction - y), times 1 or, by mistake, -1. */
  private static void descend(Model model, Batch batch, double sign, int steps) {
    for (int step = 0; step < steps; step++) {
      model.forward(batch);
      MemorySegment prediction = model.outputs(), gradient = model.outputGradient(0);
      for (int i = 0; i < batch.size(); i++) {
        double error = prediction.getAtIndex(JAVA_FLOAT, i) - batch.target(0).getAtIndex(JAVA_FLOAT, i);
        gradient.setAtIndex(JAVA_FLOAT, i, (float) (sign * 2 / batch.size() * error));
      }
      model.compute().kernels().upload(gradient);
      model.backward();
      model.step();
    }
  }

  private static double slope(Model model) {
    return number(model, model.parameters().getFirst());
  }

  private static double intercept(Model model) {
    return number(model, model.parameters().getLast());
  }

  private static double number(Model model, Parameter parameter) {
    model.compute().kernels().download(parameter.data());
    return parameter.data().getAtIndex(JAVA_FLOAT, 0);
  }
}
