package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;

/**
 * Strips of three to seven digits side by side, some closer than others, as sequences: a frame is four columns of pixels.
 * Where a digit begins is not told. A digit's label is 1 more than the digit: 0 is the blank.
 */
final class Strips {
  static final int LEAST = 3, MOST = 7, CLASSES = 1 + Digits.CLASSES;
  private static final int SIDE = Digits.SIDE, COLUMNS = 4;
  /** Columns by which a digit may reach over the one before it: most digits have an empty border. */
  private static final int OVERLAP = 8;
  static final int FRAMES = MOST * SIDE / COLUMNS, FEATURES = COLUMNS * SIDE;

  private final Batch digit, batch;
  private final Batches digits;
  private final Random random;
  private final float[] strip = new float[MOST * SIDE * SIDE];

  /** Of a dataset's digits; so many strips at a time. */
  Strips(Dataset digits, int strips, Random random) {
    this.digits = new Batches(digits, 1);
    this.random = random;
    digit = this.digits.load(0);
    batch = new Batch(List.of(Column.input("frames", FRAMES * FEATURES), Column.tokens("frame count", 1, FRAMES + 1),
        Column.labels("digits", MOST, CLASSES), Column.labels("digit count", 1, MOST + 1)), strips).size(strips);
  }

  /** Draws the next batch into the one there is. */
  Batch next() {
    for (int row = 0; row < batch.size(); row++) {
      draw(row);
    }
    return batch;
  }

  private void draw(int row) {
    Arrays.fill(strip, 0);
    int count = LEAST + random.nextInt(MOST - LEAST + 1), end = 0;
    for (int i = 0; i < count; i++) {
      digits.load(random.nextInt(digits.count()));
      int left = i == 0 ? 0 : end - random.nextInt(OVERLAP + 1);
      add(digit.features(), left);
      end = left + SIDE;
      batch.target(0).setAtIndex(JAVA_INT, (long) row * MOST + i, 1 + digit.labels().getAtIndex(JAVA_INT, 0));
    }
    batch.target(1).setAtIndex(JAVA_INT, row, count);
    batch.input(1).setAtIndex(JAVA_INT, row, (end + COLUMNS - 1) / COLUMNS);
    MemorySegment.copy(strip, 0, batch.input(0), JAVA_FLOAT, 4L * row * strip.length, strip.length);
  }

  /** Column by column, as time goes. */
  private void add(MemorySegment image, int left) {
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int at = (left + x) * SIDE + y;
        strip[at] = Math.max(strip[at], image.getAtIndex(JAVA_FLOAT, y * SIDE + x));
      }
    }
  }
}
