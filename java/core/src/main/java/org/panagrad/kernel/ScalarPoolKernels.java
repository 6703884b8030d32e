package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;

/** {@link PoolKernels} in plain Java. */
sealed interface ScalarPoolKernels extends PoolKernels permits ScalarKernels, VectorPoolKernels {
  @Override
  default void maxPool(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    pool(w, 0, x, y, indices, from, to);
  }

  /** {@link #maxPool} of the channels from one on. */
  static void pool(Window w, long firstChannel, MemorySegment x, MemorySegment y, MemorySegment indices, long from,
      long to) {
    long channels = w.channels();
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long corner = corner(w, o);
      for (long c = firstChannel; c < channels; c++) {
        float greatest = Float.NEGATIVE_INFINITY;
        int index = 0, place = 0;
        for (long ky = 0; ky < w.kernelHeight(); ky++) {
          for (long kx = 0; kx < w.kernelWidth(); kx++, place++) {
            float v = get(x, corner + (ky * w.width() + kx) * channels + c);
            if (greatest < v || v != v) {
              greatest = v;
              index = place;
            }
          }
        }
        set(y, o * channels + c, greatest);
        indices.setAtIndex(JAVA_INT, o * channels + c, index);
      }
    }
  }

  @Override
  default void maxPoolBackward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    zero(dx, from * w.image(), to * w.image());
    unpool(w, 0, dy, indices, dx, from, to);
  }

  /** {@link #maxPoolBackward} of the channels from one on, dx being 0. */
  static void unpool(Window w, long firstChannel, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    long channels = w.channels();
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long corner = corner(w, o);
      for (long c = firstChannel; c < channels; c++) {
        int index = indices.getAtIndex(JAVA_INT, o * channels + c);
        // written by maxPool; anything else names no element, as in native code
        if (index >= 0 && index < w.kernelHeight() * w.kernelWidth()) {
          long ky = index / w.kernelWidth(), kx = index % w.kernelWidth();
          long i = corner + (ky * w.width() + kx) * channels + c;
          set(dx, i, get(dx, i) + get(dy, o * channels + c));
        }
      }
    }
  }

  /** The first element of the window of output position o = (image, oy, ox), without padding. */
  private static long corner(Window w, long o) {
    long image = o / w.positions(), oy = o % w.positions() / w.outWidth(), ox = o % w.outWidth();
    return image * w.image() + (oy * w.stride() * w.width() + ox * w.stride()) * w.channels();
  }

  @Override
  default void averagePool(Window w, MemorySegment x, MemorySegment y, long from, long to) {
    long channels = w.channels();
    float elements = w.kernelHeight() * w.kernelWidth();
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long image = o / w.positions() * w.image(), top = top(w, o), left = left(w, o);
      for (long c = 0; c < channels; c++) {
        float sum = 0;
        for (long iy = Math.max(0, top); iy < Math.min(top + w.kernelHeight(), w.height()); iy++) {
          for (long ix = Math.max(0, left); ix < Math.min(left + w.kernelWidth(), w.width()); ix++) {
            sum += get(x, image + (iy * w.width() + ix) * channels + c);
          }
        }
        set(y, o * channels + c, sum / elements);
      }
    }
  }

  @Override
  default void averagePoolBackward(Window w, MemorySegment dy, MemorySegment dx, long from, long to) {
    long channels = w.channels();
    float elements = w.kernelHeight() * w.kernelWidth();
    zero(dx, from * w.image(), to * w.image());
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long image = o / w.positions() * w.image(), top = top(w, o), left = left(w, o);
      for (long c = 0; c < channels; c++) {
        float share = get(dy, o * channels + c) / elements;
        for (long iy = Math.max(0, top); iy < Math.min(top + w.kernelHeight(), w.height()); iy++) {
          for (long ix = Math.max(0, left); ix < Math.min(left + w.kernelWidth(), w.width()); ix++) {
            long i = image + (iy * w.width() + ix) * channels + c;
            set(dx, i, get(dx, i) + share);
          }
        }
      }
    }
  }

  /** The image's row at which the window of output position o begins; negative in the padding. */
  private static long top(Window w, long o) {
    return o % w.positions() / w.outWidth() * w.stride() - w.padding();
  }

  /** The image's column likewise. */
  private static long left(Window w, long o) {
    return o % w.outWidth() * w.stride() - w.padding();
  }
}
