package org.panagrad.examples;

import java.util.Random;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Dataset;

/**
 * A function for small networks to learn: {@code y = sin x0 + x1 x2 / 2} of ten standard normal numbers, of which seven are
 * of no use.
 *
 * @param inputs  one row of ten numbers a sample
 * @param targets one number a sample
 */
record Waves(float[][] inputs, float[] targets) {
  static final int FEATURES = 10;

  static Waves draw(int samples, long seed) {
    Random random = new Random(seed);
    float[][] inputs = new float[samples][FEATURES];
    float[] targets = new float[samples];
    for (int i = 0; i < samples; i++) {
      float[] x = inputs[i];
      for (int k = 0; k < FEATURES; k++) {
        x[k] = (float) random.nextGaussian();
      }
      targets[i] = (float) (StrictMath.sin(x[0]) + x[1] * x[2] / 2);
    }
    return new Waves(inputs, targets);
  }

  Dataset dataset() {
    return ArrayDataset.of(inputs, targets);
  }
}
