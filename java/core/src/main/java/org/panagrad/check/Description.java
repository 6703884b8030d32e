package org.panagrad.check;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A thing's name and options, as they were read from a file. Each option is asked for by its kind; whatever stands
 * there, the answer is a value or a message that names thing, option and value.
 */
public final class Description {
  private final String kind, nameKey;
  private final Map<?, ?> options;
  private final Set<Object> known;

  /**
   * Of a JSON object.
   *
   * @param kind    what it describes, as "loss"
   * @param options among them "name"
   */
  public Description(String kind, Map<?, ?> options) {
    this(kind, "name", options);
  }

  /**
   * Of a JSON object whose name stands under another key.
   *
   * @param kind    what it describes, as "layer"
   * @param nameKey the key of its name
   * @param options among them the name
   */
  public Description(String kind, String nameKey, Map<?, ?> options) {
    this.kind = kind;
    this.nameKey = nameKey;
    this.options = options;
    known = new HashSet<>(Set.of(nameKey));
  }

  /**
   * The thing's name.
   *
   * @return "null" where there is none
   */
  public String name() {
    return String.valueOf(options.get(nameKey));
  }

  /**
   * Whether an option is there.
   *
   * @param key of the option
   * @return whether it has a value
   */
  public boolean has(String key) {
    return option(key) != null;
  }

  /**
   * An option of any kind.
   *
   * @param key of the option
   * @return its value, or null
   */
  public @Nullable Object option(String key) {
    known.add(key);
    return options.get(key);
  }

  /**
   * A number.
   *
   * @param key of the option
   * @return its value
   */
  public double number(String key) {
    if (option(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "no number");
  }

  /**
   * A number, or its text, since JSON has no infinity.
   *
   * @param key of the option
   * @return its value
   */
  public double numberInWords(String key) {
    try {
      return Double.parseDouble(String.valueOf(option(key)));
    } catch (NumberFormatException e) {
      throw wrong(key, "no number");
    }
  }

  /**
   * A whole number.
   *
   * @param key of the option
   * @return its value
   */
  public long whole(String key) {
    return whole(key, option(key));
  }

  private long whole(String key, @Nullable Object value) {
    if (value instanceof Number number && number.doubleValue() == number.longValue()) {
      return number.longValue();
    }
    throw wrong(key, "no whole number");
  }

  /**
   * Whole numbers.
   *
   * @param key of the option
   * @return its values
   */
  public long[] wholes(String key) {
    return list(key).stream().mapToLong(value -> whole(key, value)).toArray();
  }

  /**
   * Yes or no.
   *
   * @param key of the option
   * @return its value
   */
  public boolean flag(String key) {
    if (option(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "neither true nor false");
  }

  /**
   * Numbers.
   *
   * @param key of the option
   * @return its values, rounded
   */
  public float[] floats(String key) {
    List<?> list = list(key);
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw wrong(key, "no list of numbers");
      }
      floats[i] = number.floatValue();
    }
    return floats;
  }

  /**
   * One of some words.
   *
   * @param key   of the option
   * @param words what it may be, in lower case
   * @param <E>   the words' type
   * @return the word
   */
  public <E extends Enum<E>> E word(String key, Class<E> words) {
    Object word = option(key);
    for (E constant : words.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    throw wrong(key, "no " + words.getSimpleName().toLowerCase(Locale.ROOT));
  }

  /**
   * A list.
   *
   * @param key of the option
   * @return its elements
   */
  public List<?> list(String key) {
    if (option(key) instanceof List<?> list) {
      return list;
    }
    throw wrong(key, "no list");
  }

  /**
   * A description within this one.
   *
   * @param key of the option
   * @return its options
   */
  public Map<?, ?> map(String key) {
    if (option(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(key, "no object");
  }

  /**
   * A description within this one, as an element of a list.
   *
   * @param key   of the list
   * @param value the element
   * @return its options
   */
  public Map<?, ?> map(String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(key, "no list of objects");
  }

  /**
   * What is wrong with an option.
   *
   * @param key     of the option
   * @param problem as "no number"
   * @return to be thrown
   */
  public IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(
        key + " of " + kind + " " + name() + " is " + options.get(key) + ": " + problem);
  }

  /**
   * Every option has been asked for.
   *
   * @throws IllegalArgumentException if there is one that nobody knows
   */
  public void requireAllKnown() {
    for (Object key : options.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(kind + " " + name() + " has no option " + key);
      }
    }
  }
}
