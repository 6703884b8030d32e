package org.panagrad.data;

import java.io.IOException;
import java.util.List;

/**
 * Cuts a text into records of fields, quoted as RFC 4180 has it. Blank lines are left out; unquoted fields are
 * stripped.
 */
final class CsvRecords {
  private static final int MOST_FIELDS = 1 << 16;

  private final TextFile text;
  private final char separator;
  private final StringBuilder field = new StringBuilder();
  private long line;

  CsvRecords(TextFile text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** Reads the next record into the list, or returns false at the end. */
  boolean next(List<String> fields) throws IOException {
    while (text.peek() == '\n' || text.peek() == '\r') {
      text.read();
    }
    fields.clear();
    line = text.line();
    if (text.peek() < 0) {
      return false;
    }
    int end = separator;
    while (end == separator) {
      if (fields.size() == MOST_FIELDS) {
        throw text.wrong(line, "has more than " + MOST_FIELDS + " values");
      }
      end = readField(fields);
    }
    return true;
  }

  /** Where the record began. */
  long line() {
    return line;
  }

  /** Returns what ended the field: a separator, \n or -1. */
  private int readField(List<String> fields) throws IOException {
    field.setLength(0);
    int c = text.read();
    while (c == ' ' || c == '\t' && separator != '\t') {
      c = text.read();
    }
    if (c == '"') {
      c = readQuoted(fields);
      fields.add(field.toString());
      return c;
    }
    while (c != separator && c != '\n' && c >= 0) {
      if (c == '"') {
        throw text.wrong(line, "has a quote within value " + (fields.size() + 1)
            + ", which does not begin with one: quote the whole value and double the quotes in it");
      }
      text.append(field, c, line);
      c = text.read();
    }
    fields.add(field.toString().strip());
    return c;
  }

  private int readQuoted(List<String> fields) throws IOException {
    while (true) {
      int c = text.read();
      if (c < 0) {
        throw text.wrong(line, "opens a quote in value " + (fields.size() + 1) + " that is never closed");
      }
      if (c == '"') {
        c = text.read();
        if (c != '"') {
          return endOfQuoted(c, fields.size() + 1);
        }
      }
      text.append(field, c, line);
    }
  }

  private int endOfQuoted(int c, int number) throws IOException {
    while (c == ' ' || c == '\t' && separator != '\t') {
      c = text.read();
    }
    if (c != separator && c != '\n' && c >= 0) {
      throw text.wrong(line, "has '" + (char) c + "' after the closing quote of value " + number
          + ": expected a separator; a quote within quotes is doubled");
    }
    return c;
  }
}
