package org.panagrad.metric;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.panagrad.memory.GrowingMemory;

/**
 * Scores of positives and negatives, 8 bytes each off the heap, sorted when they are asked about. Sorting is stable, so
 * it does not matter when that was.
 */
final class ScoreList {
  private static final int DIGIT_BITS = 11, DIGITS = 3;
  private static final long BYTES = 8;

  /** A score as an unsigned int of the same order; then its weight as a float, negative for a negative. */
  private final GrowingMemory entries = GrowingMemory.collected(), scratch = GrowingMemory.collected();
  private final long[] ends = new long[1 << DIGIT_BITS];
  private boolean sawNan;

  void add(float score, boolean positive, float weight) {
    if (weight == 0) {
      return;
    }
    sawNan |= score != score;
    long at = entries.append(BYTES);
    entries.memory().set(JAVA_INT, at, order(score));
    entries.memory().set(JAVA_FLOAT, at + 4, positive ? weight : -weight);
  }

  /** Both zeros are one score. */
  private static int order(float score) {
    int bits = score == 0 ? 0 : Float.floatToRawIntBits(score);
    return bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
  }

  void clear() {
    entries.clear();
    sawNan = false;
  }

  /** NaN if a score is NaN, or there are no positives or no negatives. */
  double areaUnderCurve() {
    if (sawNan) {
      return Double.NaN;
    }
    sort();
    MemorySegment memory = entries.memory();
    double positives = 0, negatives = 0, area = 0, tiedPositives = 0, tiedNegatives = 0;
    int score = 0;
    for (long at = 0; at < entries.bytes(); at += BYTES) {
      int next = memory.get(JAVA_INT, at);
      if (next != score) {
        area += tiedPositives * (negatives + 0.5 * tiedNegatives);
        positives += tiedPositives;
        negatives += tiedNegatives;
        tiedPositives = 0;
        tiedNegatives = 0;
        score = next;
      }
      float weight = memory.get(JAVA_FLOAT, at + 4);
      if (weight > 0) {
        tiedPositives += weight;
      } else {
        tiedNegatives -= weight;
      }
    }
    area += tiedPositives * (negatives + 0.5 * tiedNegatives);
    positives += tiedPositives;
    negatives += tiedNegatives;
    return area / (positives * negatives);
  }

  /** By digits from the least, each time into the other memory and back. */
  private void sort() {
    scratch.clear();
    scratch.append(entries.bytes());
    for (int digit = 0; digit < DIGITS; digit++) {
      sortBy(digit * DIGIT_BITS, entries.memory(), scratch.memory());
      MemorySegment.copy(scratch.memory(), 0, entries.memory(), 0, entries.bytes());
    }
  }

  private void sortBy(int shift, MemorySegment from, MemorySegment to) {
    int mask = (1 << DIGIT_BITS) - 1;
    Arrays.fill(ends, 0);
    for (long at = 0; at < entries.bytes(); at += BYTES) {
      ends[from.get(JAVA_INT, at) >>> shift & mask]++;
    }
    long start = 0;
    for (int d = 0; d < ends.length; d++) {
      long count = ends[d];
      ends[d] = start;
      start += count;
    }
    for (long at = 0; at < entries.bytes(); at += BYTES) {
      long place = ends[from.get(JAVA_INT, at) >>> shift & mask]++;
      to.set(JAVA_LONG, place * BYTES, from.get(JAVA_LONG, at));
    }
  }
}
