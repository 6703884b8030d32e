package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Checks of a call's memory that come before its first kernel, so that nothing is written when something is wrong. */
final class Memories {
  private Memories() {
  }

  /** n elements of 4 bytes that are read. */
  static void in(String name, MemorySegment x, long n) {
    if (x.byteSize() / 4 < n) {
      throw new IndexOutOfBoundsException(name + " has " + x.byteSize() / 4 + " elements, " + n + " are needed");
    }
    if (!x.scope().isAlive()) {
      throw new IllegalStateException(name + " is closed: its arena must outlive the call");
    }
  }

  /** n elements that are written, if there is anything to write to. */
  static void out(String name, @Nullable MemorySegment x, long n) {
    if (x != null) {
      in(name, x, n);
      if (x.isReadOnly()) {
        throw new IllegalArgumentException(name + " is read-only");
      }
    }
  }

  /** An output shares no element with another array. */
  static void apart(String outName, @Nullable MemorySegment out, long outElements, String name,
      @Nullable MemorySegment other, long elements) {
    if (out == null || other == null || outElements == 0 || elements == 0 || out.isNative() != other.isNative()) {
      return;
    }
    // the address of a heap segment is its place in the array, and segments of one array have one scope
    boolean places = out.address() < other.address() + 4 * elements
        && other.address() < out.address() + 4 * outElements;
    if (places && (out.isNative() || out.scope().equals(other.scope()))) {
      throw new IllegalArgumentException(outName + " overlaps " + name + ": they must lie apart");
    }
  }

  /** A size from a least to a greatest. */
  static void size(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be from " + least + " to " + most);
    }
  }
}
