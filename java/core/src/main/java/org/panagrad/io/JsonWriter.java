package org.panagrad.io;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The writing half of {@link Json}. */
final class JsonWriter {
  private JsonWriter() {}

  static void write(@Nullable Object value, StringBuilder out, int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new IllegalArgumentException("nested deeper than " + Json.MAX_DEPTH + ", or containing itself");
    }
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b);
      case String s -> string(s, out);
      case Long n -> out.append(n);
      case Integer n -> out.append(n);
      case Short n -> out.append(n);
      case Byte n -> out.append(n);
      case Double x -> real(x, x.toString(), out);
      case Float x -> real(x, x.toString(), out);
      case Map<?, ?> map -> object(map, out, depth);
      case Iterable<?> list -> array(list, out, depth);
      default -> throw new IllegalArgumentException("JSON has no form for a " + value.getClass().getName());
    }
  }

  private static void object(Map<?, ?> map, StringBuilder out, int depth) {
    char separator = '{';
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof String key)) {
        throw new IllegalArgumentException("JSON keys are strings, not " + member.getKey());
      }
      out.append(separator);
      string(key, out);
      out.append(':');
      write(member.getValue(), out, depth + 1);
      separator = ',';
    }
    out.append(map.isEmpty() ? "{}" : "}");
  }

  private static void array(Iterable<?> list, StringBuilder out, int depth) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      write(element, out, depth + 1);
      separator = ",";
    }
    out.append(']');
  }

  private static void real(double value, String text, StringBuilder out) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no form for " + value);
    }
    out.append(text);
  }

  private static void string(String text, StringBuilder out) {
    if (Json.hasLoneSurrogate(text)) {
      throw new IllegalArgumentException("unpaired surrogate in " + Json.quote(text));
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
