package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;

/** {@link ConvolutionKernels} in plain Java. */
sealed interface ScalarConvolutionKernels extends ConvolutionKernels permits ScalarKernels, VectorConvolutionKernels {
  @Override
  default void im2col(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    for (long r = from; r < to; r++) {
      long out = (r - first) * w.seen();
      long image = r / w.positions() * w.image();
      long y0 = r % w.positions() / w.outWidth() * w.stride() - w.padding();
      long x0 = r % w.outWidth() * w.stride() - w.padding();
      for (long ky = 0, iy = y0; ky < w.kernelHeight(); ky++, iy += w.dilation()) {
        for (long kx = 0, ix = x0; kx < w.kernelWidth(); kx++, ix += w.dilation(), out += w.channels()) {
          if (iy < 0 || iy >= w.height() || ix < 0 || ix >= w.width()) {
            zero(col, out, out + w.channels());
          } else {
            copy(x, image + (iy * w.width() + ix) * w.channels(), col, out, w.channels());
          }
        }
      }
    }
  }

  private static void copy(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long c = 0; c < count; c++) {
      set(y, to + c, get(x, from + c));
    }
  }

  @Override
  default void col2im(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    zero(x, from * w.image(), to * w.image());
    for (long r = from * w.positions(); r < to * w.positions(); r++) {
      long in = (r - first * w.positions()) * w.seen();
      long image = r / w.positions() * w.image();
      long y0 = r % w.positions() / w.outWidth() * w.stride() - w.padding();
      long x0 = r % w.outWidth() * w.stride() - w.padding();
      for (long ky = 0, iy = y0; ky < w.kernelHeight(); ky++, iy += w.dilation()) {
        for (long kx = 0, ix = x0; kx < w.kernelWidth(); kx++, ix += w.dilation(), in += w.channels()) {
          if (iy >= 0 && iy < w.height() && ix >= 0 && ix < w.width()) {
            add(col, in, x, image + (iy * w.width() + ix) * w.channels(), w.channels());
          }
        }
      }
    }
  }

  private static void add(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long c = 0; c < count; c++) {
      set(y, to + c, get(y, to + c) + get(x, from + c));
    }
  }
}
