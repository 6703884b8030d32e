package org.panagrad.examples;

import java.util.List;
import org.panagrad.data.Table;

/** Rows of a table as an array, for programs that change the targets beside them. */
final class TableRows {
  private TableRows() {}

  /** All columns but the target; they hold numbers. */
  static float[][] features(Table table, String target) {
    List<String> names = table.without(target).names();
    float[][] features = new float[table.rows()][names.size()];
    for (int row = 0; row < features.length; row++) {
      for (int k = 0; k < names.size(); k++) {
        features[row][k] = table.number(row, names.get(k));
      }
    }
    return features;
  }
}
