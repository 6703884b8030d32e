package org.panagrad.kernel;

import java.util.Map;
import java.util.TreeMap;

/**
 * How large the arrays of a case are, and which of its options hold. A row uses the numbers that it needs: a vector has
 * columns only, images are counted by rows.
 *
 * @param rows    rows, or images
 * @param columns length of a row, or of a vector
 * @param depth   the third size: a product's k, a sum's parts or rows of a block, the first position of a tile
 * @param options bits; each row says what they mean
 * @param window  of images, else null
 */
public record Size(long rows, long columns, long depth, int options, Window window) {

  /** A vector. */
  public static Size of(long n) {
    return of(1, n);
  }

  /** A matrix. */
  public static Size of(long rows, long columns) {
    return of(rows, columns, 0);
  }

  /** A matrix and one more number. */
  public static Size of(long rows, long columns, long depth) {
    return new Size(rows, columns, depth, 0, null);
  }

  /** Images under a window. */
  public static Size of(long images, Window window) {
    return new Size(images, 0, 0, 0, window);
  }

  /** The same with options. */
  public Size options(int bits) {
    return new Size(rows, columns, depth, bits, window);
  }

  /** The same with another depth. */
  public Size depth(long other) {
    return new Size(rows, columns, other, options, window);
  }

  boolean option(int bit) {
    return (options >> bit & 1) != 0;
  }

  @Override
  public String toString() {
    Map<String, Object> parts = new TreeMap<>(Map.of("rows", rows, "columns", columns));
    if (depth != 0) {
      parts.put("depth", depth);
    }
    if (options != 0) {
      parts.put("options", Integer.toBinaryString(options));
    }
    if (window != null) {
      parts.remove("columns");
      parts.put("window", window.height() + "x" + window.width() + "x" + window.channels() + " kernel "
          + window.kernelHeight() + "x" + window.kernelWidth() + " stride " + window.stride() + " padding "
          + window.padding() + " dilation " + window.dilation());
    }
    return parts.toString();
  }
}
