package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Philox;

/**
 * A digit on each canvas of 64x64, anywhere, half as large as it was to half as large again. Its box is what it covers, its
 * corners as shares of the canvas. Scenes are drawn when they are loaded: which one a sample is depends on its index and
 * the seed.
 *
 * @param digits what is drawn, from its first sample to its last, and again
 * @param times  scenes of each digit
 * @param seed   of sizes and places
 */
record Scenes(Dataset digits, int times, long seed) implements Dataset {
  static final int SIDE = 64;
  private static final int SMALLEST = 14, LARGEST = 42;
  private static final float INK = 0.5f;
  private static final List<Column> COLUMNS = List.of(Column.input("scene", SIDE * SIDE),
      Column.labels("digit", 1, Digits.CLASSES), Column.numbers("box", 4));

  @Override
  public int size() {
    return Math.multiplyExact(times, digits.size());
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment... columns) {
    float[] digit = new float[Digits.PIXELS];
    digits.loadSample(sample % digits.size(), 0, MemorySegment.ofArray(digit), columns[1].asSlice(4L * row, 4));
    int size = SMALLEST + Philox.below(seed, sample, 0, LARGEST - SMALLEST + 1);
    int left = Philox.below(seed, sample, 1, SIDE - size + 1), top = Philox.below(seed, sample, 2, SIDE - size + 1);
    MemorySegment canvas = columns[0].asSlice(4L * row * SIDE * SIDE, 4L * SIDE * SIDE).fill((byte) 0);
    int x1 = SIDE, y1 = SIDE, x2 = 0, y2 = 0;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        float brightness = at(digit, (x + 0.5f) * Digits.SIDE / size - 0.5f, (y + 0.5f) * Digits.SIDE / size - 0.5f);
        canvas.setAtIndex(JAVA_FLOAT, (top + y) * SIDE + left + x, brightness);
        if (brightness > INK) {
          x1 = Math.min(x1, left + x);
          y1 = Math.min(y1, top + y);
          x2 = Math.max(x2, left + x + 1);
          y2 = Math.max(y2, top + y + 1);
        }
      }
    }
    float[] box = {x1, y1, x2, y2};
    for (int i = 0; i < 4; i++) {
      columns[2].setAtIndex(JAVA_FLOAT, 4L * row + i, box[i] / SIDE);
    }
  }

  /** Between four pixels, by how near each is. */
  private static float at(float[] digit, float x, float y) {
    float inX = Math.clamp(x, 0, Digits.SIDE - 1.001f), inY = Math.clamp(y, 0, Digits.SIDE - 1.001f);
    int i = (int) inY * Digits.SIDE + (int) inX;
    float right = inX - (int) inX, down = inY - (int) inY;
    return (1 - down) * ((1 - right) * digit[i] + right * digit[i + 1])
        + down * ((1 - right) * digit[i + Digits.SIDE] + right * digit[i + Digits.SIDE + 1]);
  }

  @Override
  public void close() {
  }
}
