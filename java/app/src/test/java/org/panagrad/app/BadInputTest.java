package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Input;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

class BadInputTest {
  @TempDir
  static Path shared;
  private static Path model, picture;
  @TempDir
  Path folder;

  @BeforeAll
  static void saveModelAndPicture() throws IOException {
    model = shared.resolve("model.safetensors");
    try (Compute compute = Compute.of(Backend.SCALAR);
        Model untrained = DigitNetwork.create().on(compute).compile(Sgd.of(0.1), Losses.softmaxCrossEntropy(),
            Metrics.accuracy())) {
      assertEquals(93_322, untrained.parameterCount());
      untrained.save(model);
    }
    picture = writePicture(shared.resolve("picture.png"), 28, 28);
  }

  private static Path writePicture(Path file, int width, int height) throws IOException {
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    return file;
  }

  private static Cli predict(Path model, Path picture) {
    return Cli.run("predict", model.toString(), picture.toString(), "--threads", "1", "--product", "builtin");
  }

  // data

  @Test
  void aDataFolderThatIsNotThere() {
    String missing = folder.resolve("nowhere").toString();
    Cli.run("train", "--data", missing).assertFails(1, missing, "--data", "no such directory");
    Cli.run(Map.of("PANAGRAD_DATA", missing), "train").assertFails(1, missing, "PANAGRAD_DATA", "no such directory");
    Cli.run("train", "--data", model.toString()).assertFails(1, model.toString(), "is no directory");
  }

  @Test
  void aDataFolderWithoutTheFiles() {
    Cli.run("train", "--data", folder.toString()).assertFails(1, folder.toString(), "train-images-idx3-ubyte");
    Cli.run("evaluate", model.toString(), "--data", folder.toString()).assertFails(1, folder.toString(),
        "t10k-images-idx3-ubyte");
  }

  // output

  @Test
  void anOutputFolderThatCannotBeWrittenTo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    Cli cli = Cli.run("train", "--limit", "10", "--out", file.toString()).assertFails(1, file.toString(), "--out");
    assertFalse(cli.out().contains("Epoch"), "it was trained before");
    Cli.run("train", "--limit", "10", "--out", file.resolve("below").toString()).assertFails(1, "below", "--out");
    Cli.run("train", "--limit", "10", "--out", "/proc/panagrad").assertFails(1, "/proc/panagrad", "--out");
    assertEquals("kept", Files.readString(file));
    assertEquals(List.of("file"), names(folder));
  }

  @Test
  void anOutputFileThatIsAFolder() throws IOException {
    Path obstacle = Files.createDirectory(folder.resolve("model.safetensors"));
    Cli.run("train", "--limit", "10", "--out", folder.toString()).assertFails(1, obstacle.toString());
    assertEquals(List.of("model.safetensors"), names(folder));
  }

  @Test
  void divergenceSavesNothing() throws IOException {
    Cli.run("train", "--limit", "512", "--epochs", "3", "--optimizer", "sgd", "--lr", "1e20", "--threads", "1",
        "--out", folder.toString()).assertFails(1, "diverged", "1.0E20", "nothing was saved");
    assertEquals(List.of(), names(folder));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // models

  @Test
  void aModelThatIsNotThere() {
    Path missing = folder.resolve("missing.safetensors");
    Cli.run("evaluate", missing.toString()).assertFails(1, missing.toString(), "no such file");
    predict(missing, picture).assertFails(1, missing.toString(), "no such file");
  }

  @Test
  void aModelThatIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    for (int length : new int[]{0, 5, 100, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      predict(cut, picture).assertFails(1, cut.toString());
      assertArrayEquals(Arrays.copyOf(whole, length), Files.readAllBytes(cut));
    }
  }

  @Test
  void aModelThatIsNone() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "this is no model, whatever the name says\n");
    predict(text, picture).assertFails(1, text.toString());
    byte[] header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes("US-ASCII");
    byte[] foreign = new byte[8 + header.length + 4];
    foreign[0] = (byte) header.length;
    System.arraycopy(header, 0, foreign, 8, header.length);
    Path file = Files.write(folder.resolve("foreign.safetensors"), foreign);
    predict(file, picture).assertFails(1, file.toString(), "no model of Panagrad");
  }

  @Test
  void aModelOfSomethingElse() throws IOException {
    Path file = folder.resolve("iris.safetensors");
    try (Compute compute = Compute.of(Backend.SCALAR);
        Model iris = Sequential.of(Input.features(4), Dense.of(3)).on(compute).compile(Sgd.of(0.1),
            Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      iris.save(file);
    }
    predict(file, picture).assertFails(1, file.toString(), "[4]", "3 classes", "28");
    Cli.run("evaluate", file.toString(), "--threads", "1").assertFails(1, "[4]");
  }

  // pictures

  @Test
  void aPictureOfAnotherSize() throws IOException {
    Path small = writePicture(folder.resolve("small.png"), 27, 28);
    predict(model, small).assertFails(1, small.toString(), "27x28", "28x28");
  }

  @Test
  void aPictureThatIsNone() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "a text\n");
    predict(model, text).assertFails(1, text.toString(), "is no picture");
    Path missing = folder.resolve("missing.png");
    predict(model, missing).assertFails(1, missing.toString(), "no such file");
    predict(model, folder).assertFails(1, folder.toString(), "not a regular file");
  }

  @Test
  void aPictureThatIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(picture);
    for (int length : new int[]{0, 7, 20, 40, whole.length / 2}) {
      Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, length));
      Cli cli = predict(model, cut);
      assertEquals(1, cli.exitCode());
      assertTrue(cli.err().startsWith("panagrad: " + cut) && cli.err().lines().count() == 1, cli.err());
    }
  }

  @Test
  void aStackTraceIsThereForThoseWhoAsk() {
    Cli cli = Cli.run("evaluate", "nowhere", "--trace");
    assertEquals(1, cli.exitCode());
    assertTrue(cli.err().contains("\tat org.panagrad"), cli.err());
  }
}
