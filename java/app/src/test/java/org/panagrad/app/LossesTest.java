package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.ElementwiseLoss;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;

class LossesTest {
  private static final int MOST_BYTES = 40_000; // the charts are part of the repository

  /** Public classes that losses are made of or evaluated with. */
  private static final Set<String> NO_LOSSES = Set.of("Loss", "Losses", "ElementwiseLoss", "RowwiseLoss",
      "WeightedLoss", "LossCall", "LossParts", "CombinedCall", "DetectorCall", "LinearCall", "SimilarityCall",
      "CtcScratch", "CustomLoss", "Expression", "LossParameter");

  @TempDir
  Path folder;

  /**
   * Names of the methods that make a certain loss; the one that reads any from a description returns no more than Loss.
   */
  private static Set<String> factories(Class<?> result) {
    return Arrays.stream(Losses.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && result.isAssignableFrom(method.getReturnType())
            && method.getReturnType() != Loss.class)
        .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<LossChart> charts() {
    return Stream.concat(LossCatalogue.LOSSES.stream().map(LossEntry::chart).filter(Objects::nonNull),
        LossCatalogue.OVERVIEWS.stream()).toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyLossIsListed() {
    String out = Cli.run("losses").assertSucceeds().out();
    List<String> names = out.lines().filter(line -> !line.startsWith(" ")).map(line -> line.split(" +")[0]).toList();
    for (String name : factories(Object.class)) {
      assertTrue(names.contains(name), name + " is missing in LossCatalogue");
    }
    for (LossEntry loss : LossCatalogue.LOSSES) {
      assertTrue(out.contains(loss.formula()) && out.contains(loss.target()), loss.name());
    }
    assertEquals("", out.lines().filter(line -> line.length() > 80 && !line.startsWith("Overview"))
        .collect(Collectors.joining("\n")), "lines that a terminal of 80 columns breaks");
  }

  @Test
  void everyLossClassIsListed() throws Exception {
    Set<String> listed = LossCatalogue.LOSSES.stream().map(loss -> loss.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
    List<String> classes = publicClasses();
    assertTrue(classes.containsAll(NO_LOSSES), () -> "NO_LOSSES names what is not among " + classes);
    for (String name : classes) {
      assertTrue(NO_LOSSES.contains(name) || listed.contains(name.toLowerCase(Locale.ROOT)),
          name + " is missing in LossCatalogue, or in NO_LOSSES");
    }
  }

  /** The names of the public classes beside Losses, read off the folder or the jar that it came from. */
  private static List<String> publicClasses() throws Exception {
    Path root = Path.of(Losses.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(root)) {
      return publicClasses(root);
    }
    try (FileSystem jar = FileSystems.newFileSystem(root)) {
      return publicClasses(jar.getPath("/"));
    }
  }

  private static List<String> publicClasses(Path root) throws Exception {
    List<String> result = new ArrayList<>();
    String inPackage = Losses.class.getPackageName();
    for (String file : names(root.resolve(inPackage.replace('.', '/')))) {
      String name = file.replace(".class", "");
      if (!name.contains("$") && !name.equals("package-info")
          && Modifier.isPublic(Class.forName(inPackage + "." + name).getModifiers())) {
        result.add(name);
      }
    }
    return result;
  }

  @Test
  void everyElementwiseLossHasAChart() {
    Set<String> drawn = LossCatalogue.LOSSES.stream().filter(loss -> loss.chart() != null).map(LossEntry::name)
        .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(factories(ElementwiseLoss.class), drawn);
  }

  @Test
  void allChartsAreDrawn() throws IOException {
    Path out = folder.resolve("new").resolve("charts");
    Cli.run("losses", "--out", out.toString()).assertSucceeds();
    assertEquals(charts().stream().map(chart -> chart.name() + ".png").sorted().toList(), names(out));
    for (String name : names(out)) {
      BufferedImage image = ImageIO.read(out.resolve(name).toFile());
      assertNotNull(image, name);
      assertTrue(image.getWidth() >= 1000 && image.getHeight() == 400, name);
      assertTrue(Files.size(out.resolve(name)) < MOST_BYTES, name + " has " + Files.size(out.resolve(name)) + " bytes");
    }
  }

  @Test
  void theSameChartHasTheSameBytes() throws IOException {
    for (String run : List.of("first", "second")) {
      Cli.run("losses", "--only", "huber,overview-boxes", "--out", folder.resolve(run).toString()).assertSucceeds();
    }
    assertEquals(List.of("huber.png", "overview-boxes.png"), names(folder.resolve("first")));
    for (String name : names(folder.resolve("first"))) {
      assertArrayEquals(Files.readAllBytes(folder.resolve("first").resolve(name)),
          Files.readAllBytes(folder.resolve("second").resolve(name)));
    }
  }

  /** Each line is a function and its derivative: the derivative's integral is the function. */
  @Test
  void theLinesBelongTogether() {
    try (Compute compute = Compute.of(Backend.SCALAR)) {
      LossSampler sampler = new LossSampler(compute);
      for (ElementwiseLoss loss : List.of(Losses.meanSquaredError(), Losses.logCosh(), Losses.binaryCrossEntropy())) {
        LossLine line = sampler.elements("", loss, 0, LossSampler.axis(-1, 3), x -> x);
        double[] x = line.x();
        double longest = IntStream.range(1, x.length).mapToDouble(i -> x[i] - x[i - 1]).max().orElseThrow();
        // The trapezoid's error is at most length * longest^2 / 12 * the derivative's greatest second derivative, here
        // 1; loss and derivative are floats.
        double tolerance = 4 * longest * longest / 12 + 8 * Math.ulp(4f);
        double integral = IntStream.range(1, x.length)
            .mapToDouble(i -> (x[i] - x[i - 1]) * (line.derivative()[i - 1] + line.derivative()[i]) / 2).sum();
        double difference = line.loss()[line.loss().length - 1] - line.loss()[0];
        assertEquals(difference, integral, tolerance, loss.toString());
      }
    }
  }

  @Test
  void noChartHasMoreLinesThanStyles() {
    try (Compute compute = Compute.of(Backend.SCALAR)) {
      LossSampler sampler = new LossSampler(compute);
      for (LossChart chart : charts()) {
        List<LossLine> lines = chart.lines().apply(sampler);
        assertTrue(lines.size() <= LossChart.MOST_LINES, chart.name());
        assertEquals(lines.size(), lines.stream().map(LossLine::label).distinct().count(), chart.name());
      }
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnown() throws IOException {
    Cli.run("losses", "--only", "huber,hubert", "--out", folder.resolve("out").toString()).assertFails(2, "--only",
        "'hubert'", "huber", "overview-regression", "panagrad losses --help");
    assertEquals(List.of(), names(folder));
  }

  @Test
  void aLossWithoutAChartIsListedAndNotDrawn() throws IOException {
    assertNull(LossCatalogue.LOSSES.stream().filter(loss -> loss.name().equals("nll")).findFirst().orElseThrow()
        .chart());
    assertTrue(Cli.run("losses", "--only", "nll").assertSucceeds().out().contains("-x[t]"));
    Cli.run("losses", "--only", "nll", "--out", folder.resolve("out").toString()).assertFails(1, "nll");
    assertEquals(List.of(), names(folder));
  }

  @Test
  void aFolderThatCannotBeWrittenTo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    Cli.run("losses", "--out", file.toString()).assertFails(1, file.toString(), "--out");
    Cli.run("losses", "--out", file.resolve("below").toString()).assertFails(1, "below", "--out");
    Cli.run("losses", "--out", "/proc/panagrad").assertFails(1, "/proc/panagrad", "--out");
    assertEquals("kept", Files.readString(file));
    assertEquals(List.of("file"), names(folder));
  }

  @Test
  void whatStandsInAChartsPlaceIsSeenBeforeAnyIsWritten() throws IOException {
    Path obstacle = Files.createDirectory(folder.resolve("wasserstein.png"));
    Cli.run("losses", "--out", folder.toString()).assertFails(1, obstacle.toString());
    assertEquals(List.of("wasserstein.png"), names(folder));
    assertFalse(Files.isRegularFile(obstacle));
  }
}
