package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {
  /** (1, 2, 3) with 3 or -3 along (0.6, 0.8, 0), and 1 or -1 along (0, 0, 1). */
  private static final float[] SAMPLES = {2.8f, 4.4f, 4, 2.8f, 4.4f, 2, -0.8f, -0.4f, 4, -0.8f, -0.4f, 2};

  @Test
  void theLeastVarianceIsLeftOut() {
    assertEquals(1.0 / 3, PrincipalComponents.of(SAMPLES, 3, 1).error(SAMPLES), 1e-6);
    assertEquals(0, PrincipalComponents.of(SAMPLES, 3, 2).error(SAMPLES), 1e-6);
  }
}
