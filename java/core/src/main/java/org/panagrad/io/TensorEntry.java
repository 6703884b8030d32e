package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A named tensor of floats, as it stands in a file.
 *
 * @param name unique in its file
 * @param shape the dimensions, outermost first; empty for a single number
 * @param data the values, row-major, in the machine's byte order: 4 bytes for each, on the heap or off it
 */
public record TensorEntry(String name, List<Long> shape, MemorySegment data) {

  /**
   * Checks that shape and data agree.
   *
   * @throws IllegalArgumentException if a dimension is negative or the data is not 4 bytes times their product
   */
  public TensorEntry {
    shape = List.copyOf(shape);
    if (data.byteSize() != byteSize(name, shape)) {
      throw new IllegalArgumentException("tensor " + Json.quote(name) + " of shape " + shape + " takes "
          + byteSize(name, shape) + " bytes, but its data has " + data.byteSize());
    }
  }

  /**
   * A tensor from its dimensions.
   *
   * @param name unique in its file
   * @param data the values, 4 bytes for each
   * @param shape the dimensions, outermost first
   * @return the tensor, sharing the data
   * @throws IllegalArgumentException if a dimension is negative or the data is not 4 bytes times their product
   */
  public static TensorEntry of(String name, MemorySegment data, long... shape) {
    return new TensorEntry(name, Arrays.stream(shape).boxed().toList(), data);
  }

  /** Bytes of floats of this shape; refuses negative dimensions and products that overflow a long. */
  static long byteSize(String name, List<Long> shape) {
    long bytes = Float.BYTES;
    for (int i = 0; i < shape.size(); i++) {
      long dimension = shape.get(i);
      if (dimension < 0 || Math.multiplyHigh(bytes, dimension) != 0 || bytes * dimension < 0) {
        throw new IllegalArgumentException("shape " + shape + " of tensor " + Json.quote(name) + " is "
            + (dimension < 0 ? "negative" : "beyond 64 bits") + " at dimension " + i);
      }
      bytes *= dimension;
    }
    return bytes;
  }
}
