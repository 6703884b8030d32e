package org.panagrad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final float NAN = Float.NaN, INF = Float.POSITIVE_INFINITY;

  private static double accuracy(float[] prediction, int... labels) {
    return Metrics.accuracy().sum(MemorySegment.ofArray(prediction), MemorySegment.ofArray(labels), labels.length,
        prediction.length / labels.length);
  }

  @Test
  void accuracyCountsTheGreatestOutput() {
    assertEquals(2, accuracy(new float[]{1, 2, 3, 3, 2, 1, 1, 3, 2}, 2, 0, 0));
    assertEquals(1, accuracy(new float[]{4, 4, 4, 4}, 0, 1), "a tie counts for the first");
    assertEquals(0, accuracy(new float[]{NAN, 1, 1, NAN}, 1, 0), "a NaN is wrong");
    assertEquals(2, accuracy(new float[]{-INF, -INF, -INF, INF}, 0, 1));
    assertEquals(1, accuracy(new float[]{-0f, 0f}, 0), "both zeros are equal");
    assertEquals(1, accuracy(new float[]{5}, 0));
  }
}
