package org.panagrad.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Combinations of choices in which each pair of values of any two choices stands at least once. */
public final class Pairwise {
  private record Pair(int choice, int value, int otherChoice, int otherValue) {
  }

  private Pairwise() {
  }

  /** Greedy: a row takes, from left to right, the value that meets the most pairs not yet met. */
  public static List<int[]> of(int... counts) {
    Set<Pair> missing = new HashSet<>();
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < i; j++) {
        for (int v = 0; v < counts[i] * counts[j]; v++) {
          missing.add(new Pair(j, v % counts[j], i, v / counts[j]));
        }
      }
    }
    List<int[]> rows = new ArrayList<>();
    while (!missing.isEmpty()) {
      Pair seed = missing.iterator().next();
      int[] row = new int[counts.length];
      java.util.Arrays.fill(row, -1);
      row[seed.choice] = seed.value;
      row[seed.otherChoice] = seed.otherValue;
      for (int i = 0; i < counts.length; i++) {
        if (row[i] < 0) {
          row[i] = best(row, i, counts[i], missing);
        }
      }
      missing.removeIf(p -> row[p.choice] == p.value && row[p.otherChoice] == p.otherValue);
      rows.add(row);
    }
    return rows;
  }

  private static int best(int[] row, int choice, int count, Set<Pair> missing) {
    int best = 0;
    long most = -1;
    for (int value = 0; value < count; value++) {
      row[choice] = value;
      long met = missing.stream().filter(p -> row[p.choice] == p.value && row[p.otherChoice] == p.otherValue).count();
      if (met > most) {
        most = met;
        best = value;
      }
    }
    return best;
  }
}
