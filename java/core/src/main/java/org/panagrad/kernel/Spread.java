package org.panagrad.kernel;

/** What an operand of {@link MapKernels#combine} holds of a matrix. Numbered as in panagrad.h. */
public enum Spread {
  /** Every element: rows x columns. */
  FULL,
  /** A number for each row: element (r, c) is number r. */
  PER_ROW,
  /** A number for each column: element (r, c) is number c. */
  PER_COLUMN,
  /** One number for all. */
  SCALAR;

  /** Whether elements follow each other the same way across the end of a row. */
  boolean isEven() {
    return this == FULL || this == SCALAR;
  }

  /** Where element (row, column) stands. */
  long index(long row, long column, long columns) {
    return switch (this) {
      case FULL -> row * columns + column;
      case PER_ROW -> row;
      case PER_COLUMN -> column;
      case SCALAR -> 0;
    };
  }

  /** Numbers that an operand of so many rows holds; rows * columns can be counted. */
  long length(long rows, long columns) {
    return switch (this) {
      case FULL -> rows * columns;
      case PER_ROW -> rows;
      case PER_COLUMN -> columns;
      case SCALAR -> 1;
    };
  }
}
