package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;
import static org.panagrad.kernel.VectorLanes.INTS;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.load;
import static org.panagrad.kernel.VectorLanes.loadInts;
import static org.panagrad.kernel.VectorLanes.store;
import static org.panagrad.kernel.VectorLanes.storeInts;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Pooling, a vector of channels of one output position at a time. */
final class VectorPool {
  private VectorPool() {
  }

  static void forward(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    long channels = w.channels(), across = channels * BYTES, down = w.width() * across;
    long out = from * w.positions() * across;
    for (long image = from; image < to; image++) {
      for (long oy = 0; oy < w.outHeight(); oy++) {
        long corner = image * w.image() * BYTES + oy * w.stride() * down;
        for (long ox = 0; ox < w.outWidth(); ox++, corner += w.stride() * across, out += across) {
          for (long c = 0; c < channels;) {
            int n = (int) Math.min(L, channels - c);
            long o = c * BYTES;
            if (n == L) {
              greatest(w, x, corner + o, down, across, y, indices, out + o, L);
            } else {
              greatest(w, x, corner + o, down, across, y, indices, out + o, n);
            }
            c += n;
          }
        }
      }
    }
  }

  private static void greatest(Window w, MemorySegment x, long corner, long down, long across, MemorySegment y,
      MemorySegment indices, long out, int n) {
    int height = (int) w.kernelHeight(), width = (int) w.kernelWidth();
    FloatVector greatest = all(Float.NEGATIVE_INFINITY);
    IntVector index = IntVector.zero(INTS);
    for (int ky = 0, place = 0; ky < height; ky++) {
      for (int kx = 0; kx < width; kx++, place++) {
        FloatVector v = load(x, corner + ky * down + kx * across, n);
        // a NaN is taken too, and the last one stays
        VectorMask<Float> better = greatest.compare(VectorOperators.LT, v).or(v.compare(VectorOperators.NE, v));
        greatest = greatest.blend(v, better);
        index = index.blend(place, better.cast(INTS));
      }
    }
    store(y, out, n, greatest);
    storeInts(indices, out, n, index);
  }

  static void backward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from, long to) {
    long channels = w.channels(), across = channels * BYTES, down = w.width() * across;
    VectorConvolution.zero(dx, from * w.image(), to * w.image());
    long in = from * w.positions() * across;
    for (long image = from; image < to; image++) {
      for (long oy = 0; oy < w.outHeight(); oy++) {
        long corner = image * w.image() * BYTES + oy * w.stride() * down;
        for (long ox = 0; ox < w.outWidth(); ox++, corner += w.stride() * across, in += across) {
          for (long c = 0; c < channels;) {
            int n = (int) Math.min(L, channels - c);
            long o = c * BYTES;
            if (n == L) {
              spread(w, dy, indices, in + o, dx, corner + o, down, across, L);
            } else {
              spread(w, dy, indices, in + o, dx, corner + o, down, across, n);
            }
            c += n;
          }
        }
      }
    }
  }

  /** Adds dy to the place of the window that indices names and 0 to the others, which changes no sum that began at +0. */
  private static void spread(Window w, MemorySegment dy, MemorySegment indices, long in, MemorySegment dx, long corner,
      long down, long across, int n) {
    int height = (int) w.kernelHeight(), width = (int) w.kernelWidth();
    FloatVector d = load(dy, in, n);
    IntVector index = loadInts(indices, in, n);
    for (int ky = 0, place = 0; ky < height; ky++) {
      for (int kx = 0; kx < width; kx++, place++) {
        long o = corner + ky * down + kx * across;
        VectorMask<Float> here = index.compare(VectorOperators.EQ, place).cast(VectorLanes.FLOATS);
        store(dx, o, n, load(dx, o, n).add(all(0).blend(d, here)));
      }
    }
  }
}
