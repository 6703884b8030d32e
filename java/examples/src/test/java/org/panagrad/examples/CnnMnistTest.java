package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CnnMnistTest {
  @TempDir
  private Path out;

  /** 3 epochs of 3,000 digits; 10 epochs of 60,000 are the example's own size. */
  @Test
  void learnsDigitsByALossOfItsOwn() throws IOException {
    Report report = ExampleRun.of(new CnnMnist(), out);
    assertEquals(93_322, report.figure("parameters"));
    assertTrue(report.figure("best validation accuracy") > 0.9);
  }
}
