package org.panagrad.kernel;

import static org.panagrad.kernel.VectorKernels.block;
import static org.panagrad.kernel.VectorKernels.clear;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.Vectors.BYTES;

import java.lang.foreign.MemorySegment;

/** {@link ConvolutionKernels} in the Vector API. */
sealed interface VectorConvolutionKernels extends ScalarConvolutionKernels permits VectorKernels {
  // a line of a window is a run of floats, in the image as in the columns, where there is no dilation

  @Override
  default void im2col(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    if (w.dilation() != 1) {
      ScalarConvolutionKernels.super.im2col(w, x, col, first, from, to);
      return;
    }
    VectorLoops loops = loops(x, col, null, null);
    for (long r = from; r < to;) {
      // once for each line of outputs, since divisions are slow
      long image = r / w.positions() * w.image(), oy = r % w.positions() / w.outWidth(), ox = r % w.outWidth();
      long end = Math.min(to, r - ox + w.outWidth());
      for (; r < end; r++, ox++) {
        see(loops, w, x, image, oy * w.stride() - w.padding(), ox * w.stride() - w.padding(), col,
            (r - first) * w.seen(), true);
      }
    }
  }

  @Override
  default void col2im(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    if (w.dilation() != 1) {
      ScalarConvolutionKernels.super.col2im(w, col, x, first, from, to);
      return;
    }
    VectorLoops loops = loops(col, x, null, null);
    clear(x, from * w.image(), to * w.image());
    long out = (from - first) * w.positions() * w.seen();
    for (long image = from; image < to; image++) {
      for (long oy = 0; oy < w.outHeight(); oy++) {
        for (long ox = 0; ox < w.outWidth(); ox++, out += w.seen()) {
          see(loops, w, x, image * w.image(), oy * w.stride() - w.padding(), ox * w.stride() - w.padding(), col, out,
              false);
        }
      }
    }
  }

  /** Copies what the window at (y0, x0) of an image sees to col, or adds col to it. */
  private static void see(VectorLoops loops, Window w, MemorySegment x, long image, long y0, long x0, MemorySegment col,
      long to, boolean gather) {
    long run = w.kernelWidth() * w.channels(), line = w.width() * w.channels();
    long top = Math.max(0, -y0), bottom = Math.min(w.kernelHeight(), w.height() - y0);
    long left = Math.max(0, -x0) * w.channels(), right = Math.min(w.kernelWidth(), w.width() - x0) * w.channels();
    if (gather && (bottom - top < w.kernelHeight() || right - left < run)) {
      clear(col, to, to + w.seen());
    }
    int lines = (int) (bottom - top);
    for (long c = left; c < right;) {
      int count = block(c, right);
      long in = (image + (y0 + top) * line + x0 * w.channels() + c) * BYTES, out = (to + top * run + c) * BYTES;
      if (gather) {
        loops.rows().copy(x, in, line * BYTES, col, out, run * BYTES, lines, count);
      } else {
        loops.rows().add(x, in, line * BYTES, col, out, run * BYTES, x, in, line * BYTES, lines, count);
      }
      c += count;
    }
  }
}
