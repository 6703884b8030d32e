package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.panagrad.data.Batch;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;

/** Networks and data that the tests of training share. */
public final class Networks {
  private Networks() {
  }

  /** The README's network: 93,322 parameters. */
  public static Sequential digits() {
    return Sequential.of(Input.image(28, 28, 1), Conv2D.of(32, 3).relu(), MaxPool2D.of(2), Conv2D.of(64, 3).relu(),
        MaxPool2D.of(2), Conv2D.of(64, 3).relu(), Flatten.of(), Dense.of(64).relu(), Dense.of(10));
  }

  /** Every kind of layer, and little to compute; 6x5x2 to 3. */
  public static Sequential small() {
    return Sequential.of(Input.image(6, 5, 2), Conv2D.of(3, 3).padding(1).relu(), MaxPool2D.of(2), Flatten.of(),
        Dense.of(4).relu(), Dense.of(3));
  }

  /** Numbers in [-1, 1) and labels from a seed. */
  public static Samples random(int size, int features, int classes, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[size][features];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < features; j++) {
        rows[i][j] = 2 * random.nextFloat() - 1;
      }
      labels[i] = random.nextInt(classes);
    }
    return new Samples(rows, labels, classes);
  }

  /** One step of one's own loop. */
  static double step(Model model, Batch batch) {
    model.forward(batch);
    double loss = model.loss(batch);
    model.backward();
    model.step();
    return loss;
  }

  /** A dataset in arrays. Labels are not checked: a test may want a wrong one. */
  public record Samples(float[][] rows, int[] labels, List<Column> columns) implements Dataset {
    Samples(float[][] rows, int[] labels, int classes) {
      this(rows, labels, List.of(Column.input("features", rows[0].length), Column.labels("label", 1, classes)));
    }

    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public void loadSample(int sample, int row, MemorySegment... columns) {
      MemorySegment.copy(rows[sample], 0, columns[0], JAVA_FLOAT, 4L * row * features(), features());
      columns[1].setAtIndex(JAVA_INT, row, labels[sample]);
    }

    @Override
    public void close() {
    }
  }
}
