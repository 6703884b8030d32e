package org.panagrad.data;

import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;

/** A line of an ARFF file, read from left to right. */
final class ArffLine {
  private final TextFile text;
  private final long number;
  private final String line;
  private int at;

  ArffLine(TextFile text, long number, String line) {
    this.text = text;
    this.number = number;
    this.line = line;
  }

  /** The next character that is no space; \n at the end and before a comment. */
  char peek() {
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return at == line.length() || line.charAt(at) == '%' ? '\n' : line.charAt(at);
  }

  boolean atEnd() {
    return peek() == '\n';
  }

  boolean skip(char c) {
    boolean found = peek() == c;
    if (found) {
      at++;
    }
    return found;
  }

  /** Up to a space or a brace, or quoted. */
  String word() throws DataException {
    char first = peek();
    if (first == '\'' || first == '"') {
      return quoted(first);
    }
    int start = at;
    while (at < line.length() && !Character.isWhitespace(line.charAt(at)) && line.charAt(at) != '{') {
      at++;
    }
    return line.substring(start, at);
  }

  /** Up to one of the characters or a comment, or quoted; null for a gap. */
  @Nullable
  String value(String ends) throws DataException {
    char first = peek();
    if (first == '\'' || first == '"') {
      String value = quoted(first);
      if (!atEnd() && ends.indexOf(peek()) < 0) {
        throw wrong("has '" + peek() + "' after the closing quote of \"" + value + "\": expected a comma");
      }
      return value;
    }
    int start = at;
    while (at < line.length() && ends.indexOf(line.charAt(at)) < 0 && line.charAt(at) != '%') {
      at++;
    }
    String value = line.substring(start, at).strip();
    if (value.isEmpty()) {
      throw wrong("has nothing where a value belongs: write ? for a gap");
    }
    return value.equals("?") ? null : value;
  }

  private String quoted(char quote) throws DataException {
    StringBuilder value = new StringBuilder();
    int open = at++;
    while (at < line.length() && line.charAt(at) != quote) {
      if (line.charAt(at) == '\\' && at + 1 < line.length()) {
        at++;
      }
      value.append(line.charAt(at++));
    }
    if (at == line.length()) {
      throw wrong("opens a quote at character " + (open + 1) + " that is never closed");
    }
    at++;
    return value.toString();
  }

  DataException wrong(String problem) {
    return text.wrong(number, problem);
  }
}
