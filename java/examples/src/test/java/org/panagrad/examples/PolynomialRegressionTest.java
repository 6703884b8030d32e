package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolynomialRegressionTest {
  @TempDir
  private Path out;

  @Test
  void theCoefficientsAreThoseOfTheClosedForm() throws IOException {
    PolynomialRegression.Points points = PolynomialRegression.Points.draw(1);
    double[] expected = LeastSquares.of(points.powers(), points.y());
    Report report = ExampleRun.of(new PolynomialRegression(), out);
    // seeds 1 to 6 differ by 4e-5 at most, after 74 evaluations at most
    for (int k = 1; k <= PolynomialRegression.DEGREE; k++) {
      assertEquals(expected[k - 1], report.figure("coefficient of x^" + k), 1e-4);
    }
    assertEquals(expected[PolynomialRegression.DEGREE], report.figure("intercept"), 1e-4);
    assertTrue(report.figure("evaluations") < 150);
  }
}
