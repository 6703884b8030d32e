package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.io.DataException;
import org.panagrad.io.Mutations;

class ImageFolderTest {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  @TempDir
  private Path folder;

  private static byte[] chunk(String type, byte... data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length).put(type.getBytes()).put(data);
    CRC32 sum = new CRC32();
    sum.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) sum.getValue()).array();
  }

  private static byte[] header(int width, int height, int depth, int colour, int interlace) {
    return chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colour)
        .put((byte) 0).put((byte) 0).put((byte) interlace).array());
  }

  private static byte[] deflated(byte... lines) {
    Deflater deflater = new Deflater();
    deflater.setInput(lines);
    deflater.finish();
    byte[] out = new byte[lines.length + 100];
    int count = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, count);
  }

  private static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    return out.toByteArray();
  }

  private Path file(byte[] content) throws IOException {
    return Mutations.rewrite(folder.resolve("p.png"), content);
  }

  private static byte[] filtered(byte[] pixels, int height, int line, int pixel, Random random) {
    byte[] out = new byte[height * (1 + line)];
    for (int y = 0; y < height; y++) {
      int filter = y % 5;
      out[y * (1 + line)] = (byte) filter;
      for (int x = 0; x < line; x++) {
        int a = x >= pixel ? pixels[y * line + x - pixel] & 255 : 0, b = y > 0 ? pixels[(y - 1) * line + x] & 255 : 0;
        int c = x >= pixel && y > 0 ? pixels[(y - 1) * line + x - pixel] & 255 : 0;
        int p = a + b - c;
        int nearest = Math.min(Math.abs(p - a), Math.min(Math.abs(p - b), Math.abs(p - c)));
        int[] guesses = {0, a, b, (a + b) / 2,
            nearest == Math.abs(p - a) ? a : nearest == Math.abs(p - b) ? b : c};
        out[y * (1 + line) + 1 + x] = (byte) (pixels[y * line + x] - guesses[filter]);
      }
    }
    return out;
  }

  @Test
  void undoesEveryFilterForEveryKindOfPixel() throws IOException {
    Random random = new Random(1);
    int[] channelsOfColour = {1, 0, 3, 0, 2, 0, 4};
    for (int colour : new int[]{0, 2, 4, 6}) {
      int channels = channelsOfColour[colour], width = 7, height = 11;
      byte[] pixels = new byte[width * height * channels];
      random.nextBytes(pixels);
      byte[] data = deflated(filtered(pixels, height, width * channels, channels, random));
      int half = data.length / 2; // in two pieces, with a chunk that nobody knows before them
      Png.Picture picture = Png.read(file(png(header(width, height, 8, colour, 0), chunk("teXt", (byte) 1),
          chunk("IDAT", Arrays.copyOf(data, half)), chunk("IDAT", Arrays.copyOfRange(data, half, data.length)),
          chunk("IEND"))));
      assertEquals(width, picture.width());
      assertEquals(height, picture.height());
      assertEquals(channels, picture.channels());
      assertArrayEquals(pixels, picture.pixels());
    }
  }

  @Test
  void readsWhatTheJdkWrites() throws IOException {
    Random random = new Random(2);
    for (int type : new int[]{BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB}) {
      BufferedImage image = new BufferedImage(31, 17, type);
      int bands = image.getRaster().getNumBands();
      byte[] expected = new byte[31 * 17 * bands];
      random.nextBytes(expected);
      for (int i = 0; i < expected.length; i++) {
        image.getRaster().setSample(i / bands % 31, i / bands / 31, i % bands, expected[i] & 255);
      }
      Path file = folder.resolve("jdk.png");
      ImageIO.write(image, "png", file.toFile());
      assertArrayEquals(expected, Png.read(file).pixels());
    }
  }

  @Test
  void paletteBecomesRgbWithItsOpacities() throws IOException {
    byte[] r = {1, 2, 3}, g = {4, 5, 6}, b = {7, 8, 9};
    byte[] indices = deflated((byte) 0, (byte) 2, (byte) 0, (byte) 1);
    byte[] palette = chunk("PLTE", (byte) 1, (byte) 4, (byte) 7, (byte) 2, (byte) 5, (byte) 8, (byte) 3, (byte) 6,
        (byte) 9);
    byte[] header = header(3, 1, 8, 3, 0), data = chunk("IDAT", indices);
    assertArrayEquals(new byte[]{3, 6, 9, 1, 4, 7, 2, 5, 8}, Png.read(file(png(header, palette, data, chunk("IEND"))))
        .pixels());
    assertArrayEquals(new byte[]{3, 6, 9, -1, 1, 4, 7, 50, 2, 5, 8, -1},
        Png.read(file(png(header, palette, chunk("tRNS", (byte) 50), data, chunk("IEND")))).pixels());
    BufferedImage image = new BufferedImage(3, 300, BufferedImage.TYPE_BYTE_INDEXED,
        new IndexColorModel(8, 3, r, g, b));
    ImageIO.write(image, "png", folder.resolve("palette.png").toFile());
    assertArrayEquals(new byte[]{1, 4, 7}, Arrays.copyOf(Png.read(folder.resolve("palette.png")).pixels(), 3));
    refuses("names colour 3 in pixel 0: its palette has 3",
        png(header, palette, chunk("IDAT", deflated((byte) 0, (byte) 3, (byte) 0, (byte) 1)), chunk("IEND")));
    refuses("has no palette of whole colours (chunk PLTE)", png(header, data, chunk("IEND")));
  }

  private void refuses(String problem, byte[] content) throws IOException {
    Path file = file(content);
    assertEquals(file + ": " + problem, assertThrows(DataException.class, () -> Png.read(file)).getMessage());
  }

  @Test
  void refusesOtherKindsAndDamage() throws IOException {
    byte[] good = chunk("IDAT", deflated((byte) 0, (byte) 9)), header = header(1, 1, 8, 0, 0), end = chunk("IEND");
    assertArrayEquals(new byte[]{9}, Png.read(file(png(header, good, end))).pixels());
    refuses("is interlaced: save it without interlacing", png(header(1, 1, 8, 0, 1), good, end));
    refuses("has 16 bits a sample: only 8 are read; save it with 8", png(header(1, 1, 16, 0, 0), good, end));
    refuses("has colour type 5: PNG has 0, 2, 3, 4 and 6", png(header(1, 1, 8, 5, 0), good, end));
    refuses("has 4294967295x1 pixels: expected 1 to 2^28 in all", png(header(-1, 1, 8, 0, 0), good, end));
    refuses("has 71 bytes, too few for 16000x16000 pixels",
        png(header(16000, 16000, 8, 0, 0), chunk("IDAT", new byte[14]), end));
    refuses("holds more than its 1x1 pixels",
        png(header, chunk("IDAT", deflated(new byte[]{0, 9, 1})), end));
    refuses("is cut short: it holds 1 of the 2 bytes of its pixels",
        png(header, chunk("IDAT", deflated(new byte[]{0})), end));
    refuses("is cut short at byte 55, before its chunk IEND", Arrays.copyOf(png(header, good, end), 55));
    refuses("has a line with filter 5: PNG has 0 to 4",
        png(header, chunk("IDAT", deflated(new byte[]{5, 9})), end));
    refuses("does not begin with the chunk IHDR", png(good, end));
    refuses("has a second chunk IHDR", png(header, header, good, end));
    refuses("makes one colour transparent (tRNS): save it with an alpha channel, or without",
        png(header, chunk("tRNS", (byte) 0, (byte) 0), good, end));
    refuses("is no PNG file: its first 8 bytes are not a PNG's", new byte[20]);
    byte[] damaged = png(header, good, end);
    damaged[20] ^= 1;
    file(damaged);
    assertTrue(assertThrows(DataException.class, () -> Png.read(folder.resolve("p.png"))).getMessage()
        .contains("is damaged: the chunk at byte 8 has the sum 0x"));
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] pixels = new byte[3 * 8 * 8];
    new Random(3).nextBytes(pixels);
    byte[] valid = png(header(8, 8, 8, 2, 0), chunk("IDAT", deflated(filtered(pixels, 8, 24, 3, new Random()))),
        chunk("IEND"));
    int refused = Mutations.run("PNG", valid, 1000, bytes -> Png.read(file(bytes)));
    assertTrue(refused > 950, () -> "refused " + refused);
    // behind the sums as well
    byte[] lines = filtered(pixels, 8, 24, 3, new Random());
    Mutations.run("PNG with sums", deflated(lines), 1000,
        bytes -> Png.read(file(png(header(8, 8, 8, 2, 0), chunk("IDAT", bytes), chunk("IEND")))));
  }

  private void picture(String name, int width, int type, int value) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(width, 2, type);
    image.getRaster().setSample(1, 0, 0, value);
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void foldersAreClasses() throws IOException {
    picture("b/2.png", 3, BufferedImage.TYPE_INT_RGB, 51);
    picture("b/1.PNG", 3, BufferedImage.TYPE_INT_RGB, 102);
    picture("a/9.png", 3, BufferedImage.TYPE_INT_RGB, 255);
    Files.writeString(folder.resolve("a/notes.txt"), "");
    Files.createDirectory(folder.resolve(".hidden"));
    assertEquals(List.of("a", "b"), ImageFolder.classNames(folder));
    try (ImageDataset images = ImageFolder.read(folder)) {
      assertEquals(3, images.size());
      assertEquals(2, images.classes());
      assertEquals(3, images.channels());
      assertEquals(2, images.height());
      assertEquals(18, images.features());
      assertArrayEquals(new int[]{0, 1, 1}, ArrayDatasetTest.ints(images, 1));
      float[] all = ArrayDatasetTest.floats(images, 0);
      assertArrayEquals(new float[]{1, 0.4f, 0.2f}, new float[]{all[3], all[18 + 3], all[36 + 3]});
    }
    picture("b/3.png", 4, BufferedImage.TYPE_INT_RGB, 0);
    assertEquals(
        folder.resolve("b/3.png") + ": has 4x2 pixels of 3 channels, the first picture has 3x2 pixels of 3 "
            + "channels: bring all to one size and kind",
        assertThrows(DataException.class, () -> ImageFolder.read(folder)).getMessage());
    picture("b/3.png", 3, BufferedImage.TYPE_BYTE_GRAY, 0);
    assertThrows(DataException.class, () -> ImageFolder.read(folder));
    Files.createDirectory(folder.resolve("c"));
    assertTrue(assertThrows(DataException.class, () -> ImageFolder.read(folder)).getMessage()
        .endsWith("c: holds no .png file: each class needs one, or no folder"));
    assertThrows(DataException.class, () -> ImageFolder.read(folder.resolve("c")));
    assertThrows(DataException.class, () -> ImageFolder.read(folder.resolve("none")));
  }
}
