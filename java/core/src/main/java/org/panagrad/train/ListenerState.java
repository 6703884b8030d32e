package org.panagrad.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a listener puts into a checkpoint, and finds there again. */
public final class ListenerState {
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, float[]> arrays = new LinkedHashMap<>();

  ListenerState() {
  }

  /**
   * Keeps a text.
   *
   * @param key  unique in this listener
   * @param text any
   */
  public void put(String key, String text) {
    texts.put(key, text);
  }

  /**
   * Keeps a number, to the bit.
   *
   * @param key    unique in this listener
   * @param number any
   */
  public void put(String key, double number) {
    texts.put(key, Double.toHexString(number));
  }

  /**
   * Keeps an array.
   *
   * @param key   unique in this listener
   * @param array finite numbers, at least one
   */
  public void put(String key, float[] array) {
    arrays.put(key, array);
  }

  /**
   * A text that was kept.
   *
   * @param key of it
   * @return null where there is none
   */
  public @Nullable String text(String key) {
    return texts.get(key);
  }

  /**
   * A number that was kept.
   *
   * @param key of it
   * @return the number
   * @throws IllegalArgumentException if there is none
   */
  public double number(String key) {
    String text = texts.get(key);
    if (text == null) {
      throw new IllegalArgumentException("the checkpoint holds no " + key + " of the listener");
    }
    return Double.parseDouble(text);
  }

  /**
   * An array that was kept.
   *
   * @param key of it
   * @return null where there is none
   */
  public float @Nullable [] array(String key) {
    return arrays.get(key);
  }

  Map<String, String> texts() {
    return texts;
  }

  Map<String, float[]> arrays() {
    return arrays;
  }
}
