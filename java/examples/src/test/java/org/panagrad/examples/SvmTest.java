package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.TestData;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;

class SvmTest {
  @TempDir
  private Path out;

  /** Seeds 1 to 8 give 0.972 to 0.981. */
  @Test
  void bothTellTheTumoursApart() throws IOException {
    TestData.file("breast-cancer.csv");
    Report report = ExampleRun.of(new Svm(), out);
    assertTrue(report.figure("accuracy of the hinge loss") >= 0.965);
    assertTrue(report.figure("accuracy of the logistic loss") >= 0.965);
  }

  /** Seeds 1 to 8 give 0.974 to 0.991. */
  @Test
  void bothTellCloudsApartWhereThereIsNoData() throws IOException {
    Report report = new Svm().run(new Setting(null, out, () -> Compute.of(Backend.AUTO), 1, true, System.out));
    assertTrue(report.figure("accuracy of the hinge loss") >= 0.96);
    assertTrue(report.figure("accuracy of the logistic loss") >= 0.96);
  }
}
