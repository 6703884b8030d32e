package org.panagrad.data;

import java.util.Arrays;
import org.panagrad.kernel.Philox;

/** Which rows go where, by chance: a function of seed and count alone. */
final class RowChoice {
  /** Apart from the streams of initial values and of the batches' order. */
  private static final long STREAM = 3L << 61;

  private RowChoice() {}

  /** Fisher and Yates. */
  static int[] permutation(int count, long seed) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = Philox.below(seed, STREAM, i, i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Two parts, each in ascending order. */
  static int[][] split(int count, double fraction, long seed) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("the fraction to train on is " + fraction + ": expected 0 to 1");
    }
    int[] order = permutation(count, seed);
    int cut = (int) Math.round(fraction * count);
    int[] first = Arrays.copyOfRange(order, 0, cut), second = Arrays.copyOfRange(order, cut, count);
    Arrays.sort(first);
    Arrays.sort(second);
    return new int[][]{first, second};
  }

  /**
   * The fold of each row, 0 to folds: the rows of each label in a random order are dealt out, going on where the label
   * before stopped, so that folds differ by at most one row, in all and of each label.
   */
  static int[] folds(int[] labels, int classes, int folds, long seed) {
    if (folds < 2 || folds > labels.length) {
      throw new IllegalArgumentException(folds + " folds of " + labels.length + " rows: expected 2 to the rows");
    }
    int[] order = permutation(labels.length, seed), fold = new int[labels.length];
    int next = 0;
    for (int label = 0; label < classes; label++) {
      for (int row : order) {
        if (labels[row] == label) {
          fold[row] = next++ % folds;
        }
      }
    }
    return fold;
  }
}
