package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.io.BoundedArena;
import org.panagrad.io.DataException;
import org.panagrad.io.Mutations;

class IdxTest {
  @TempDir
  Path folder;

  private static byte[] idx(int magic, byte[] data, int... dimensions) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length).putInt(magic);
    for (int dimension : dimensions) {
      bytes.putInt(dimension);
    }
    return bytes.put(data).array();
  }

  private static byte[] images(int count) {
    byte[] pixels = new byte[count * 6];
    new Random(1).nextBytes(pixels);
    return idx(0x803, pixels, count, 2, 3);
  }

  private static byte[] labels(int... labels) {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return idx(0x801, bytes, labels.length);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Mutations.rewrite(folder.resolve(name), bytes);
  }

  private String imageRefusal(byte[] bytes) throws IOException {
    Path file = file("images", bytes);
    try (Arena arena = new BoundedArena(0)) {
      String message = assertThrows(DataException.class, () -> Idx.readImages(file, arena)).getMessage();
      assertTrue(message.startsWith(file + ": "), message);
      return message.substring(file.toString().length() + 2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsPlainAndGzippedFiles(boolean gzipped) throws Exception {
    byte[] images = images(20_000); // more than one chunk
    Path file = file("any-name", gzipped ? gzip(images) : images);
    try (Arena arena = new BoundedArena(120_000)) {
      Idx.Images read = Idx.readImages(file, arena);
      assertEquals(20_000, read.count());
      assertEquals(2, read.height());
      assertEquals(3, read.width());
      assertArrayEquals(Arrays.copyOfRange(images, 16, images.length), read.pixels().toArray(JAVA_BYTE));
    }
    byte[] labels = labels(3, 1, 255);
    assertArrayEquals(new byte[]{3, 1, -1}, Idx.readLabels(file("labels", gzipped ? gzip(labels) : labels)));
  }

  @Test
  void refusesAWrongMagicNumber() throws Exception {
    assertEquals("magic number 0x00000801 at byte 0: expected 0x00000803, images", imageRefusal(labels(1, 2)));
    assertEquals("magic number 0xcafebabe at byte 0: expected 0x00000803, images",
        imageRefusal(gzip(idx(0xcafebabe, new byte[0], 0))));
    Path file = file("labels", images(1));
    assertEquals(file + ": magic number 0x00000803 at byte 0: expected 0x00000801, labels",
        assertThrows(DataException.class, () -> Idx.readLabels(file)).getMessage());
  }

  @Test
  void refusesAFileCutAtEveryByte() throws Exception {
    byte[] images = images(2);
    for (int length = 0; length < images.length; length++) {
      byte[] cut = Arrays.copyOf(images, length);
      for (byte[] bytes : new byte[][]{cut, gzip(cut)}) {
        String message = imageRefusal(bytes);
        assertTrue(message.startsWith("cut short: it ends at byte " + length), message);
      }
    }
    assertEquals("cut short: it ends at byte 27 with 11 bytes of data; its header promises 12",
        imageRefusal(Arrays.copyOf(images, 27)));
    assertEquals("cut short: it ends at byte 9, inside dimension 1 at byte 8", imageRefusal(Arrays.copyOf(images, 9)));
  }

  @Test
  void refusesGzipCutAtEveryByte() throws Exception {
    byte[] gzip = gzip(images(2));
    for (int length = 2; length < gzip.length; length++) {
      String message = imageRefusal(Arrays.copyOf(gzip, length));
      assertTrue(message.startsWith("corrupt gzip data, after byte "), message);
    }
  }

  @Test
  void refusesCorruptGzip() throws Exception {
    byte[] checksum = gzip(images(2));
    checksum[checksum.length - 8] ^= 1;
    assertEquals("corrupt gzip data, after byte 16 of what it unpacks to: Corrupt GZIP trailer",
        imageRefusal(checksum));
    byte[] method = gzip(images(2));
    method[2] = 7;
    assertEquals("corrupt gzip data, after byte 0 of what it unpacks to: Unsupported compression method",
        imageRefusal(method));
  }

  @Test
  void refusesTrailingBytes() throws Exception {
    byte[] images = images(2);
    for (int more : new int[]{1, 100_000}) {
      byte[] longer = Arrays.copyOf(images, images.length + more);
      for (byte[] bytes : new byte[][]{longer, gzip(longer)}) {
        assertEquals("goes on after byte 28, where its header says that its 12 bytes of data end", imageRefusal(bytes));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, 28, 28, 'dimension 0 is 4294967295 at byte 4: sizes overflow'",
      "1, -2147483648, 1, 'dimension 1 is 2147483648 at byte 8: sizes overflow'",
      "2147483647, 2147483647, 2147483647, 'dimension 2 is 2147483647 at byte 12: sizes overflow'",
      "2147483647, 2147483647, 2, 'cut short: it ends at byte 18 with 2 bytes of data; "
          + "its header promises 9223372028264841218'",
      "2147483647, 1, 1, 'cut short: it ends at byte 18 with 2 bytes of data; its header promises 2147483647'",
      "2, 1, 0, 'goes on after byte 16'"})
  void refusesSizesThatLie(int count, int height, int width, String expected) throws Exception {
    byte[] bytes = idx(0x803, new byte[2], count, height, width);
    assertTrue(imageRefusal(bytes).startsWith(expected), () -> "not " + expected);
    assertTrue(imageRefusal(gzip(bytes)).startsWith(expected), () -> "not " + expected);
  }

  @Test
  void refusesImagesWithoutPixels() throws Exception {
    assertEquals("images of 0x3: expected 1 to 2^31 - 1 pixels",
        imageRefusal(idx(0x803, new byte[0], Integer.MAX_VALUE, 0, 3)));
  }

  @Test
  void refusesALabelThatIsNoClass() throws Exception {
    Path images = file("images", images(3));
    Path labels = file("labels", labels(0, 9, 10));
    assertEquals(labels + ": label 10 at index 2: expected a class, 0 to 9",
        assertThrows(DataException.class, () -> Idx.read(images, labels, 10)).getMessage());
  }

  @Test
  void refusesAnotherNumberOfLabels() throws Exception {
    Path images = file("images", images(3));
    Path labels = file("labels", labels(0, 1));
    assertEquals(images + ": 3 images, but " + labels + " has 2 labels: expected one label per image",
        assertThrows(DataException.class, () -> Idx.read(images, labels, 10)).getMessage());
  }

  @Test
  void refusesWhatIsNoFile() {
    assertEquals(folder + ": is not a regular file",
        assertThrows(DataException.class, () -> Idx.readLabels(folder)).getMessage());
    Path none = folder.resolve("none");
    assertEquals(none + ": there is no such file",
        assertThrows(DataException.class, () -> Idx.readLabels(none)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void randomDamageIsRefusedOrHarmless(boolean gzipped) throws Exception {
    byte[] images = images(20);
    Path file = folder.resolve("f");
    Path labels = file("labels", labels(new int[20]));
    int refused = Mutations.run("idx, gzipped " + gzipped, gzipped ? gzip(images) : images, 3000, damaged -> {
      Mutations.rewrite(file, damaged);
      try (Arena arena = new BoundedArena(2000)) {
        Idx.readImages(file, arena);
      }
      Idx.read(file, labels, 10).close();
    });
    assertTrue(refused > 100, () -> "only " + refused + " refused");
  }
}
