package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SyntheticDigitsTest {

  private static float[] pixels(int count, long seed) {
    try (ImageDataset digits = SyntheticDigits.generate(count, seed)) {
      float[] pixels = new float[count * 784];
      digits.load(IntStream.range(0, count).toArray(), 0, count, MemorySegment.ofArray(pixels),
          MemorySegment.ofArray(new int[count]));
      return pixels;
    }
  }

  private static int[] labels(int count, long seed) {
    try (ImageDataset digits = SyntheticDigits.generate(count, seed)) {
      return IntStream.range(0, count).map(digits::label).toArray();
    }
  }

  @Test
  void aSeedGivesTheSameDigitsAndAnotherSeedOthers() {
    assertArrayEquals(pixels(50, 1), pixels(50, 1));
    assertArrayEquals(labels(50, 1), labels(50, 1));
    assertFalse(Arrays.equals(pixels(50, 1), pixels(50, 2)));
    assertFalse(Arrays.equals(labels(50, 1), labels(50, 2)));
  }

  @Test
  void aSampleDoesNotDependOnTheOthers() {
    assertArrayEquals(pixels(7, 3), Arrays.copyOf(pixels(40, 3), 7 * 784));
    assertArrayEquals(labels(7, 3), Arrays.copyOf(labels(40, 3), 7));
  }

  /** Guards the promise that the bytes are the same on every machine and in every version. */
  @Test
  void theBytesAreTheOnesOfTheFirstVersion() {
    CRC32C crc = new CRC32C();
    for (float pixel : pixels(200, 42)) {
      crc.update(Math.round(pixel * 255));
    }
    assertEquals(1731683731L, crc.getValue());
  }

  @Test
  void everyTenHaveEveryDigitInAnOrderThatChanges() {
    int[] labels = labels(1000, 5);
    BitSet firsts = new BitSet();
    for (int from = 0; from < 1000; from += 10) {
      assertEquals(10, Arrays.stream(labels, from, from + 10).distinct().count());
      firsts.set(labels[from]);
    }
    assertEquals(10, firsts.cardinality());
  }

  @Test
  void everyImageHasInkThatStaysOffTheEdge() {
    float[] pixels = pixels(1000, 6);
    for (int i = 0; i < 1000; i++) {
      int lit = 0;
      int litOnEdge = 0;
      for (int at = 0; at < 784; at++) {
        boolean edge = at / 28 % 27 == 0 || at % 28 % 27 == 0;
        lit += pixels[i * 784 + at] > 0.4 ? 1 : 0;
        litOnEdge += edge && pixels[i * 784 + at] > 0.4 ? 1 : 0;
      }
      int sample = i;
      int ink = lit;
      int edgeInk = litOnEdge;
      assertTrue(ink > 15 && ink < 350, () -> "sample " + sample + " has " + ink + " lit pixels");
      assertTrue(edgeInk < 12, () -> "sample " + sample + " has " + edgeInk + " lit pixels at its edge");
    }
  }

  @Test
  void refusesANegativeCount() {
    assertEquals("count is -1: expected at least 0",
        assertThrows(IllegalArgumentException.class, () -> SyntheticDigits.generate(-1, 0)).getMessage());
    assertEquals(0, SyntheticDigits.generate(0, 0).size());
  }
}
