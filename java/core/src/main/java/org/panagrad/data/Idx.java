package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeFile;

/**
 * Reads MNIST's file format: a magic number that says how many dimensions there are, each dimension as a big-endian
 * 32-bit number, then unsigned bytes. Files may be gzipped.
 *
 * <p>
 * Content is read twice: once to see that there is as much of it as the header promises, once into memory of that size.
 * So a header that lies costs no memory, and neither does a gzip file that unpacks to more than it says.
 */
public final class Idx {
  private static final int IMAGES = 0x00000803; // unsigned bytes in 3 dimensions
  private static final int LABELS = 0x00000801; // unsigned bytes in 1 dimension
  private static final int CHUNK = 1 << 16;

  /**
   * The images of a file.
   *
   * @param count how many
   * @param height rows of each
   * @param width columns of each
   * @param pixels unsigned bytes, {@code [count, height, width]}
   */
  public record Images(int count, int height, int width, MemorySegment pixels) {}

  private Idx() {}

  /**
   * Reads images (magic number 0x00000803).
   *
   * @param file the file, plain or gzipped
   * @param arena owns the pixels
   * @return the images
   * @throws DataException if the file is missing, damaged, too short or too long, or holds something else
   * @throws IOException if reading fails
   */
  public static Images readImages(Path file, Arena arena) throws IOException {
    int[] dimensions = readHeader(file, IMAGES);
    int height = dimensions[1];
    int width = dimensions[2];
    if (height == 0 || width == 0 || (long) height * width > Integer.MAX_VALUE) {
      throw new DataException(file, "images of " + height + "x" + width + ": expected 1 to 2^31 - 1 pixels");
    }
    MemorySegment pixels = arena.allocate((long) dimensions[0] * height * width);
    readContent(file, headerBytes(dimensions), pixels);
    return new Images(dimensions[0], height, width, pixels);
  }

  /**
   * Reads labels (magic number 0x00000801).
   *
   * @param file the file, plain or gzipped
   * @return the labels, unsigned
   * @throws DataException if the file is missing, damaged, too short or too long, or holds something else
   * @throws IOException if reading fails
   */
  public static byte[] readLabels(Path file) throws IOException {
    int[] dimensions = readHeader(file, LABELS);
    byte[] labels = new byte[dimensions[0]];
    readContent(file, headerBytes(dimensions), MemorySegment.ofArray(labels));
    return labels;
  }

  /**
   * Reads images and their labels.
   *
   * @param imageFile the images, plain or gzipped
   * @param labelFile the labels, plain or gzipped
   * @param classes the number of classes, 1 to 256
   * @return a data set that owns what was read; close it
   * @throws DataException as the other methods, and if there is not one label per image or a label is no class
   * @throws IOException if reading fails
   */
  public static ImageDataset read(Path imageFile, Path labelFile, int classes) throws IOException {
    byte[] labels = readLabels(labelFile);
    int bad = ImageDataset.firstBadLabel(labels, classes);
    if (bad >= 0) {
      throw new DataException(labelFile, "label " + Byte.toUnsignedInt(labels[bad]) + " at index " + bad
          + ": expected a class, 0 to " + (classes - 1));
    }
    Arena arena = Arena.ofShared();
    try {
      Images images = readImages(imageFile, arena);
      if (images.count != labels.length) {
        throw new DataException(imageFile, images.count + " images, but " + labelFile + " has " + labels.length
            + " labels: expected one label per image");
      }
      return new ImageDataset(arena, images.height, images.width, 1, classes, images.pixels,
          arena.allocateFrom(JAVA_BYTE, labels));
    } catch (Throwable failure) {
      arena.close();
      throw failure;
    }
  }

  private static int headerBytes(int[] dimensions) {
    return Integer.BYTES * (1 + dimensions.length);
  }

  /** The dimensions, after a check that exactly as many bytes follow as they promise. */
  private static int[] readHeader(Path file, int expectedMagic) throws IOException {
    try (Content content = new Content(file)) {
      int magic = content.readInt("the magic number");
      if (magic != expectedMagic) {
        throw new DataException(file, String.format("magic number 0x%08x at byte 0: expected 0x%08x, %s", magic,
            expectedMagic, expectedMagic == IMAGES ? "images" : "labels"));
      }
      int[] dimensions = new int[expectedMagic & 0xff];
      long promised = 1;
      for (int i = 0; i < dimensions.length; i++) {
        dimensions[i] = content.readInt("dimension " + i);
        promised = multiply(file, promised, dimensions[i], i);
      }
      requireRest(content, promised);
      return dimensions;
    }
  }

  private static long multiply(Path file, long product, int dimension, int index) throws DataException {
    if (dimension < 0 || Math.multiplyHigh(product, dimension) != 0 || product * dimension < 0) {
      throw new DataException(file, "dimension " + index + " is " + Integer.toUnsignedString(dimension) + " at byte "
          + Integer.BYTES * (1 + index) + ": sizes overflow; expected at most 2^31 - 1 each and 2^63 - 1 in all");
    }
    return product * dimension;
  }

  private static void requireRest(Content content, long promised) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long found = 0;
    int read;
    while ((read = content.read(chunk)) > 0) {
      found += read;
      if (found > promised) {
        throw new DataException(content.file, "goes on after byte " + (content.position - found + promised)
            + ", where its header says that its " + promised + " bytes of data end");
      }
    }
    if (found < promised) {
      throw new DataException(content.file, "cut short: it ends at byte " + content.position + " with " + found
          + " bytes of data; its header promises " + promised);
    }
  }

  private static void readContent(Path file, int offset, MemorySegment target) throws IOException {
    try (Content content = new Content(file)) {
      content.read(new byte[offset]);
      byte[] chunk = new byte[CHUNK];
      for (long at = 0; at < target.byteSize(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, target.byteSize() - at);
        if (content.read(chunk) < count) {
          throw new DataException(file, "cut short while it was read, at byte " + content.position);
        }
        MemorySegment.copy(chunk, 0, target, JAVA_BYTE, at, count);
      }
    }
  }

  /** The bytes of a file, unpacked where it is gzipped; positions count unpacked bytes. */
  private static final class Content implements AutoCloseable {
    final Path file;
    private final InputStream raw;
    private final InputStream in;
    long position;

    Content(Path file) throws IOException {
      SafeFile.requireFile(file);
      this.file = file;
      raw = new BufferedInputStream(Files.newInputStream(file), CHUNK);
      try {
        in = isGzip(raw) ? new GZIPInputStream(raw, CHUNK) : raw;
      } catch (IOException e) {
        raw.close();
        throw e instanceof ZipException || e instanceof EOFException ? corrupt(e) : e;
      }
    }

    /** By content: browsers unpack a download and leave its name. */
    private static boolean isGzip(InputStream in) throws IOException {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip;
    }

    /** Fills the buffer as far as the content goes, and returns how far. */
    int read(byte[] buffer) throws IOException {
      try {
        int count = in.readNBytes(buffer, 0, buffer.length);
        position += count;
        return count;
      } catch (ZipException | EOFException e) {
        throw corrupt(e);
      }
    }

    int readInt(String what) throws IOException {
      byte[] bytes = new byte[Integer.BYTES];
      long at = position;
      if (read(bytes) < bytes.length) {
        throw new DataException(file, "cut short: it ends at byte " + position + ", inside " + what + " at byte " + at);
      }
      return ByteBuffer.wrap(bytes).getInt();
    }

    private DataException corrupt(IOException cause) {
      return new DataException(file, "corrupt gzip data, after byte " + position + " of what it unpacks to", cause);
    }

    @Override
    public void close() throws IOException {
      in.close();
      raw.close();
    }
  }
}
