package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;

import java.lang.foreign.MemorySegment;

/** Lowering of a convolution: a row of the window is one run of floats, in the image as in the columns. */
final class VectorConvolution {
  private VectorConvolution() {
  }

  static void gather(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    long channels = w.channels(), run = w.kernelWidth() * channels;
    long out = (from - first) * w.seen();
    for (long r = from; r < to; r++) {
      long position = r % w.positions(), image = r / w.positions() * w.image();
      long y0 = position / w.outWidth() * w.stride() - w.padding();
      long x0 = position % w.outWidth() * w.stride() - w.padding();
      long left = left(x0) * channels, right = right(w, x0) * channels;
      for (long y = y0; y < y0 + w.kernelHeight(); y++, out += run) {
        if (y < 0 || y >= w.height()) {
          zero(col, out, out + run);
        } else {
          zero(col, out, out + left);
          copy(x, image + (y * w.width() + x0) * channels + left, col, out + left, right - left);
          zero(col, out + right, out + run);
        }
      }
    }
  }

  static void scatter(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    long channels = w.channels(), run = w.kernelWidth() * channels;
    long in = (from - first) * w.positions() * w.seen();
    zero(x, from * w.image(), to * w.image());
    for (long r = from * w.positions(); r < to * w.positions(); r++) {
      long position = r % w.positions(), image = r / w.positions() * w.image();
      long y0 = position / w.outWidth() * w.stride() - w.padding();
      long x0 = position % w.outWidth() * w.stride() - w.padding();
      long left = left(x0) * channels, right = right(w, x0) * channels;
      for (long y = y0; y < y0 + w.kernelHeight(); y++, in += run) {
        if (y >= 0 && y < w.height()) {
          add(col, in + left, x, image + (y * w.width() + x0) * channels + left, right - left);
        }
      }
    }
  }

  /** The first column of a window at x0 that lies inside the image. */
  private static long left(long x0) {
    return Math.max(0, -x0);
  }

  /** The end of the columns of a window at x0 that lie inside the image; a padding less than the window leaves some. */
  private static long right(Window w, long x0) {
    return Math.min(w.kernelWidth(), w.width() - x0);
  }

  static void zero(MemorySegment x, long from, long to) {
    for (long i = from; i < to;) {
      int count = VectorKernels.block(i, to);
      VectorElements.zero(x, i * BYTES, count);
      i += count;
    }
  }

  private static void copy(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long i = 0; i < count;) {
      int part = VectorKernels.block(i, count);
      VectorElements.copy(x, (from + i) * BYTES, y, (to + i) * BYTES, part);
      i += part;
    }
  }

  private static void add(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long i = 0; i < count;) {
      int part = VectorKernels.block(i, count);
      VectorElements.add(x, (from + i) * BYTES, y, (to + i) * BYTES, y, (to + i) * BYTES, part);
      i += part;
    }
  }
}
