package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images of one size with a class label each, kept as bytes off the heap. A sample is loaded as {@code [height, width,
 * channels]} floats of 0 to 1: the byte, taken as 0 to 255, divided by 255.
 */
public final class ImageDataset implements Dataset {
  private static final float[] BRIGHTNESS = new float[256];

  static {
    for (int i = 0; i < BRIGHTNESS.length; i++) {
      BRIGHTNESS[i] = i / 255f;
    }
  }

  private final @Nullable Arena arena; // null in a view, which owns nothing
  private final int height;
  private final int width;
  private final int channels;
  private final int classes;
  private final MemorySegment pixels;
  private final MemorySegment labels;
  private final List<Column> columns;

  /** Takes the arena over: {@link #close} closes it. The labels must have been checked. */
  ImageDataset(@Nullable Arena arena, int height, int width, int channels, int classes, MemorySegment pixels,
      MemorySegment labels) {
    this.arena = arena;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.classes = classes;
    this.pixels = pixels;
    this.labels = labels;
    columns = List.of(Column.input("image", height * width * channels), Column.labels("label", 1, classes));
  }

  /**
   * A data set of images with one channel, copied from arrays.
   *
   * @param height rows of an image, at least 1
   * @param width columns of an image, at least 1
   * @param classes the number of classes, 1 to 256
   * @param pixels the brightness of every pixel as an unsigned byte, {@code [labels.length, height, width]}
   * @param labels the class of every image, 0 to {@code classes} exclusive, as an unsigned byte
   * @return a data set that owns its copy; close it
   * @throws IllegalArgumentException if a size is out of range, the pixels don't make as many images as there are
   *           labels, or a label is no class
   */
  public static ImageDataset of(int height, int width, int classes, byte[] pixels, byte[] labels) {
    requireSizes(height, width, classes);
    if ((long) labels.length * height * width != pixels.length) {
      throw new IllegalArgumentException(
          pixels.length + " pixels are not " + labels.length + " images (one per label) of " + height + "x" + width);
    }
    int bad = firstBadLabel(labels, classes);
    if (bad >= 0) {
      throw new IllegalArgumentException("label " + Byte.toUnsignedInt(labels[bad]) + " at index " + bad
          + ": expected a class, 0 to " + (classes - 1));
    }
    Arena arena = Arena.ofShared();
    return new ImageDataset(arena, height, width, 1, classes, arena.allocateFrom(JAVA_BYTE, pixels),
        arena.allocateFrom(JAVA_BYTE, labels));
  }

  private static void requireSizes(int height, int width, int classes) {
    if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("images of " + height + "x" + width + ": expected 1 to 2^31 - 1 pixels");
    }
    if (classes < 1 || classes > 256) {
      throw new IllegalArgumentException(classes + " classes: expected 1 to 256");
    }
  }

  /** The index of the first label that is no class, or -1. */
  static int firstBadLabel(byte[] labels, int classes) {
    for (int i = 0; i < labels.length; i++) {
      if (Byte.toUnsignedInt(labels[i]) >= classes) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int size() {
    return (int) labels.byteSize();
  }

  @Override
  public int features() {
    return height * width * channels;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  /**
   * The height of every image.
   *
   * @return pixels
   */
  public int height() {
    return height;
  }

  /**
   * The width of every image.
   *
   * @return pixels
   */
  public int width() {
    return width;
  }

  /**
   * The values of a pixel.
   *
   * @return 1 for shades of grey
   */
  public int channels() {
    return channels;
  }

  /**
   * The label of a sample.
   *
   * @param sample its index
   * @return its class, 0 to {@link #classes} exclusive
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws IllegalStateException if the data set is closed
   */
  public int label(int sample) {
    requireOpen();
    return Byte.toUnsignedInt(labels.get(JAVA_BYTE, Objects.checkIndex(sample, size())));
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment... columns) {
    MemorySegment features = columns[0];
    int label = label(sample);
    int count = features();
    long source = (long) sample * count;
    long target = (long) row * count;
    for (int i = 0; i < count; i++) {
      features.setAtIndex(JAVA_FLOAT, target + i, BRIGHTNESS[Byte.toUnsignedInt(pixels.get(JAVA_BYTE, source + i))]);
    }
    columns[1].setAtIndex(JAVA_INT, row, label);
  }

  @Override
  public ImageDataset slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    MemorySegment pixelView = pixels.asSlice((long) from * features(), (long) (to - from) * features());
    return new ImageDataset(null, height, width, channels, classes, pixelView, labels.asSlice(from, to - from));
  }

  @Override
  public ImageDataset limit(int count) {
    return slice(0, Math.min(count, size()));
  }

  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }

  private void requireOpen() {
    if (!labels.scope().isAlive()) {
      throw new IllegalStateException(
          "this data set of " + size() + " images is closed: load from it before closing it");
    }
  }
}
