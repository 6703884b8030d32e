package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;

/** The checks of {@link PoolKernels}. */
sealed interface CheckedPoolKernels extends PoolKernels, CheckedForm permits CheckedKernels {
  private static void undilated(Window window) {
    if (window.dilation() != 1) {
      throw new IllegalArgumentException("the window has dilation " + window.dilation() + ": pooling takes none");
    }
  }

  private static void unpadded(Window window) {
    undilated(window);
    if (window.padding() != 0) {
      throw new IllegalArgumentException("the window has padding " + window.padding() + ": maxPool takes none");
    }
  }

  @Override
  default void maxPool(Window window, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    range(from, to);
    unpadded(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("x", x, in);
    out("y", y, out);
    out("indices", indices, out);
    apart("y", y, out, "x", x, in);
    apart("indices", indices, out, "x", x, in);
    apart("indices", indices, out, "y", y, out);
    backend().maxPool(window, x, y, indices, from, to);
  }

  @Override
  default void maxPoolBackward(Window window, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    range(from, to);
    unpadded(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("dy", dy, out);
    in("indices", indices, out);
    out("dx", dx, in);
    apart("dx", dx, in, "dy", dy, out);
    apart("dx", dx, in, "indices", indices, out);
    backend().maxPoolBackward(window, dy, indices, dx, from, to);
  }

  @Override
  default void averagePool(Window window, MemorySegment x, MemorySegment y, long from, long to) {
    range(from, to);
    undilated(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("x", x, in);
    out("y", y, out);
    apart("y", y, out, "x", x, in);
    backend().averagePool(window, x, y, from, to);
  }

  @Override
  default void averagePoolBackward(Window window, MemorySegment dy, MemorySegment dx, long from, long to) {
    range(from, to);
    undilated(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("dy", dy, out);
    out("dx", dx, in);
    apart("dx", dx, in, "dy", dy, out);
    backend().averagePoolBackward(window, dy, dx, from, to);
  }
}
