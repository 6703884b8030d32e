package org.panagrad.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeFile;

/**
 * Reads PNG files of 8 bits, not interlaced: grey, RGB or palette, with or without alpha. The bytes are those of the
 * file: gamma and colour profiles are not applied. Written here because the JDK's reader would make the library depend
 * on java.desktop.
 */
final class Png {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int IHDR = 0x49484452, PLTE = 0x504c5445, TRNS = 0x74524e53, IDAT = 0x49444154,
      IEND = 0x49454e44;
  private static final int GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGBA = 6;
  /** Bytes that one byte of deflated data can unpack to. */
  private static final long GREATEST_RATIO = 1032;
  private static final long LARGEST_FILE = 1 << 28;

  private final Path file;
  private final ByteBuffer bytes;
  private final Inflater inflater = new Inflater();
  private int width, height, colour, channels;
  private byte @Nullable [] palette, alphas;
  private byte @Nullable [] lines; // each with its filter before it
  private int filled;

  /**
   * A picture.
   *
   * @param width    pixels
   * @param height   pixels
   * @param channels of a pixel: grey, grey and alpha, RGB, or RGB and alpha
   * @param pixels   unsigned bytes, {@code [height, width, channels]}
   */
  record Picture(int width, int height, int channels, byte[] pixels) {}

  private Png(Path file) throws IOException {
    this.file = file;
    SafeFile.requireFile(file);
    if (Files.size(file) > LARGEST_FILE) {
      throw new DataException(file, "has " + Files.size(file) + " bytes: expected at most " + LARGEST_FILE);
    }
    bytes = ByteBuffer.wrap(Files.readAllBytes(file));
  }

  static Picture read(Path file) throws IOException {
    Png png = new Png(file);
    try {
      return png.picture();
    } finally {
      png.inflater.end();
    }
  }

  private Picture picture() throws DataException {
    if (bytes.remaining() < 8 || bytes.getLong() != SIGNATURE) {
      throw new DataException(file, "is no PNG file: its first 8 bytes are not a PNG's");
    }
    boolean first = true, end = false;
    while (!end) {
      ByteBuffer chunk = chunk();
      int type = chunk.getInt();
      if (first != (type == IHDR)) {
        throw wrong(first ? "does not begin with the chunk IHDR" : "has a second chunk IHDR");
      }
      first = false;
      switch (type) {
        case IHDR -> readHeader(chunk);
        case PLTE -> palette = rest(chunk);
        case TRNS -> readTransparency(chunk);
        case IDAT -> inflate(chunk);
        case IEND -> end = true;
        default -> requireAncillary(type);
      }
    }
    return unpacked();
  }

  /** Type and data of the next chunk, its sum checked. */
  private ByteBuffer chunk() throws DataException {
    int at = bytes.position();
    if (bytes.remaining() < 12) {
      throw wrong("is cut short at byte " + bytes.limit() + ", before its chunk IEND");
    }
    int length = bytes.getInt();
    if (length < 0 || length > bytes.remaining() - 8) {
      throw wrong("is cut short or damaged: the chunk at byte " + at + " says that it has "
          + Integer.toUnsignedString(length) + " bytes, " + (bytes.remaining() - 8) + " are left");
    }
    ByteBuffer chunk = bytes.slice(bytes.position(), 4 + length);
    CRC32 sum = new CRC32();
    sum.update(chunk.duplicate());
    bytes.position(bytes.position() + 4 + length);
    int expected = bytes.getInt();
    if ((int) sum.getValue() != expected) {
      throw wrong(String.format("is damaged: the chunk at byte %d has the sum 0x%08x, but 0x%08x is written", at,
          (int) sum.getValue(), expected));
    }
    return chunk;
  }

  private static byte[] rest(ByteBuffer chunk) {
    byte[] rest = new byte[chunk.remaining()];
    chunk.get(rest);
    return rest;
  }

  private void readHeader(ByteBuffer chunk) throws DataException {
    if (chunk.remaining() != 13) {
      throw wrong("has a chunk IHDR of " + chunk.remaining() + " bytes: expected 13");
    }
    width = chunk.getInt();
    height = chunk.getInt();
    int depth = chunk.get(), compression, filter, interlace;
    colour = chunk.get();
    compression = chunk.get();
    filter = chunk.get();
    interlace = chunk.get();
    if (width < 1 || height < 1 || 4L * width * height > Integer.MAX_VALUE / 2) {
      throw wrong("has " + Integer.toUnsignedString(width) + "x" + Integer.toUnsignedString(height)
          + " pixels: expected 1 to 2^28 in all");
    }
    if (depth != 8) {
      throw wrong("has " + depth + " bits a sample: only 8 are read; save it with 8");
    }
    if (compression != 0 || filter != 0) {
      throw wrong("has compression " + compression + " and filter " + filter + ": PNG has 0 only");
    }
    if (interlace != 0) {
      throw wrong("is interlaced: save it without interlacing");
    }
    channels = switch (colour) {
      case GREY, PALETTE -> 1;
      case GREY_ALPHA -> 2;
      case RGB -> 3;
      case RGBA -> 4;
      default -> throw wrong("has colour type " + colour + ": PNG has 0, 2, 3, 4 and 6");
    };
  }

  private void readTransparency(ByteBuffer chunk) throws DataException {
    if (colour != PALETTE) {
      throw wrong("makes one colour transparent (tRNS): save it with an alpha channel, or without");
    }
    alphas = rest(chunk);
  }

  /** Chunks that a reader need not know have a small first letter. */
  private void requireAncillary(int type) throws DataException {
    if ((type >>> 24 & 0x20) == 0) {
      throw wrong(String.format("has a chunk of the unknown type 0x%08x, which is needed to read it", type));
    }
  }

  private int lineBytes() {
    return 1 + width * channels;
  }

  private void inflate(ByteBuffer chunk) throws DataException {
    byte[] target = lines;
    if (target == null) {
      long needed = (long) height * lineBytes();
      if (needed / GREATEST_RATIO > bytes.limit()) { // before the memory is taken: a header may lie
        throw wrong("has " + bytes.limit() + " bytes, too few for " + width + "x" + height + " pixels");
      }
      target = lines = new byte[(int) needed];
    }
    inflater.setInput(chunk);
    byte[] beyond = new byte[1];
    try {
      while (!inflater.finished() && !inflater.needsInput()) {
        boolean full = filled == target.length;
        int count = full ? inflater.inflate(beyond) : inflater.inflate(target, filled, target.length - filled);
        if (full && count > 0) {
          throw wrong("holds more than its " + width + "x" + height + " pixels");
        }
        if (count == 0 && inflater.needsDictionary()) {
          throw wrong("has compressed data that wants a dictionary");
        }
        filled += full ? 0 : count;
      }
    } catch (DataFormatException e) {
      throw new DataException(file, "has damaged compressed data", e);
    }
  }

  private Picture unpacked() throws DataException {
    byte[] filtered = lines;
    if (filtered == null || filled < filtered.length) {
      throw wrong(
          "is cut short: it holds " + filled + " of the " + (long) height * lineBytes() + " bytes of its pixels");
    }
    byte[] pixels = new byte[height * width * channels];
    for (int y = 0; y < height; y++) {
      PngFilter.undo(filtered, y * lineBytes(), pixels, y * width * channels, width * channels, channels, y > 0, this);
    }
    return colour == PALETTE ? coloured(pixels) : new Picture(width, height, channels, pixels);
  }

  private Picture coloured(byte[] indices) throws DataException {
    byte[] colours = palette, opacities = alphas;
    if (colours == null || colours.length % 3 != 0) {
      throw wrong("has no palette of whole colours (chunk PLTE)");
    }
    int samples = opacities == null ? 3 : 4;
    byte[] pixels = new byte[indices.length * samples];
    for (int i = 0; i < indices.length; i++) {
      int index = Byte.toUnsignedInt(indices[i]);
      if (index >= colours.length / 3) {
        throw wrong("names colour " + index + " in pixel " + i + ": its palette has " + colours.length / 3);
      }
      System.arraycopy(colours, 3 * index, pixels, samples * i, 3);
      if (opacities != null) {
        pixels[samples * i + 3] = index < opacities.length ? opacities[index] : -1;
      }
    }
    return new Picture(width, height, samples, pixels);
  }

  DataException wrong(String problem) {
    return new DataException(file, problem);
  }
}
