package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.panagrad.check.Memories;

/**
 * What may be wrong with the arguments of a kernel, each with a message that names the argument and its value; in
 * addition to {@link Memories}.
 */
final class Checks {
  private static final int ONE_WITHOUT_SIGN = Float.floatToRawIntBits(1) << 1;

  /** So few are looked at one by one. */
  private static final int FEW = 32;
  private static final ThreadLocal<int[]> BLOCK_OF_THREAD = ThreadLocal.withInitial(() -> new int[Kernels.BLOCK]);

  private Checks() {
  }

  static void range(long from, long to) {
    if (from < 0 || from > to) {
      throw new IndexOutOfBoundsException("range [" + from + ", " + to + "): 0 <= from <= to must hold");
    }
  }

  /** A range whose results are kept by block begins at one. */
  static void blockRange(long from, long to) {
    range(from, to);
    wholeBlocks(from);
  }

  static void wholeBlocks(long from) {
    if (from % Kernels.BLOCK != 0) {
      throw new IllegalArgumentException("from is " + from + ": it must be a multiple of " + Kernels.BLOCK);
    }
  }

  static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1");
    }
  }

  /** size * count elements, size at least 1. */
  static long elements(String name, long size, long count) {
    atLeastOne(name, size);
    if (count > (Long.MAX_VALUE >> 3) / size) {
      throw new IllegalArgumentException(count + " times " + name + " " + size + " elements: too many to count");
    }
    return size * count;
  }

  /** A range of blocks of rows. */
  static void blocksOfRows(long rows, long blockRows, long from, long to) {
    range(from, to);
    if (blockRows < 1 || blockRows > Kernels.BLOCK) {
      throw new IllegalArgumentException("blockRows is " + blockRows + ": it must be from 1 to " + Kernels.BLOCK);
    }
    long blocks = parts(rows, blockRows);
    if (rows < 0 || to > blocks) {
      throw new IndexOutOfBoundsException(
          "blocks [" + from + ", " + to + ") of " + rows + " rows in blocks of " + blockRows + ": there are " + blocks);
    }
  }

  /** Parts of so many units that n units make: the last one may be smaller. */
  static long parts(long n, long units) {
    return n / units + (n % units == 0 ? 0 : 1);
  }

  /** Elementwise x to y, which may be x. */
  static void map(MemorySegment x, MemorySegment y, long from, long to) {
    range(from, to);
    Memories.in("x", x, to);
    Memories.out("y", y, to);
    Memories.inPlaceOrApart("y", y, to, "x", x, to);
  }

  /** A gradient dy through y to dx, which may be dy. */
  static void backward(MemorySegment y, MemorySegment dy, MemorySegment dx, long n) {
    Memories.in("y", y, n);
    Memories.in("dy", dy, n);
    Memories.out("dx", dx, n);
    Memories.inPlaceOrApart("dx", dx, n, "dy", dy, n);
    Memories.apart("dx", dx, n, "y", y, n);
  }

  /** Weights are finite and not negative. */
  static void weights(String name, MemorySegment weights, long from, long to) {
    for (long i = from; i < to; i++) {
      float w = weights.getAtIndex(JAVA_FLOAT, i);
      if (!(w >= 0 && w < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(name + "[" + i + "] is " + w + ": a weight is a number from 0 up");
      }
    }
  }

  /**
   * A copy of a part of a block: of a loop over an array the compiler always makes vectors, of one over a segment only
   * as long as all segments are of one kind.
   */
  private static int[] copy(MemorySegment x, long from, int count) {
    int[] block = BLOCK_OF_THREAD.get();
    MemorySegment.copy(x, JAVA_INT, 4 * from, block, 0, count);
    return block;
  }

  /**
   * Targets of a hinge loss. Blocks are asked at once, in a loop without branches; only a bad one is looked through.
   */
  static void signs(MemorySegment target, long from, long to) {
    for (long block = from; block < to; block += Kernels.BLOCK) {
      int count = (int) Math.min(Kernels.BLOCK, to - block);
      if (count <= FEW || !allSigns(copy(target, block, count), count)) {
        findWrongSign(target, block, block + count);
      }
    }
  }

  private static boolean allSigns(int[] target, int count) {
    int different = 0;
    for (int i = 0; i < count; i++) {
      different |= target[i] << 1 ^ ONE_WITHOUT_SIGN;
    }
    return different == 0;
  }

  private static void findWrongSign(MemorySegment target, long from, long to) {
    for (long i = from; i < to; i++) {
      float t = target.getAtIndex(JAVA_FLOAT, i);
      if (t != 1 && t != -1) {
        throw new IllegalArgumentException(
            "target[" + i + "] is " + t + ": a hinge loss takes -1 and 1; of a class 0 or 1 it is 2 t - 1");
      }
    }
  }

  /** Labels of the rows [from, to), as {@link #signs}; {@link RowLoss#NO_INDEX} is no label to ignore. */
  static void labels(MemorySegment labels, long columns, int ignoreIndex, long from, long to) {
    for (long block = from; block < to; block += Kernels.BLOCK) {
      int count = (int) Math.min(Kernels.BLOCK, to - block);
      if (count <= FEW || !allInRange(copy(labels, block, count), columns, count)) {
        findWrongLabel(labels, columns, ignoreIndex, block, block + count);
      }
    }
  }

  /** Of at most 2^31 - 1 columns. A difference is negative for a label that is too great. */
  private static boolean allInRange(int[] labels, long columns, int count) {
    int greatest = (int) (columns - 1), signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= labels[i] | greatest - labels[i];
    }
    return signs >= 0;
  }

  private static void findWrongLabel(MemorySegment labels, long columns, int ignoreIndex, long from, long to) {
    for (long r = from; r < to; r++) {
      int label = labels.getAtIndex(JAVA_INT, r);
      if ((label < 0 || label >= columns) && (label != ignoreIndex || label == RowLoss.NO_INDEX)) {
        throw new IllegalArgumentException(
            "label " + label + " in row " + r + " is out of range: with " + columns + " classes it must be in [0, "
                + columns + ")"
                + (ignoreIndex == RowLoss.NO_INDEX ? "" : ", or " + ignoreIndex + ", which is ignored"));
      }
    }
  }

  /** Indices [from, to) of rows of a table, as {@link #signs}. */
  static void indices(MemorySegment indices, long vocabulary, long from, long to) {
    for (long block = from; block < to; block += Kernels.BLOCK) {
      int count = (int) Math.min(Kernels.BLOCK, to - block);
      if (count <= FEW || !allInRange(copy(indices, block, count), vocabulary, count)) {
        findWrongIndex(indices, vocabulary, block, block + count);
      }
    }
  }

  private static void findWrongIndex(MemorySegment indices, long vocabulary, long from, long to) {
    for (long i = from; i < to; i++) {
      int index = indices.getAtIndex(JAVA_INT, i);
      if (index < 0 || index >= vocabulary) {
        throw new IllegalArgumentException("indices[" + i + "] is " + index + ": with a vocabulary of " + vocabulary
            + " it must be in [0, " + vocabulary + ")");
      }
    }
  }

  /** Labels of the rows [from, to), each one of two numbers. */
  static void eitherLabel(MemorySegment labels, int one, int other, long from, long to) {
    for (long r = from; r < to; r++) {
      int label = labels.getAtIndex(JAVA_INT, r);
      if (label != one && label != other) {
        throw new IllegalArgumentException(
            "label " + label + " in row " + r + ": it must be " + one + " or " + other);
      }
    }
  }
}
