package org.panagrad.optim;

/**
 * What the golden trajectories start from and follow: floats that depend on step and element alone, by murmur3's last
 * mixing of their number. libtorch and the library are given the same.
 */
public final class GoldenInputs {
  /** A few lanes and a rest. */
  public static final int ELEMENTS = 35;

  private GoldenInputs() {
  }

  /**
   * Parameters before the first step.
   *
   * @return in [-1, 1)
   */
  public static float[] start() {
    float[] x = new float[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      x[i] = 2 * uniform(0, i) - 1;
    }
    return x;
  }

  /**
   * Gradients, of five very different sizes and with a mean.
   *
   * @param step from 1
   * @return in [-7/8, 9/8) times 1, 1/8, 1/64, 1/512, 1/4096 and so on
   */
  public static float[] gradient(int step) {
    float[] x = new float[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      x[i] = Math.scalb(2 * uniform(step, i) - 0.875f, -3 * (i % 5));
    }
    return x;
  }

  private static float uniform(int step, int element) {
    int h = 64 * step + element;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return 0x1p-24f * ((h ^ h >>> 16) >>> 8);
  }
}
