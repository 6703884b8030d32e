package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.data.SyntheticDigits;

class ScenesTest {
  private static final int SIDE = Scenes.SIDE, COUNT = 50;

  @Test
  void theBoxHoldsWhatIsBright() {
    try (Dataset digits = SyntheticDigits.generate(COUNT, 3); Dataset scenes = new Scenes(digits, 2, 5)) {
      assertEquals(2 * COUNT, scenes.size());
      Batch batch = new Batches(scenes, COUNT).load(0);
      for (int i = 0; i < COUNT; i++) {
        int x1 = SIDE, y1 = SIDE, x2 = 0, y2 = 0;
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
          if (batch.features().getAtIndex(JAVA_FLOAT, (long) i * SIDE * SIDE + pixel) > 0.5f) {
            x1 = Math.min(x1, pixel % SIDE);
            y1 = Math.min(y1, pixel / SIDE);
            x2 = Math.max(x2, pixel % SIDE + 1);
            y2 = Math.max(y2, pixel / SIDE + 1);
          }
        }
        MemorySegment box = batch.target(1).asSlice(16L * i, 16);
        int[] expected = {x1, y1, x2, y2};
        for (int k = 0; k < 4; k++) {
          assertEquals(expected[k], box.getAtIndex(JAVA_FLOAT, k) * SIDE, "corner " + k + " of scene " + i);
        }
        assertTrue(x1 < x2 && y1 < y2, "scene " + i + " shows nothing");
      }
      Batch again = new Batches(scenes, 2 * COUNT).load(0);
      for (int i = 0; i < COUNT; i++) {
        assertEquals(batch.target(0).getAtIndex(JAVA_INT, i), again.target(0).getAtIndex(JAVA_INT, COUNT + i));
        assertNotEquals(-1,
            batch.target(1).asSlice(16L * i, 16).mismatch(again.target(1).asSlice(16L * (COUNT + i), 16)),
            "the second scene of digit " + i + " is the first one");
      }
    }
  }
}
