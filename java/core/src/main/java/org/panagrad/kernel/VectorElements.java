package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.load;
import static org.panagrad.kernel.VectorLanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Elementwise work on one block, at most {@link Kernels#BLOCK} elements: a loop of whole vectors and one of the rest. */
final class VectorElements {
  private VectorElements() {
  }

  static void exp(MemorySegment x, MemorySegment y, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      expLanes(x, y, base + (long) i * BYTES, L);
    }
    if (i < count) {
      expLanes(x, y, base + (long) i * BYTES, count - i);
    }
  }

  private static void expLanes(MemorySegment x, MemorySegment y, long o, int n) {
    store(y, o, n, VectorElementary.exp(load(x, o, n)));
  }

  static void log(MemorySegment x, MemorySegment y, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      logLanes(x, y, base + (long) i * BYTES, L);
    }
    if (i < count) {
      logLanes(x, y, base + (long) i * BYTES, count - i);
    }
  }

  private static void logLanes(MemorySegment x, MemorySegment y, long o, int n) {
    store(y, o, n, VectorElementary.log(load(x, o, n)));
  }

  static void relu(MemorySegment x, MemorySegment y, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      reluLanes(x, y, base + (long) i * BYTES, L);
    }
    if (i < count) {
      reluLanes(x, y, base + (long) i * BYTES, count - i);
    }
  }

  private static void reluLanes(MemorySegment x, MemorySegment y, long o, int n) {
    FloatVector v = load(x, o, n);
    store(y, o, n, v.blend(0, v.compare(VectorOperators.LT, 0)));
  }

  static void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      reluBackwardLanes(y, dy, dx, base + (long) i * BYTES, L);
    }
    if (i < count) {
      reluBackwardLanes(y, dy, dx, base + (long) i * BYTES, count - i);
    }
  }

  private static void reluBackwardLanes(MemorySegment y, MemorySegment dy, MemorySegment dx, long o, int n) {
    store(dx, o, n, load(dy, o, n).blend(0, load(y, o, n).compare(VectorOperators.LE, 0)));
  }

  /** z = x + y, each from its own offset on. */
  static void add(MemorySegment x, long xBase, MemorySegment y, long yBase, MemorySegment z, long zBase, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      long o = (long) i * BYTES;
      store(z, zBase + o, load(x, xBase + o).add(load(y, yBase + o)));
    }
    if (i < count) {
      int n = count - i;
      long o = (long) i * BYTES;
      store(z, zBase + o, n, load(x, xBase + o, n).add(load(y, yBase + o, n)));
    }
  }

  static void copy(MemorySegment x, long xBase, MemorySegment y, long yBase, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      long o = (long) i * BYTES;
      store(y, yBase + o, load(x, xBase + o));
    }
    if (i < count) {
      long o = (long) i * BYTES;
      store(y, yBase + o, count - i, load(x, xBase + o, count - i));
    }
  }

  static void zero(MemorySegment x, long base, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      store(x, base + (long) i * BYTES, all(0));
    }
    if (i < count) {
      store(x, base + (long) i * BYTES, count - i, all(0));
    }
  }

  static void scale(MemorySegment y, long base, int count, float factor) {
    int i = 0;
    for (; i <= count - L; i += L) {
      long o = base + (long) i * BYTES;
      store(y, o, load(y, o).mul(factor));
    }
    if (i < count) {
      long o = base + (long) i * BYTES;
      store(y, o, count - i, load(y, o, count - i).mul(factor));
    }
  }

  static void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long base, int count, float dot) {
    int i = 0;
    for (; i <= count - L; i += L) {
      softmaxBackwardLanes(y, dy, dx, base + (long) i * BYTES, L, dot);
    }
    if (i < count) {
      softmaxBackwardLanes(y, dy, dx, base + (long) i * BYTES, count - i, dot);
    }
  }

  private static void softmaxBackwardLanes(MemorySegment y, MemorySegment dy, MemorySegment dx, long o, int n,
      float dot) {
    store(dx, o, n, load(y, o, n).mul(load(dy, o, n).sub(dot)));
  }
}
