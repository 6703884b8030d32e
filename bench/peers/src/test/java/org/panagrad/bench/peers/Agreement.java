package org.panagrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.panagrad.bench.BackendState;
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;
import org.panagrad.kernel.Backend;

/** To 1e-5 of the greatest number, theirs being floats too. */
final class Agreement {
  private Agreement() {
  }

  /** Ours. */
  static BackendState side() {
    BackendState side = new BackendState();
    side.backend = Backend.AUTO;
    side.choose();
    return side;
  }

  static void same(double value, float[] gradient, float theirs, float[] theirGradient) {
    assertEquals(value, theirs, 1e-5 * Math.abs(value));
    assertArrayEquals(gradient, theirGradient, 1e-5f * greatest(gradient));
  }

  static float greatest(float[] numbers) {
    float greatest = 0;
    for (float x : numbers) {
      greatest = Math.max(greatest, Math.abs(x));
    }
    return greatest;
  }

  static void predictions(Workload network, PeerPredictor library) {
    float[] features = network.samples(1), ours = new float[Workload.CLASSES], theirs = new float[Workload.CLASSES];
    try (Predictor a = Predictor.ours(network, Backend.AUTO); Predictor b = library.open(network)) {
      a.predict(features, ours);
      for (int call = 0; call < 5; call++) { // a TorchScript is compiled after some
        Arrays.fill(theirs, Float.NaN);
        b.predict(features, theirs);
        assertArrayEquals(ours, theirs, 1e-5f * greatest(ours), "call " + call);
      }
    }
  }
}
