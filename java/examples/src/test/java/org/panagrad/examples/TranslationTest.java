package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationTest {
  @TempDir
  private Path out;

  @Test
  void mostDatesAreTranslatedExactly() throws IOException {
    Report report = ExampleRun.of(new Translation(), out);
    // seeds 1 to 3: 0.82 to 0.86
    assertTrue(report.figure("exact translations of the test") > 0.5);
  }
}
