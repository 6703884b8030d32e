package org.panagrad.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.panagrad.TestData;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;

/** Runs an example as the tests do: reduced, on one thread, with real data where there is some. */
final class ExampleRun {
  private ExampleRun() {
  }

  static Report of(Example example, Path out) throws IOException {
    long start = System.nanoTime();
    Report report = example
        .run(new Setting(Files.isDirectory(TestData.folder()) ? TestData.folder() : null, out,
            () -> Compute.of(Backend.AUTO), 1, true, System.out));
    System.out.printf("%s, reduced, %.1f s%n%s", example.name(), (System.nanoTime() - start) * 1e-9, report);
    return report;
  }
}
