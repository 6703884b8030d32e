package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XorTest {
  @TempDir
  private Path out;

  @Test
  void aLineStaysAtLn2AndAHiddenLayerLearns() throws IOException {
    Report report = ExampleRun.of(new Xor(), out);
    assertEquals(Math.log(2), report.figure("loss of a line"), 1e-3);
    assertTrue(report.figure("its least loss") > Math.log(2) - 1e-6, "below ln 2 by more than rounding");
    assertTrue(report.figure("loss with a hidden layer") < 0.05);
  }
}
