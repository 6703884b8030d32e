package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link ConvolutionKernels}. */
sealed interface CheckedConvolutionKernels extends ConvolutionKernels, CheckedForm permits CheckedKernels {
  private static void first(long first, long from) {
    if (first < 0 || first > from) {
      throw new IndexOutOfBoundsException("first is " + first + ": it must be from 0 to from, " + from);
    }
  }

  @Override
  default void im2col(Window window, MemorySegment x, MemorySegment col, long first, long from, long to) {
    range(from, to);
    first(first, from);
    long images = to / window.positions() + (to % window.positions() == 0 ? 0 : 1);
    long in = elements("image", window.image(), images), out = elements("seen", window.seen(), to - first);
    in("x", x, in);
    out("col", col, out);
    apart("col", col, out, "x", x, in);
    backend().im2col(window, x, col, first, from, to);
  }

  @Override
  default void col2im(Window window, MemorySegment col, MemorySegment x, long first, long from, long to) {
    range(from, to);
    first(first, from);
    long in = elements("rows of an image", window.positions() * window.seen(), to - first);
    long out = elements("image", window.image(), to);
    in("col", col, in);
    out("x", x, out);
    apart("x", x, out, "col", col, in);
    backend().col2im(window, col, x, first, from, to);
  }
}
