package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void readsEveryKindOfValue() throws Exception {
    Map<?, ?> map = (Map<?, ?>) Json.parse(" {\"b\" : [1, -2.5e1, true,false ,null,\"x\"], \"a\":{}, \"c\":[]}\n");
    assertEquals(List.of("b", "a", "c"), List.copyOf(map.keySet()));
    List<?> list = (List<?>) map.get("b");
    assertEquals(List.of(1L, -25.0, true, false), list.subList(0, 4));
    assertNull(list.get(4));
    assertEquals("x", list.get(5));
    assertEquals(Map.of(), map.get("a"));
    assertEquals(List.of(), map.get("c"));
  }

  @Test
  void readsEscapesAndUnicode() throws Exception {
    assertEquals("\"\\/\b\f\n\r\tA\u00e9\ud83d\ude00\ud83d\ude00\uffff",
        Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\\ud83d\\ude00\ud83d\ude00\uffff\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "9223372036854775807", "-9223372036854775808", "1.5", "1.0E10", "-0.0", "4.9E-324",
      "true", "null", "\"a\\\"\\\\\\n\\u0001\u00e9\ud83d\ude00\"", "[]", "{}", "[1,[2,{\"a\":[]}]]",
      "{\"b\":1,\"a\":{\"c\":null}}"})
  void writesWhatItReads(String text) throws Exception {
    assertEquals(text, Json.write(Json.parse(text)));
  }

  @Test
  void writesTheNumbersOfJava() {
    assertEquals("[1,2,3,4,0.1,0.1]", Json.write(List.of((byte) 1, (short) 2, 3, 4L, 0.1f, 0.1)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "`` | expected a value at character 0, found the end",
      "{ | expected a key in quotes at character 1, found the end",
      "{1:2} | expected a key in quotes at character 1, found \"1\"",
      "{\"a\" 1} | expected ':' at character 5, found \"1\"",
      "{\"a\":1,} | expected a key in quotes at character 7, found \"}\"",
      "{\"a\":1 \"b\":2} | expected '}' at character 7",
      "[1 2] | expected ']' at character 3, found \"2\"",
      "[1,] | expected a value at character 3, found \"]\"",
      "[1}|expected ']' at character 2, found \"}\"",
      "{} x | expected the end at character 3, found \"x\"",
      "{}\uffff | expected the end at character 2",
      "01 | expected the end at character 1",
      "+1 | expected a value at character 0",
      "- | expected a digit at character 1, found the end",
      "1. | expected a digit at character 2",
      "1e+ | expected a digit at character 3",
      ".5 | expected a value",
      "NaN | expected a value at character 0, found \"N\"",
      "tru | expected true at character 0",
      "'a' | expected a value",
      "\"a | expected the rest of a string at character 2, found the end",
      "\"\\x\" | expected an escape (one of \"\\/bfnrtu) at character 2, found \"x\"",
      "\"\\u12g4\" | expected a hexadecimal digit at character 5, found \"g\"",
      "\"\\u\uff11234\" | expected a hexadecimal digit at character 3",
      "\"\u0007\" | expected no control character in a string at character 1, found \"\\u0007\"",
      "[\"\\ud800\"] | the string at character 1 has an unpaired surrogate",
      "{\"a\":1, \"a\":2} | the key \"a\" at character 8 stands twice",
      "{\"a\":1, \"\\u0061\":2} | the key \"a\" at character 8 stands twice",
      "9223372036854775808 | the integer at character 0 does not fit 64 bits: 9223372036854775808",
      "[1e999] | the number at character 1 does not fit a double: 1e999"})
  void refuses(String text, String message) {
    String found = assertThrows(DataException.class, () -> Json.parse(text)).getMessage();
    assertTrue(found.startsWith(message), found);
  }

  @Test
  void nestingHasALimit() throws Exception {
    String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
    assertEquals(deepest, Json.write(Json.parse(deepest)));
    for (String open : List.of("[", "{\"a\":")) {
      String message = assertThrows(DataException.class, () -> Json.parse(open.repeat(1_000_000))).getMessage();
      assertTrue(message.startsWith("nested deeper than 64 at character " + 64 * open.length()), message);
    }
  }

  @Test
  void refusesToWriteWhatJsonCannotSay() {
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    for (Object value : List.of(Double.NaN, Float.POSITIVE_INFINITY, new Object(), "\udc00", Map.of(1, 2), itself)) {
      assertThrows(IllegalArgumentException.class, () -> Json.write(value));
    }
  }

  @Test
  void quotedTextIsShortAndHarmless() {
    assertEquals("\"a\\u001b[31m\\u202e\"", Json.quote("a\u001b[31m\u202e"));
    assertEquals(85, Json.quote("x".repeat(1000)).length());
  }

  @Test
  void keepsTheOrderOfMaps() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", 1);
    map.put("a", 2);
    assertEquals("{\"z\":1,\"a\":2}", Json.write(map));
  }
}
