package org.panagrad.bench.golden;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Where inputs come from. Predictions are odd multiples of 1/128 and targets odd multiples of 1/64, so that their
 * difference is never 0; the shape 1 x 10 has floats of all 24 bits instead.
 */
interface Draw {
  Values draw(Random random, int rows, int columns);

  /** An input by name; their order is that of the draws. */
  static Map<String, Draw> inputs(String name, Draw draw) {
    return new LinkedHashMap<>(Map.of(name, draw));
  }

  static Map<String, Draw> inputs(String name, Draw draw, String name2, Draw draw2) {
    Map<String, Draw> inputs = inputs(name, draw);
    inputs.put(name2, draw2);
    return inputs;
  }

  static Map<String, Draw> inputs(String name, Draw draw, String name2, Draw draw2, String name3, Draw draw3) {
    Map<String, Draw> inputs = inputs(name, draw, name2, draw2);
    inputs.put(name3, draw3);
    return inputs;
  }

  static Map<String, Draw> inputs(String name, Draw draw, String name2, Draw draw2, String name3, Draw draw3,
      String name4, Draw draw4) {
    Map<String, Draw> inputs = inputs(name, draw, name2, draw2, name3, draw3);
    inputs.put(name4, draw4);
    return inputs;
  }

  /** (-4, 4). */
  static Values prediction(Random random, int rows, int columns) {
    return between(-4, 4, 512, random, rows, columns);
  }

  /** (-4, 4), and never a prediction. */
  static Values target(Random random, int rows, int columns) {
    return between(-4, 4, 256, random, rows, columns);
  }

  /** (-4, 4), and neither a prediction nor a target. */
  static Values other(Random random, int rows, int columns) {
    return between(-4, 4, 128, random, rows, columns);
  }

  /** (0, 4). */
  static Values positive(Random random, int rows, int columns) {
    return between(0, 4, 256, random, rows, columns);
  }

  /** (0, 4), and never what {@link #positive} gives. */
  static Values positiveTarget(Random random, int rows, int columns) {
    return between(0, 4, 128, random, rows, columns);
  }

  /** (0, 1). */
  static Values probability(Random random, int rows, int columns) {
    return between(0, 1, 128, random, rows, columns);
  }

  /** (0, 1), and never what {@link #probability} gives. */
  static Values softTarget(Random random, int rows, int columns) {
    return between(0, 1, 32, random, rows, columns);
  }

  /** 0 or 1. */
  static Values binary(Random random, int rows, int columns) {
    return fill(rows, columns, () -> random.nextInt(2));
  }

  /** -1 or 1. */
  static Values signs(Random random, int rows, int columns) {
    return fill(rows, columns, () -> 2 * random.nextInt(2) - 1);
  }

  /** 0 to 5. */
  static Values counts(Random random, int rows, int columns) {
    return fill(rows, columns, () -> random.nextInt(6));
  }

  /** Rows of multiples of 1/64 that add up to 1, zeros among them. */
  static Values distribution(Random random, int rows, int columns) {
    double[] x = new double[rows * columns];
    for (int i = 0; i < 64 * rows; i++) {
      x[i / 64 * columns + random.nextInt(columns)] += 1.0 / 64;
    }
    return new Values(x, rows, columns);
  }

  /** Logarithms of softmax, rounded: the rows add up to nearly 1. */
  static Values logProbabilities(Random random, int rows, int columns) {
    double[] x = prediction(random, rows, columns).numbers().clone();
    for (int row = 0; row < rows; row++) {
      double sum = Arrays.stream(x, row * columns, (row + 1) * columns).map(Math::exp).sum();
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        x[i] = isDense(rows, columns) ? (float) (x[i] - Math.log(sum)) : Math.rint(256 * (x[i] - Math.log(sum))) / 256;
      }
    }
    return new Values(x, rows, columns);
  }

  /** One of the columns for each row. */
  static Values labels(Random random, int rows, int columns) {
    return new Values(random.ints(rows, 0, columns).asDoubleStream().toArray(), true, rows);
  }

  /** The same with every other label the one to ignore; the first, 0, is kept. */
  static Draw labelsIgnoring(int ignored) {
    return (random, rows, columns) -> {
      double[] x = labels(random, rows, columns).numbers();
      for (int i = 1; i < rows; i += 2) {
        x[i] = ignored;
      }
      x[0] = 0;
      return new Values(x, true, rows);
    };
  }

  /** 0 or 1 for each row. */
  static Values rowBinary(Random random, int rows, int columns) {
    return new Values(binary(random, rows, 1).numbers(), rows);
  }

  /** -1 or 1 for each row. */
  static Values rowSigns(Random random, int rows, int columns) {
    return new Values(signs(random, rows, 1).numbers(), rows);
  }

  /** Multiples of 1/8 in (0, 2] for each row. */
  static Values rowWeights(Random random, int rows, int columns) {
    return new Values(weights(random, rows, 1).numbers(), rows);
  }

  /** Multiples of 1/8 in (0, 2] for each column. */
  static Values columnWeights(Random random, int rows, int columns) {
    return new Values(weights(random, 1, columns).numbers(), columns);
  }

  /** Multiples of 1/8 in (0, 2] for each element. */
  static Values weights(Random random, int rows, int columns) {
    return fill(rows, columns, () -> (1 + random.nextInt(16)) / 8.0);
  }

  /** Boxes x1, y1, x2, y2 with x1 < x2, y1 < y2; about half of them meet those of {@link #targetBoxes}. */
  static Values boxes(Random random, int rows, int columns) {
    return boxesOn(128, random, rows);
  }

  /** Boxes that share no coordinate with {@link #boxes}. */
  static Values targetBoxes(Random random, int rows, int columns) {
    return boxesOn(64, random, rows);
  }

  /** These numbers. */
  static Draw numbers(double... x) {
    return (random, rows, columns) -> new Values(x, rows, columns);
  }

  /** These numbers, one for each row or column. */
  static Draw vector(double... x) {
    return (random, rows, columns) -> new Values(x, x.length);
  }

  /** These integers. */
  static Draw integers(int... x) {
    return (random, rows, columns) -> new Values(Arrays.stream(x).asDoubleStream().toArray(), true, x.length);
  }

  private static boolean isDense(int rows, int columns) {
    return rows == 1 && columns == 10;
  }

  /** The middles of that many equal parts, a power of two of them; or any floats. */
  private static Values between(double low, double high, int parts, Random random, int rows, int columns) {
    double width = high - low;
    return fill(rows, columns, isDense(rows, columns)
        ? () -> (float) (low + width * random.nextDouble())
        : () -> low + width * (2 * random.nextInt(parts) + 1) / (2 * parts));
  }

  private static Values boxesOn(int unit, Random random, int rows) {
    double[] x = new double[4 * rows];
    for (int i = 0; i < x.length; i++) {
      boolean corner = i % 4 < 2; // odd multiples of 1 / unit; widths and heights are even ones
      x[i] = corner
          ? (2 * random.nextInt(unit) + 1) / (double) unit
          : x[i - 2] + 2 * (unit / 8 + random.nextInt(unit)) / (double) unit;
    }
    return new Values(x, rows, 4);
  }

  private static Values fill(int rows, int columns, DoubleSupplier next) {
    double[] x = new double[rows * columns];
    Arrays.setAll(x, i -> next.getAsDouble());
    return new Values(x, rows, columns);
  }
}
