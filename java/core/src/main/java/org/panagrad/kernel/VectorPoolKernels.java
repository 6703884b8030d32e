package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarPoolKernels.pool;
import static org.panagrad.kernel.ScalarPoolKernels.unpool;
import static org.panagrad.kernel.VectorKernels.clear;
import static org.panagrad.kernel.VectorKernels.loops;
import static org.panagrad.kernel.VectorKernels.whole;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.L;

import java.lang.foreign.MemorySegment;

/** {@link PoolKernels} in the Vector API. */
sealed interface VectorPoolKernels extends ScalarPoolKernels permits VectorKernels {
  @Override
  default void maxPool(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    VectorLoops loops = loops(x, y, indices, null);
    long across = w.channels() * BYTES, down = w.width() * across, end = whole(0, w.channels());
    for (long r = from * w.outHeight(); r < to * w.outHeight(); r++) {
      long corner = corner(w, r) * BYTES;
      for (long c = 0; c < end; c += L) {
        loops.pools().maxPool(x, corner + c * BYTES, w.stride() * across, down, across, (int) w.kernelHeight(),
            (int) w.kernelWidth(), y, indices, r * w.outWidth() * across + c * BYTES, across, (int) w.outWidth());
      }
    }
    pool(w, end, x, y, indices, from, to);
  }

  @Override
  default void maxPoolBackward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    VectorLoops loops = loops(dy, indices, dx, null);
    long across = w.channels() * BYTES, down = w.width() * across, end = whole(0, w.channels());
    clear(dx, from * w.image(), to * w.image());
    for (long r = from * w.outHeight(); r < to * w.outHeight(); r++) {
      long corner = corner(w, r) * BYTES;
      for (long c = 0; c < end; c += L) {
        loops.pools().maxPoolBackward(dy, indices, r * w.outWidth() * across + c * BYTES, across, dx,
            corner + c * BYTES, w.stride() * across, down, across, (int) w.kernelHeight(), (int) w.kernelWidth(),
            (int) w.outWidth());
      }
    }
    unpool(w, end, dy, indices, dx, from, to);
  }

  /** The first element that row r = (image, oy) of the outputs sees, without padding. */
  private static long corner(Window w, long r) {
    return r / w.outHeight() * w.image() + r % w.outHeight() * w.stride() * w.width() * w.channels();
  }
}
