package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Philox4x32-10 against the known answers of its authors' Random123, and what is built on it. */
class PhiloxTest {
  @Test
  void knownAnswers() {
    assertArrayEquals(new int[]{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0));
    // an index reaches 62 of the counter's 64 lower bits: these two check the reference that the next test uses
    assertArrayEquals(new int[]{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, reference(-1, -1, -1));
    assertArrayEquals(new int[]{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        reference(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L));
  }

  @Test
  void agreesWithTheReferenceOnItsWholeDomain() {
    long[] samples = {0, 1, 42, 0xffffffffL, 0x100000000L, 0x0123456789abcdefL, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (long seed : samples) {
      for (long stream : samples) {
        for (long counter : new long[]{0, 1, 0xffffffffL, 0x100000000L, Long.MAX_VALUE >>> 2}) {
          assertArrayEquals(reference(seed, stream, counter), block(seed, stream, counter),
              () -> "seed " + seed + " stream " + stream + " counter " + counter);
        }
      }
    }
  }

  /** The four words of a counter, through the method under test. */
  private static int[] block(long seed, long stream, long counter) {
    return IntStream.range(0, 4).map(i -> Philox.word(seed, stream, counter * 4 + i)).toArray();
  }

  /** The paper's definition, word by word, for any counter. */
  private static int[] reference(long seed, long stream, long counter) {
    int[] c = {(int) counter, (int) (counter >>> 32), (int) stream, (int) (stream >>> 32)};
    int k0 = (int) seed, k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = Integer.toUnsignedLong(c[0]) * 0xD2511F53L, p1 = Integer.toUnsignedLong(c[2]) * 0xCD9E8D57L;
      c = new int[]{(int) (p1 >>> 32) ^ c[1] ^ k0, (int) p1, (int) (p0 >>> 32) ^ c[3] ^ k1, (int) p0};
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    return c;
  }

  @Test
  void belowIsUniform() {
    int draws = 100_000;
    for (int bound : new int[]{1, 2, 3, 10, 1000}) {
      int[] counts = new int[bound];
      for (int i = 0; i < draws; i++) {
        counts[Philox.below(7, 1, i, bound)]++;
      }
      double mean = (double) draws / bound;
      double chiSquare = Arrays.stream(counts).mapToDouble(count -> (count - mean) * (count - mean) / mean).sum();
      // mean bound - 1, variance 2 (bound - 1): six deviations
      assertTrue(chiSquare <= bound - 1 + 6 * Math.sqrt(2.0 * bound), "bound " + bound + ": " + chiSquare);
    }
    assertTrue(Philox.below(7, 1, 3, Integer.MAX_VALUE) >= 0);
  }

  @Test
  void shufflesToAPermutation() {
    int n = 1000;
    int[] order = shuffled(5, n);
    assertArrayEquals(IntStream.range(0, n).toArray(), Arrays.stream(order).sorted().toArray());
    assertArrayEquals(order, shuffled(5, n));
    assertTrue(!Arrays.equals(order, shuffled(6, n)), "another seed, another order");
    long fixed = IntStream.range(0, n).filter(i -> order[i] == i).count();
    assertTrue(fixed < 10, fixed + " elements stayed"); // 1 is expected
  }

  private static int[] shuffled(long seed, int n) {
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int j = Philox.below(seed, 0, i, i + 1), kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  @Test
  void uniformStaysInItsRangeWithItsMean() {
    int n = 100_000;
    float[] y = new float[n];
    Backends.of(Backend.AUTO).uniform(MemorySegment.ofArray(y), -2, 6, 11, 0, 0, n);
    double sum = 0;
    for (float value : y) {
      assertTrue(value >= -2 && value <= 6, () -> "out of range: " + value);
      sum += value;
    }
    assertEquals(2, sum / n, 6 * 8 / Math.sqrt(12.0 * n), "seed 11");
  }
}
