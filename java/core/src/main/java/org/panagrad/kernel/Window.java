package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A window that slides over NHWC images: the geometry of a convolution or a pooling. Immutable; the copy that native
 * code reads is made once.
 */
public final class Window {
  private final long height, width, channels, kernelHeight, kernelWidth, stride, padding, dilation;
  private final MemorySegment struct;

  private Window(long height, long width, long channels, long kernelHeight, long kernelWidth, long stride,
      long padding, long dilation) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.kernelHeight = kernelHeight;
    this.kernelWidth = kernelWidth;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    // the fields of pana_window in panagrad.h, in order
    struct = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, height, width, channels, kernelHeight, kernelWidth,
        stride, padding, dilation, outHeight(), outWidth()).asReadOnly();
  }

  /**
   * A window over images, without dilation.
   *
   * @param height       of an image, in elements
   * @param width        of an image
   * @param channels     of an image
   * @param kernelHeight of the window
   * @param kernelWidth  of the window
   * @param stride       elements between neighbouring windows, in both directions
   * @param padding      rows and columns of zeros around the image, less than the window
   * @return the window
   * @throws IllegalArgumentException if a size is not positive, the padding is negative or as large as the window, the
   *                                  window larger than the padded image, or an image too large to count
   */
  public static Window of(long height, long width, long channels, long kernelHeight, long kernelWidth, long stride,
      long padding) {
    return of(height, width, channels, kernelHeight, kernelWidth, stride, padding, 1);
  }

  /**
   * A window over images whose elements stand apart: it covers {@code (kernelHeight - 1) * dilation + 1} rows, and
   * columns likewise.
   *
   * @param height       of an image, in elements
   * @param width        of an image
   * @param channels     of an image
   * @param kernelHeight of the window, in elements that it sees
   * @param kernelWidth  of the window
   * @param stride       elements between neighbouring windows, in both directions
   * @param padding      rows and columns of zeros around the image, less than what the window covers
   * @param dilation     elements between neighbouring elements of the window, in both directions; 1: none is left out
   * @return the window
   * @throws IllegalArgumentException as without dilation, the window being as large as what it covers
   */
  public static Window of(long height, long width, long channels, long kernelHeight, long kernelWidth, long stride,
      long padding, long dilation) {
    String text = "window " + kernelHeight + "x" + kernelWidth + " stride " + stride + " padding " + padding
        + (dilation == 1 ? "" : " dilation " + dilation) + " over " + height + "x" + width + "x" + channels;
    if (height < 1 || width < 1 || channels < 1 || kernelHeight < 1 || kernelWidth < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException(text + ": sizes, stride and dilation must be at least 1");
    }
    try {
      long down = covered(kernelHeight, dilation), across = covered(kernelWidth, dilation);
      if (padding < 0 || padding >= Math.min(down, across)) {
        throw new IllegalArgumentException(text + ": the padding must be at least 0 and less than the window");
      }
      if (down > padded(height, padding) || across > padded(width, padding)) {
        throw new IllegalArgumentException(text + ": the window is larger than the padded image");
      }
      Window window = new Window(height, width, channels, kernelHeight, kernelWidth, stride, padding, dilation);
      Math.multiplyExact(Math.multiplyExact(Math.multiplyExact(height, width), channels), 4);
      long seen = Math.multiplyExact(Math.multiplyExact(kernelHeight, kernelWidth), channels);
      long positions = Math.multiplyExact(window.outHeight(), window.outWidth());
      Math.multiplyExact(Math.multiplyExact(positions, seen), 4);
      return window;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(text + ": too large", e);
    }
  }

  /** Rows from the first to the last of so many that stand apart. */
  private static long covered(long kernel, long dilation) {
    return Math.addExact(Math.multiplyExact(kernel - 1, dilation), 1);
  }

  private static long padded(long size, long padding) {
    return Math.addExact(size, Math.multiplyExact(2, padding));
  }

  /**
   * Height of the input.
   *
   * @return rows of an image
   */
  public long height() {
    return height;
  }

  /**
   * Width of the input.
   *
   * @return columns of an image
   */
  public long width() {
    return width;
  }

  /**
   * Channels of input and output of a pooling, of the input of a convolution.
   *
   * @return floats of a pixel
   */
  public long channels() {
    return channels;
  }

  /**
   * Height of the window.
   *
   * @return rows
   */
  public long kernelHeight() {
    return kernelHeight;
  }

  /**
   * Width of the window.
   *
   * @return columns
   */
  public long kernelWidth() {
    return kernelWidth;
  }

  /**
   * Distance between neighbouring windows.
   *
   * @return elements, in both directions
   */
  public long stride() {
    return stride;
  }

  /**
   * Zeros around the image.
   *
   * @return rows above and below, columns left and right
   */
  public long padding() {
    return padding;
  }

  /**
   * Distance of the window's elements.
   *
   * @return elements, in both directions; 1: none is left out
   */
  public long dilation() {
    return dilation;
  }

  /**
   * Height of the output.
   *
   * @return {@code (height + 2 padding - (kernelHeight - 1) dilation - 1) / stride + 1}
   */
  public long outHeight() {
    return (height + 2 * padding - (kernelHeight - 1) * dilation - 1) / stride + 1;
  }

  /**
   * Width of the output.
   *
   * @return {@code (width + 2 padding - (kernelWidth - 1) dilation - 1) / stride + 1}
   */
  public long outWidth() {
    return (width + 2 * padding - (kernelWidth - 1) * dilation - 1) / stride + 1;
  }

  /** Output positions of an image. */
  long positions() {
    return outHeight() * outWidth();
  }

  /** Elements of an image. */
  long image() {
    return height * width * channels;
  }

  /** Elements that an output position sees. */
  long seen() {
    return kernelHeight * kernelWidth * channels;
  }

  /** The struct pana_window. */
  MemorySegment struct() {
    return struct;
  }
}
