package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinearRegressionTest {
  @TempDir
  private Path out;

  @Test
  void theLineIsTheClosedFormAndAWrongSignDiverges() throws IOException {
    LinearRegression.Points points = LinearRegression.Points.draw(1);
    float[][] x = new float[points.x().length][];
    for (int i = 0; i < x.length; i++) {
      x[i] = new float[]{points.x()[i]};
    }
    double[] expected = LeastSquares.of(x, points.y());
    Report report = ExampleRun.of(new LinearRegression(), out);
    // seeds 1 to 6 differ by 8e-6 at most, and the wrong sign multiplies the loss by 1e19
    assertEquals(expected[0], report.figure("slope"), 1e-4);
    assertEquals(expected[1], report.figure("intercept"), 1e-4);
    assertEquals(expected[0], report.figure("slope, sign corrected"), 1e-4);
    assertEquals(expected[1], report.figure("intercept, sign corrected"), 1e-4);
    assertTrue(report.figure("loss, wrong sign") > 1e6 * report.figure("loss at first"));
  }
}
