package org.panagrad.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.StringJoiner;
import org.panagrad.data.Arff;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Batches;
import org.panagrad.data.Csv;
import org.panagrad.data.Dataset;
import org.panagrad.data.Standardize;
import org.panagrad.data.Table;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Schedule;
import org.panagrad.train.Fit;
import org.panagrad.train.Model;

/**
 * What outliers do to a regression: prices of houses in California, with the mean squared error and with Huber's loss, once as
 * they are and once with the decimal point slipped in 5 % of the prices that are trained on. R2 is of the fifth of the rows
 * that was held out, whose prices are right. Where the data is not there, houses are drawn.
 *
 * <pre>
 * seeds 1 to 3            30 epochs           reduced, 6 epochs
 * squares                  0.79 to  0.81       0.76 to  0.79
 * Huber                    0.80 to  0.81       0.77 to  0.79
 * squares, outliers       -0.45 to -0.08      -0.34 to -0.12
 * Huber, outliers          0.80 to  0.81       0.77 to  0.79
 * </pre>
 */
final class Housing implements Example {
  private static final String PRICE = "medianHouseValue";
  private static final double DOLLARS = 100_000, OUTLIERS = 0.05, RATE = 0.02;
  private static final int BATCH = 64;

  @Override
  public String name() {
    return "housing";
  }

  @Override
  public String description() {
    return "house prices, with the mean squared error and Huber's loss, without and with outliers";
  }

  @Override
  public Report run(Setting setting) throws IOException {
    Report report = new Report();
    try (Compute compute = setting.compute(); Table table = read(setting)) {
      Table.Split split = table.split(0.8, setting.seed());
      Standardize standardize = Standardize.of(split.training().without(PRICE));
      Table training = standardize.apply(split.training());
      float[] prices = prices(training), wrong = withOutliers(prices, setting.seed());
      float[][] features = TableRows.features(training, PRICE);
      Table held = standardize.apply(split.test());
      try (Dataset clean = ArrayDataset.of(features, prices);
          Dataset spoilt = ArrayDataset.of(features, wrong);
          Dataset test = ArrayDataset.of(TableRows.features(held, PRICE), prices(held))) {
        Loss squares = Losses.meanSquaredError(), huber = Losses.huber(0.3);
        report.figure("R2, squares", rSquared(setting, compute, squares, clean, test));
        report.figure("R2, Huber", rSquared(setting, compute, huber, clean, test));
        report.figure("R2, squares, outliers", rSquared(setting, compute, squares, spoilt, test));
        report.figure("R2, Huber, outliers", rSquared(setting, compute, huber, spoilt, test));
      }
    }
    return report;
  }

  private static double rSquared(Setting setting, Compute compute, Loss loss, Dataset training, Dataset test) {
    int epochs = setting.reduced() ? 6 : 30, steps = epochs * new Batches(training, BATCH).count();
    Sequential network = Sequential.of(Input.features(training.features()), Dense.of(64).relu(), Dense.of(64).relu(),
        Dense.of(1));
    Optimizer optimizer = Adam.of(RATE).learningRate(Schedule.oneCycle(RATE, steps));
    try (Model model = network.seed(setting.seed()).on(compute).compile(optimizer, loss, Metrics.rSquared())) {
      model.fit(training, Fit.epochs(epochs).batchSize(BATCH).seed(setting.seed()));
      return model.evaluate(test, 1_000).metrics().getFirst();
    }
  }

  /** In units in which they are about as great as what a network gives at first. */
  private static float[] prices(Table table) {
    float[] prices = new float[table.rows()];
    for (int row = 0; row < prices.length; row++) {
      prices[row] = (float) (table.number(row, PRICE) / DOLLARS);
    }
    return prices;
  }

  /** With the decimal point slipped here and there. */
  private static float[] withOutliers(float[] prices, long seed) {
    Random random = new Random(seed);
    float[] wrong = prices.clone();
    for (int i = 0; i < wrong.length; i++) {
      wrong[i] *= random.nextDouble() < OUTLIERS ? 10 : 1;
    }
    return wrong;
  }

  private static Table read(Setting setting) throws IOException {
    Path file = setting.file("cal-housing.arff");
    return file == null ? Csv.of().read(draw(setting)) : Arff.of().read(file);
  }

  /** Houses whose price waves over the map, and grows with income and age. */
  private static Path draw(Setting setting) throws IOException {
    Random random = new Random(setting.seed());
    StringBuilder text = new StringBuilder("longitude,latitude,age,income," + PRICE + "\n");
    for (int i = 0; i < 10_000; i++) {
      double longitude = random.nextGaussian(), latitude = random.nextGaussian(), age = random.nextGaussian(),
          income = random.nextGaussian();
      double price = 2 + StrictMath.sin(2 * longitude) * StrictMath.cos(latitude) + 0.5 * income + 0.2 * age * income
          + 0.3 * random.nextGaussian();
      StringJoiner line = new StringJoiner(",", "", "\n");
      for (double value : new double[]{longitude, latitude, age, income, DOLLARS * price}) {
        line.add(String.valueOf((float) value));
      }
      text.append(line);
    }
    return Files.writeString(setting.out().resolve("houses.csv"), text);
  }
}
