package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where each column stands in a sample whose columns lie one after the other. */
final class RecordLayout {
  private final List<Column> columns;
  private final long[] offsets, sizes;
  private final long bytes;

  RecordLayout(List<Column> columns) {
    this.columns = List.copyOf(columns);
    offsets = new long[columns.size()];
    sizes = new long[columns.size()];
    Set<String> names = new HashSet<>();
    boolean hasInput = false;
    long end = 0;
    for (int i = 0; i < offsets.length; i++) {
      Column column = columns.get(i);
      if (!names.add(column.name())) {
        throw new IllegalArgumentException("two columns are named " + column.name() + ": give each its own name");
      }
      hasInput |= column.role() == Column.Role.INPUT;
      offsets[i] = end;
      sizes[i] = 4L * column.elements();
      end += sizes[i];
    }
    if (!hasInput) {
      throw new IllegalArgumentException("there is no input among the columns " + columns + ": a network reads one");
    }
    bytes = end;
  }

  List<Column> columns() {
    return columns;
  }

  /** Of a sample. */
  long bytes() {
    return bytes;
  }

  long offset(int column) {
    return offsets[column];
  }

  /** Copies a sample into a row of a batch. */
  void load(MemorySegment from, long at, int row, MemorySegment[] batch) {
    for (int i = 0; i < offsets.length; i++) {
      MemorySegment.copy(from, at + offsets[i], batch[i], row * sizes[i], sizes[i]);
    }
  }

  /** Copies a row of a batch to where a sample begins. */
  void store(MemorySegment[] batch, long row, MemorySegment to, long at) {
    for (int i = 0; i < offsets.length; i++) {
      MemorySegment.copy(batch[i], row * sizes[i], to, at + offsets[i], sizes[i]);
    }
  }

  /** What is wrong with the sample that begins there, with place, value and remedy; null where nothing is. */
  @Nullable
  String problem(MemorySegment memory, long at, long sample) {
    for (int i = 0; i < offsets.length; i++) {
      Column column = columns.get(i);
      for (int e = 0; e < column.elements(); e++) {
        long place = at + offsets[i] + 4L * e;
        String problem = column.isInt()
            ? problem(column, memory.get(JAVA_INT, place))
            : problem(column, memory.get(JAVA_FLOAT, place));
        if (problem != null) {
          return column.name() + " of sample " + sample + (column.elements() > 1 ? ", element " + e + "," : "") + " is "
              + problem;
        }
      }
    }
    return null;
  }

  private static @Nullable String problem(Column column, int value) {
    return column.classes() == 0 || value >= 0 && value < column.classes()
        ? null
        : value + ": expected 0 to " + (column.classes() - 1) + "; correct it, or say that there are more classes";
  }

  private static @Nullable String problem(Column column, float value) {
    if (!Float.isFinite(value)) {
      return value + ": expected a finite number; fill in what is missing, or leave the sample out";
    }
    return column.role() == Column.Role.WEIGHT && value < 0
        ? value + ": expected 0 or more; 0 leaves the sample out of the loss"
        : null;
  }
}
