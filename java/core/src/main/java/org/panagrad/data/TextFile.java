package org.panagrad.data;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeFile;

/** The characters of a UTF-8 file, every kind of line end as \n, and the line they stand in. */
final class TextFile implements AutoCloseable {
  /** Characters of a field or a line: more is a quote that is never closed, or no text at all. */
  static final int LONGEST = 1 << 20;
  private static final int END = -1, BYTE_ORDER_MARK = 0xfeff, BUFFER = 1 << 13;

  private final Path file;
  private final Reader reader;
  private final char[] buffer = new char[BUFFER];
  private int at, filled; // filled is -1 at the end
  private long line = 1;

  TextFile(Path file) throws IOException {
    SafeFile.requireFile(file);
    this.file = file;
    reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT));
    try {
      if (peek() == BYTE_ORDER_MARK) {
        at++;
      }
    } catch (IOException e) {
      reader.close();
      throw e;
    }
  }

  int peek() throws IOException {
    if (at < filled) {
      return buffer[at];
    }
    return refill() ? buffer[at] : END;
  }

  private boolean refill() throws IOException {
    try {
      at = 0;
      filled = filled == END ? END : reader.read(buffer, 0, BUFFER);
      return filled > 0;
    } catch (CharacterCodingException e) {
      throw wrong(line, "is not UTF-8 text, here or a little further on: save the file as UTF-8");
    }
  }

  /** The next character, or -1 at the end. */
  int read() throws IOException {
    int c = peek();
    if (c == END) {
      return END;
    }
    at++;
    if (c == '\r') {
      if (peek() == '\n') {
        at++;
      }
      c = '\n';
    }
    if (c == '\n') {
      line++;
    }
    return c;
  }

  /** The rest of the line without its end, or null at the end of the file. */
  @Nullable
  String readLine() throws IOException {
    if (peek() == END) {
      return null;
    }
    long start = line;
    StringBuilder text = new StringBuilder();
    for (int c = read(); c != '\n' && c != END; c = read()) {
      append(text, c, start);
    }
    return text.toString();
  }

  void append(StringBuilder text, int c, long start) throws DataException {
    if (text.length() >= LONGEST) {
      throw wrong(start, "holds more than " + LONGEST + " characters without an end: is a quote not closed?");
    }
    text.append((char) c);
  }

  /** From 1. */
  long line() {
    return line;
  }

  Path file() {
    return file;
  }

  DataException wrong(long line, String problem) {
    return new DataException(file, "line " + line + " " + problem);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
