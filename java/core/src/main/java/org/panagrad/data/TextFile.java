package org.panagrad.data;

import java.io.BufferedReader;
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
  private static final int END = -1, NOTHING = -2, BYTE_ORDER_MARK = 0xfeff;

  private final Path file;
  private final Reader reader;
  private int next = NOTHING;
  private long line = 1;

  TextFile(Path file) throws IOException {
    SafeFile.requireFile(file);
    this.file = file;
    reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)));
    try {
      if (peek() == BYTE_ORDER_MARK) {
        next = NOTHING;
      }
    } catch (IOException e) {
      reader.close();
      throw e;
    }
  }

  int peek() throws IOException {
    if (next == NOTHING) {
      next = readOne();
    }
    return next;
  }

  /** The next character, or -1 at the end. */
  int read() throws IOException {
    int c = peek();
    if (c == END) {
      return END;
    }
    next = NOTHING;
    if (c == '\r') {
      if (peek() == '\n') {
        next = NOTHING;
      }
      c = '\n';
    }
    if (c == '\n') {
      line++;
    }
    return c;
  }

  private int readOne() throws IOException {
    try {
      return reader.read();
    } catch (CharacterCodingException e) {
      throw wrong(line, "is not UTF-8 text, here or a little further on: save the file as UTF-8");
    }
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
