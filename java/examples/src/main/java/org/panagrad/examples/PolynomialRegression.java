package org.panagrad.examples;

import java.util.Random;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Lbfgs;
import org.panagrad.optim.Sgd;
import org.panagrad.train.FullBatch;
import org.panagrad.train.Model;

/**
 * A cubic through noisy points: a linear model of x, x^2, x^3. The powers are so much alike that gradient descent takes
 * more than 400 steps; L-BFGS, which learns the curvature, comes to the coefficients of the closed form, to 4e-5, in 43 to 74
 * evaluations (seeds 1 to 6), the last of them at the limits of a float. 200 points, at either size.
 */
final class PolynomialRegression implements Example {
  static final int DEGREE = 3;
  private static final int POINTS = 200;

  /**
   * Points near a cubic.
   *
   * @param powers x, x^2, x^3 of each
   * @param y      of each
   */
  record Points(float[][] powers, float[] y) {
    static Points draw(long seed) {
      Random random = new Random(seed);
      Points points = new Points(new float[POINTS][DEGREE], new float[POINTS]);
      for (int i = 0; i < POINTS; i++) {
        double x = 2 * random.nextDouble() - 1;
        for (int k = 0; k < DEGREE; k++) {
          points.powers[i][k] = (float) StrictMath.pow(x, k + 1);
        }
        points.y[i] = (float) (0.5 - x + 2 * x * x + 3 * x * x * x + 0.1 * random.nextGaussian());
      }
      return points;
    }
  }

  @Override
  public String name() {
    return "polynomial-regression";
  }

  @Override
  public String description() {
    return "a cubic through noisy points, by L-BFGS";
  }

  @Override
  public Report run(Setting setting) {
    Points points = Points.draw(setting.seed());
    try (Compute compute = setting.compute();
        Dataset data = ArrayDataset.of(points.powers, points.y);
        Model model = Sequential.of(Input.features(DEGREE), Dense.of(1)).seed(setting.seed()).on(compute)
            .compile(Sgd.of(1), Losses.meanSquaredError())) {
      FullBatch objective = new FullBatch(model, data, POINTS);
      Lbfgs.Result result = Lbfgs.of().minimise(objective, objective.point());
      Report report = new Report().figure("evaluations", result.trials().size()).figure("loss", result.value());
      for (int k = 1; k <= DEGREE; k++) {
        report.figure("coefficient of x^" + k, result.x()[k - 1]);
      }
      return report.figure("intercept", result.x()[DEGREE]);
    }
  }
}
