package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.train.Evaluation;
import org.panagrad.train.History;

class TrainingTest {
  @TempDir
  static Path shared;
  private static Cli training;
  private static Path out;

  @BeforeAll
  static void train() {
    out = shared.resolve("not/yet/there");
    training = Cli.run("train", "--backend", "scalar", "--product", "builtin", "--threads", "1", "--limit", "128",
        "--batch", "64", "--epochs", "1", "--seed", "7", "--out", out.toString()).assertSucceeds();
  }

  @Test
  void theHeaderSaysWhatIsDone() {
    String text = training.out();
    for (String word : new String[]{"drawn by the program", "128 images to train on, 128 to validate on", "93,322",
        "Adam, rate 0.001, batch 64, seed 7", "Backend     scalar", "built-in", "Threads     1"}) {
      assertTrue(text.contains(word), () -> word + " is missing in:\n" + text);
    }
  }

  @Test
  void withoutATerminalThereAreAFewPlainLines() {
    List<String> lines = training.out().lines().filter(line -> line.startsWith("Epoch 1/1")).toList();
    assertEquals(2, lines.size(), "one after the first of two steps, one after the epoch:\n" + training.out());
    assertTrue(lines.getFirst().matches("Epoch 1/1   50 %  loss .* left"), lines.getFirst());
    assertTrue(lines.getLast().matches("Epoch 1/1  training    loss .* images/s .*"), lines.getLast());
    assertTrue(training.out().lines().anyMatch(line -> line.matches(" +validation  loss [0-9.]+  accuracy [0-9.]+ %")));
    assertFalse(training.out().contains("\r"));
  }

  @Test
  void theSummaryNamesTheFilesAndNothingElseIsThere() throws IOException {
    assertTrue(training.out().contains("Best ") && training.out().contains("Time "));
    assertTrue(training.out().contains(out.resolve("model.safetensors").toString()));
    assertTrue(training.out().contains(out.resolve("curves.png").toString()));
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(List.of("curves.png", "model.safetensors", "report.html"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  /** A page that needs nothing else: no address, and the curves within. */
  @Test
  void theReportIsWhole() throws IOException {
    String report = Files.readString(out.resolve("report.html"));
    assertFalse(report.contains("://"), "an address in the report");
    String curves = Base64.getEncoder().encodeToString(Files.readAllBytes(out.resolve("curves.png")));
    assertTrue(report.contains("data:image/png;base64," + curves));
    for (String part : List.of("<td>Optimizer", "<th>validation accuracy", "<tr><td>1<td>", "<td>Seed")) {
      assertTrue(report.contains(part), part + " is missing in " + report.length() + " characters");
    }
    assertEquals("&lt;a &amp; &quot;b&quot;&gt;", HtmlReport.escape("<a & \"b\">"));
  }

  @Test
  void whatWasSavedMeasuresAsItDidInTraining() {
    Cli cli = Cli.run("evaluate", out.resolve("model.safetensors").toString(), "--limit", "128", "--backend", "scalar",
        "--product", "builtin", "--threads", "1", "--batch", "64").assertSucceeds();
    String validation = training.out().lines().filter(line -> line.contains("validation  loss")).findFirst()
        .orElseThrow().replaceAll(".*(loss .* %).*", "$1");
    assertTrue(cli.out().contains(validation), () -> validation + " is missing in:\n" + cli.out());
  }

  @Test
  void whatWasSavedPredicts() throws IOException {
    Path picture = shared.resolve("seven.png");
    ImageIO.write(DigitImageTest.seven(BufferedImage.TYPE_BYTE_GRAY, 0, 255), "png", picture.toFile());
    Cli cli = Cli
        .run("predict", out.resolve("model.safetensors").toString(), picture.toString(), "--product", "builtin")
        .assertSucceeds();
    List<String> lines = cli.out().lines().toList();
    assertEquals(3, lines.size(), cli.out());
    double before = 100.01;
    for (String line : lines) {
      assertTrue(line.matches("[0-9] +[0-9.]+ %"), line);
      double percent = Double.parseDouble(line.split(" +")[1]);
      assertTrue(percent <= before, "in falling order: " + cli.out());
      before = percent;
    }
  }

  @Test
  void curvesAreDrawnForAnyNumberOfEpochs() throws IOException {
    Assumptions.assumeTrue(ChartStyle.missing() == null, "no fonts");
    assertDrawn(out.resolve("curves.png"));
    for (int epochs : new int[]{2, 60}) {
      List<History.Epoch> all = new ArrayList<>();
      for (int i = 1; i <= epochs; i++) {
        // also what ends at the very edge: no loss, all images right
        Evaluation figures = new Evaluation(1.0 / i - 1.0 / epochs, List.of(i / (double) epochs));
        all.add(new History.Epoch(i, figures, figures, 100, 1));
      }
      Path file = shared.resolve("curves" + epochs + ".png");
      Curves.write(new History(List.of("accuracy"), all), file);
      assertDrawn(file);
    }
  }

  private static void assertDrawn(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(2, image.getWidth() / image.getHeight());
    for (int chart = 0; chart < 2; chart++) { // both colours in both charts
      int from = chart * image.getWidth() / 2;
      for (int colour : new int[]{0x4C78A8, 0xE45756}) {
        long pixels = 0;
        for (int y = 0; y < image.getHeight(); y++) {
          for (int x = from; x < from + image.getWidth() / 2; x++) {
            pixels += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
          }
        }
        assertTrue(pixels > 20, pixels + " pixels of colour " + Integer.toHexString(colour) + " in chart " + chart);
      }
    }
  }

  @Test
  void axesEndAtRoundNumbers() {
    assertEquals(0.2, Curves.roundUp(0.17), 1e-12);
    assertEquals(2.5, Curves.roundUp(2.3), 1e-12);
    assertEquals(100, Curves.roundUp(90), 1e-12);
    assertTrue(Curves.roundUp(0) > 0);
  }
}
