package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionTest {
  @TempDir
  private Path out;

  /** 2,000 scenes are enough to find a digit, not to read it: seeds gave an overlap of 0.59 and an accuracy of 0.16. */
  @Test
  void findsDigits() throws IOException {
    Report report = ExampleRun.of(new Detection(), out);
    assertTrue(report.figure("mean intersection over union") > 0.45);
  }
}
