package org.panagrad.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small strict JSON reader and writer (RFC 8259). Objects are {@code LinkedHashMap<String, Object>} in the order of
 * the text, arrays {@code List<Object>}, numbers {@code Long} where written without fraction and exponent, else
 * {@code Double}; then strings, {@code Boolean} and null.
 *
 * <p>
 * Stricter than the RFC: a key stands once in its object, nesting goes {@value #MAX_DEPTH} deep, integers fit a long,
 * other numbers a finite double, and surrogates come in pairs.
 */
public final class Json {
  /** How deep objects and arrays may be nested. */
  public static final int MAX_DEPTH = 64;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads one JSON value.
   *
   * @param text the value, with nothing but white space around it
   * @return the value: map, list, string, {@code Long}, {@code Double}, {@code Boolean} or null
   * @throws DataException if the text is not strict JSON; the message names the character and its index, from 0
   */
  public static @Nullable Object parse(String text) throws DataException {
    Json json = new Json(text);
    Object value = json.value();
    json.peek();
    if (json.at < text.length()) {
      throw json.unexpected("the end");
    }
    return value;
  }

  /**
   * Writes a value as compact JSON; equal values with maps in equal order give equal text.
   *
   * @param value a map with string keys, iterable, string, number, {@code Boolean} or null, of such values
   * @return the text, which {@link #parse} reads back
   * @throws IllegalArgumentException if a value is of another class, is not finite, is nested deeper than
   *           {@link #MAX_DEPTH}, or is a string with an unpaired surrogate
   */
  public static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    JsonWriter.write(value, out, 0);
    return out.toString();
  }

  // Reading: recursive descent. Every method starts at its first character and ends behind its last one.

  private static final char END = '\uffff'; // a noncharacter: JSON has no use for it outside strings

  private @Nullable Object value() throws DataException {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a value");
    };
  }

  private Map<String, @Nullable Object> object() throws DataException {
    enter('{');
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    if (peek() != '}') {
      do {
        if (peek() != '"') {
          throw unexpected("a key in quotes");
        }
        int keyAt = at;
        String key = string();
        expect(':');
        Object value = value();
        if (members.containsKey(key)) {
          throw new DataException("the key " + quote(key) + " at character " + keyAt + " stands twice");
        }
        members.put(key, value);
      } while (another());
    }
    leave('}');
    return members;
  }

  private List<@Nullable Object> array() throws DataException {
    enter('[');
    List<@Nullable Object> elements = new ArrayList<>();
    if (peek() != ']') {
      do {
        elements.add(value());
      } while (another());
    }
    leave(']');
    return elements;
  }

  private void enter(char open) throws DataException {
    if (++depth > MAX_DEPTH) {
      throw new DataException("nested deeper than " + MAX_DEPTH + " at character " + at);
    }
    expect(open);
  }

  private void leave(char close) throws DataException {
    expect(close);
    depth--;
  }

  private boolean another() {
    boolean comma = peek() == ',';
    if (comma) {
      at++;
    }
    return comma;
  }

  private String string() throws DataException {
    int start = at++;
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c < ' ') {
        at--;
        throw unexpected("no control character in a string");
      }
      out.append(c == '\\' ? escape() : c);
    }
    if (hasLoneSurrogate(out)) {
      throw new DataException("the string at character " + start + " has an unpaired surrogate");
    }
    return out.toString();
  }

  private char escape() throws DataException {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
      default -> {
        at--;
        throw unexpected("an escape (one of \"\\/bfnrtu)");
      }
    };
  }

  private int hex() throws DataException {
    char c = next();
    if (c >= 128 || Character.digit(c, 16) < 0) {
      at--;
      throw unexpected("a hexadecimal digit");
    }
    return Character.digit(c, 16);
  }

  private Number number() throws DataException {
    int start = at;
    skip('-');
    if (!skip('0')) {
      digits();
    }
    int integerEnd = at;
    if (skip('.')) {
      digits();
    }
    if (skip('e') || skip('E')) {
      if (!skip('+')) {
        skip('-');
      }
      digits();
    }
    String number = text.substring(start, at);
    if (at == integerEnd) { // no conditional expression: it would turn the Long into a Double
      return integer(number, start);
    }
    return real(number, start);
  }

  private static Long integer(String number, int start) throws DataException {
    try {
      return Long.valueOf(number);
    } catch (NumberFormatException e) {
      throw new DataException("the integer at character " + start + " does not fit 64 bits: " + shorten(number));
    }
  }

  private static Double real(String number, int start) throws DataException {
    Double value = Double.valueOf(number);
    if (value.isInfinite()) {
      throw new DataException("the number at character " + start + " does not fit a double: " + shorten(number));
    }
    return value;
  }

  private void digits() throws DataException {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw unexpected("a digit");
    }
  }

  private boolean skip(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    if (there) {
      at++;
    }
    return there;
  }

  private @Nullable Object literal(String word, @Nullable Object value) throws DataException {
    if (!text.startsWith(word, at)) {
      throw unexpected(word);
    }
    at += word.length();
    return value;
  }

  /** The next character after white space, not consumed. */
  private char peek() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  /** The very next character, consumed. */
  private char next() throws DataException {
    if (at == text.length()) {
      throw unexpected("the rest of a string");
    }
    return text.charAt(at++);
  }

  private void expect(char c) throws DataException {
    if (peek() != c) {
      throw unexpected("'" + c + "'");
    }
    at++;
  }

  private DataException unexpected(String expected) {
    String found = at < text.length() ? quote(text.substring(at, Math.min(text.length(), at + 1))) : "the end";
    return new DataException("expected " + expected + " at character " + at + ", found " + found);
  }

  // Text of others in messages

  /** A string of unknown origin for a message: in quotes, short, and without anything that a terminal obeys. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    shorten(text).codePoints().forEach(c -> {
      if (c < ' ' || Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
          || Character.getType(c) == Character.SURROGATE) {
        out.append(String.format("\\u%04x", c));
      } else {
        out.appendCodePoint(c);
      }
    });
    return out.append('"').toString();
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  static boolean hasLoneSurrogate(CharSequence text) {
    return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
