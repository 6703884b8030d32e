package org.panagrad.kernel;

import java.util.Arrays;

/** The 64 partial sums of a canonical block, one set per thread so that nothing is allocated. */
final class Partials {
  private static final ThreadLocal<float[]> OF_THREAD = ThreadLocal
      .withInitial(() -> new float[ScalarKernels.PARTIALS]);

  private Partials() {
  }

  static float[] ofThread() {
    return OF_THREAD.get();
  }

  static void clear(float[] partial) {
    Arrays.fill(partial, 0);
  }

  /** for w = 32, 16, 8, 4, 2, 1: p[j] += p[j + w]; destroys p. */
  static float tree(float[] p) {
    for (int w = ScalarKernels.PARTIALS / 2; w > 0; w /= 2) {
      for (int j = 0; j < w; j++) {
        p[j] += p[j + w];
      }
    }
    return p[0];
  }
}
