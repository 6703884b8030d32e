package org.panagrad.check;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What may be wrong with the memory of a call, each with a message that names the argument. All of it comes before the
 * first kernel, so that nothing is written when something is wrong.
 */
public final class Memories {
  private Memories() {
  }

  /**
   * A size is in its range.
   *
   * @param name  of the size
   * @param value given
   * @param least legal
   * @param most  legal
   * @throws IllegalArgumentException if it is not
   */
  public static void size(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be from " + least + " to " + most);
    }
  }

  /**
   * An array can be read.
   *
   * @param name of the array
   * @param x    the array
   * @param n    elements of 4 bytes that it must have
   * @throws IndexOutOfBoundsException if it is too short
   * @throws IllegalArgumentException  if it is not aligned
   * @throws IllegalStateException     if its arena is closed
   * @throws WrongThreadException      if its arena is another thread's
   */
  public static void in(String name, MemorySegment x, long n) {
    // an empty heap array has no elements to misalign; a null segment is caught by the dereference
    if (x.byteSize() >> 2 < n) {
      throw new IndexOutOfBoundsException(
          name + " has " + (x.byteSize() >> 2) + " elements, " + n + " are needed for this range");
    }
    if (n > 0 && x.maxByteAlignment() < 4) {
      throw new IllegalArgumentException(name + " is not aligned to 4 bytes: use a float[] or int[], not a byte[]");
    }
    if (!x.scope().isAlive()) {
      throw new IllegalStateException(name + " is closed: its arena must outlive the call");
    }
    if (!x.isAccessibleBy(Thread.currentThread())) {
      throw new WrongThreadException(name + " belongs to another thread: its arena is confined; use a shared one");
    }
  }

  /**
   * An array can be written: as {@link #in}, and it is not read-only.
   *
   * @param name of the array
   * @param x    the array
   * @param n    elements of 4 bytes that it must have
   */
  public static void out(String name, MemorySegment x, long n) {
    in(name, x, n);
    if (x.isReadOnly()) {
      throw new IllegalArgumentException(name + " is read-only");
    }
  }

  /**
   * As {@link #out}, if there is anything to write to.
   *
   * @param name of the array
   * @param x    the array, or null
   * @param n    elements of 4 bytes that it must have
   */
  public static void outIfAny(String name, @Nullable MemorySegment x, long n) {
    if (x != null) {
      out(name, x, n);
    }
  }

  /**
   * An output shares no element with another array; what is not there shares none.
   *
   * @param outName     of the output
   * @param out         the output, or null
   * @param outElements of 4 bytes
   * @param otherName   of the other array
   * @param other       the other array, or null
   * @param elements    of the other array
   * @throws IllegalArgumentException if they overlap
   */
  public static void apart(String outName, @Nullable MemorySegment out, long outElements, String otherName,
      @Nullable MemorySegment other, long elements) {
    if (out != null && other != null && overlap(out, outElements, other, elements)) {
      throw new IllegalArgumentException(outName + " overlaps " + otherName + ": they must lie apart");
    }
  }

  /**
   * An output begins where an input does, or shares no element with it.
   *
   * @param outName     of the output
   * @param out         the output
   * @param outElements of 4 bytes
   * @param inName      of the input
   * @param in          the input
   * @param inElements  of 4 bytes
   * @throws IllegalArgumentException if they overlap otherwise
   */
  public static void inPlaceOrApart(String outName, MemorySegment out, long outElements, String inName,
      MemorySegment in, long inElements) {
    if (out.address() != in.address() && overlap(out, outElements, in, inElements)) {
      throw new IllegalArgumentException(
          outName + " overlaps " + inName + " in part: it must be the same elements or lie apart");
    }
  }

  /**
   * The elements of an output that a call writes are none of those that it reads or writes elsewhere. So both arrays
   * may be pieces of one.
   *
   * @param outName   of the output
   * @param out       the output
   * @param outFrom   first element written
   * @param outTo     end
   * @param otherName of the other array
   * @param other     the other array
   * @param from      first element used
   * @param to        end
   * @throws IllegalArgumentException if they overlap
   */
  public static void apart(String outName, MemorySegment out, long outFrom, long outTo, String otherName,
      MemorySegment other, long from, long to) {
    if (overlap(out, outFrom, outTo, other, from, to)) {
      throw new IllegalArgumentException(outName + " overlaps " + otherName + ": they must lie apart");
    }
  }

  private static boolean overlap(MemorySegment x, long nx, MemorySegment y, long ny) {
    return overlap(x, 0, nx, y, 0, ny);
  }

  private static boolean overlap(MemorySegment x, long xFrom, long xTo, MemorySegment y, long yFrom, long yTo) {
    if (xFrom == xTo || yFrom == yTo || x.isNative() != y.isNative()) {
      return false;
    }
    // the address of a heap segment is its place in the array, and segments of one array have one scope; heapBase()
    // would say the same, but is empty for a read-only segment, and its Optional can be an object that nobody optimises
    // away
    boolean places = x.address() + 4 * xFrom < y.address() + 4 * yTo && y.address() + 4 * yFrom < x.address() + 4 * xTo;
    return places && (x.isNative() || x.scope().equals(y.scope()));
  }
}
