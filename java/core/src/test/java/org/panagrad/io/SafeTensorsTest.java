package org.panagrad.io;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static final TensorEntry WEIGHT = TensorEntry.of("w", MemorySegment.ofArray(new float[]{1, -2, 3, -0f, 5, 6}),
      2,
      3);
  private static final TensorEntry BIAS = TensorEntry.of("b\u00e9\"", MemorySegment.ofArray(new float[]{0.5f}), 1);

  @TempDir
  Path folder;

  private Path valid() throws IOException {
    Path file = folder.resolve("valid");
    SafeTensors.write(file, Map.of("format", "pt", "a", "1"), List.of(WEIGHT, BIAS));
    return file;
  }

  /** A file of any header and so many bytes of data. */
  private Path file(byte[] header, long length, int dataBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    return Files.write(folder.resolve("f"), bytes.putLong(length).put(header).array());
  }

  private Path file(String header, int dataBytes) throws IOException {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    return file(bytes, bytes.length, dataBytes);
  }

  private static String refusal(Path file) throws IOException {
    try (Arena arena = new BoundedArena(Files.size(file))) {
      return assertThrows(DataException.class, () -> SafeTensors.read(file, arena)).getMessage();
    }
  }

  private static void assertContains(String expected, String message) {
    assertTrue(message.contains(expected), () -> "expected <" + expected + "> in <" + message + ">");
  }

  @Test
  void theBytesAreThoseOfTheSpecification() throws Exception {
    byte[] bytes = Files.readAllBytes(valid());
    String header = "{\"__metadata__\":{\"a\":\"1\",\"format\":\"pt\"},"
        + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
        + "\"b\u00e9\\\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}";
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) file.getLong();
    assertEquals(0, length % 8);
    assertEquals(header, new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing());
    file.position(8 + length);
    for (float value : new float[]{1, -2, 3, -0f, 5, 6, 0.5f}) {
      assertEquals(Float.floatToRawIntBits(value), file.getInt());
    }
    assertEquals(0, file.remaining());
  }

  @Test
  void whatIsReadAndWrittenAgainHasTheSameBytes() throws Exception {
    Path again = folder.resolve("again");
    try (Arena arena = new BoundedArena(28)) {
      SafeTensors read = SafeTensors.read(valid(), arena);
      assertEquals(Map.of("a", "1", "format", "pt"), read.metadata());
      assertEquals(List.of("w", "b\u00e9\""), read.names());
      assertEquals(List.of(2L, 3L), read.tensor("w").shape());
      assertArrayEquals(new float[]{1, -2, 3, -0f, 5, 6}, read.tensor("w").data().toArray(JAVA_FLOAT));
      SafeTensors.write(again, read.metadata(), read.tensors());
    }
    assertArrayEquals(Files.readAllBytes(valid()), Files.readAllBytes(again));
  }

  @Test
  void tensorsLongerThanAChunkAndEmptyOnesComeBack() throws Exception {
    float[] values = new float[100_003];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.5f;
    }
    Path file = folder.resolve("long");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_FLOAT, values);
      SafeTensors.write(file, Map.of(), List.of(TensorEntry.of("none", MemorySegment.ofArray(new float[0]), 3, 0),
          TensorEntry.of("scalar", MemorySegment.ofArray(new float[]{7})),
          TensorEntry.of("long", data, values.length)));
      SafeTensors read = SafeTensors.read(file, arena);
      assertArrayEquals(values, read.tensor("long").data().toArray(JAVA_FLOAT));
      assertEquals(List.of(), read.tensor("scalar").shape());
      assertEquals(List.of(3L, 0L), read.tensor("none").shape());
    }
  }

  @Test
  void readsAHeaderInAnyOrderAndAnEmptyFile() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors read = SafeTensors.read(file("""
          {"b":{"shape":[1],"data_offsets":[4,8],"dtype":"F32"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}\s\
          """, 8), arena);
      assertEquals(List.of("a", "b"), read.names());
      assertEquals(List.of(), SafeTensors.read(file("{}", 0), arena).names());
    }
  }

  @Test
  void namesAMissingTensor() throws Exception {
    Path file = valid();
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors read = SafeTensors.read(file, arena);
      assertEquals(file + ": there is no tensor \"x\" among its 2: \"w\", \"b\u00e9\\u0022\"".replace("\\u0022", "\""),
          assertThrows(DataException.class, () -> read.tensor("x")).getMessage());
    }
  }

  @Test
  void refusesAFileCutAtEveryByte() throws Exception {
    byte[] bytes = Files.readAllBytes(valid());
    Path cut = folder.resolve("cut");
    for (int length = 0; length < bytes.length; length++) {
      Mutations.rewrite(cut, Arrays.copyOf(bytes, length));
      String message = refusal(cut);
      assertContains(cut.toString(), message);
      assertContains("cut short", message);
    }
  }

  @Test
  void refusesTrailingBytes() throws Exception {
    byte[] bytes = Files.readAllBytes(valid());
    Path file = Files.write(folder.resolve("f"), Arrays.copyOf(bytes, bytes.length + 1));
    assertContains("header: the tensors end at byte 28, but the file has 29 bytes of data", refusal(file));
  }

  @ParameterizedTest
  @CsvSource({"-1, 18446744073709551615", "-9223372036854775808, 9223372036854775808",
      "9223372036854775807, 9223372036854775807", "1048577, 1048577", "3, 3"})
  void refusesAHeaderLengthThatLies(long length, String shown) throws Exception {
    assertContains("header length " + shown + " at byte 0: at most 1048576 is allowed, and 2 bytes follow",
        refusal(file("{}".getBytes(), length, 0)));
  }

  @Test
  void refusesAHeaderBeyondTheCapEvenWhereTheFileHasIt() throws Exception {
    assertContains("header length 1048577", refusal(file("{}" + " ".repeat((1 << 20) - 1), 0)));
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(List.of(), SafeTensors.read(file("{}" + " ".repeat((1 << 20) - 2), 0), arena).names());
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "0,4 | 8,12 | tensor \"b\" begins at byte 8 of the data, behind a gap: expected 4",
      "4,8 | 8,12 | tensor \"a\" begins at byte 4 of the data, behind a gap: expected 0",
      "0,4 | 0,4 | tensor \"b\" begins at byte 0 of the data, inside the tensor before it: expected 4",
      "0,4 | 3,7 | tensor \"b\" begins at byte 3 of the data, inside the tensor before it: expected 4",
      "0,4 | 4,12 | tensor \"b\" of shape [1] takes 4 bytes, but its data_offsets hold 8",
      "0,4 | 4,16 | tensor \"b\" ends at byte 16, but the file has only 12 bytes of data",
      "0,4 | 4,9223372036854775807 | tensor \"b\" ends at byte 9223372036854775807, but the file has only 12",
      "0,4 | 4,9223372036854775808 | the integer at character 103 does not fit 64 bits",
      "0,4 | 4,8 | the tensors end at byte 8, but the file has 12 bytes of data",
      "0,4 | -4,0 | the data_offsets of tensor \"b\" has an element -4 at index 0: expected an integer of at least 0",
      "0,4 | 8,4 | the data_offsets of tensor \"b\" are not [begin, end]: [8, 4]",
      "0,4 | 4 | the data_offsets of tensor \"b\" are not [begin, end]: [4]",
      "0,4 | 4,8,12 | the data_offsets of tensor \"b\" are not [begin, end]",
      "0,4 | 4,8.0 | the data_offsets of tensor \"b\" has an element 8.0 at index 1",
      "0,4 | 4,null | the data_offsets of tensor \"b\" has an element null at index 1"})
  void refusesOffsetsThatDoNotCoverTheData(String a, String b, String expected) throws Exception {
    String form = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%s]},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%s]}}";
    assertContains(expected, refusal(file(form.formatted(a, b), 12)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "[2] | tensor \"t\" of shape [2] takes 8 bytes, but its data_offsets hold 4",
      "[0] | tensor \"t\" of shape [0] takes 0 bytes, but its data_offsets hold 4",
      "[-1] | the shape of tensor \"t\" has an element -1 at index 0",
      "[1.0] | the shape of tensor \"t\" has an element 1.0 at index 0",
      "[\"1\"] | the shape of tensor \"t\" has an element 1 at index 0",
      "1 | the shape of tensor \"t\" is not there or not an array",
      "[4611686018427387905] | its shape [4611686018427387905] overflows 64 bits",
      "[4294967296,4294967296] | its shape [4294967296, 4294967296] overflows 64 bits",
      "[65536,65536,65536,65536,1] | overflows 64 bits",
      "[2305843009213693952] | overflows 64 bits"})
  void refusesShapesThatDoNotFit(String shape, String expected) throws Exception {
    assertContains(expected,
        refusal(file("{\"t\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,4]}}", 4)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "[] | expected '{' at its first byte",
      "` {}` | expected '{' at its first byte",
      "`` | expected '{' at its first byte",
      "{}{} | expected the end at character 2",
      "{\"t\":1} | tensor \"t\" is not a JSON object",
      "{\"t\":{}} | the dtype of tensor \"t\" is not there or not a string",
      "{\"t\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}} "
          + "| dtype \"BF16\" of tensor \"t\" is not supported: F32 is",
      "{\"t\":{\"dtype\":\"X\",\"shape\":[2],\"data_offsets\":[0,4]}} "
          + "| dtype \"X\" of tensor \"t\" is not supported: F32 is",
      "{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}} | the shape of tensor \"t\" is not there or not an array",
      "{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}} | the data_offsets of tensor \"t\" is not there or not an array",
      "{\"__metadata__\":[]} | __metadata__ is not a JSON object",
      "{\"__metadata__\":{\"a\":1}} | the value of \"a\" in __metadata__ is not a string",
      "{\"__metadata__\":{},\"__metadata__\":{}} | the key \"__metadata__\" at character 19 stands twice",
      "{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}} | the key \"dtype\" at character 20 stands twice"})
  void refusesHeadersThatSaySomethingElse(String header, String expected) throws Exception {
    String message = refusal(file(header, 4));
    assertContains(expected, message);
    assertContains(folder.resolve("f") + ": no valid safetensors file: header: ", message);
  }

  @Test
  void refusesDuplicateTensorsDeepNestingAndBadUtf8() throws Exception {
    String tensor = "\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    assertContains("the key \"t\" at character 54 stands twice", refusal(file("{" + tensor + "," + tensor + "}", 4)));
    assertContains("nested deeper than 64 at character ", refusal(file("{\"t\":" + "[".repeat(500_000), 0)));
    byte[] badUtf8 = "{\"?\":1}".getBytes();
    for (int bad : new int[]{0x80, 0xff, 0xc0, 0xe2}) {
      badUtf8[2] = (byte) bad;
      assertContains("header: not valid UTF-8", refusal(file(badUtf8, badUtf8.length, 0)));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesValuesThatAreNotFinite(float value) throws Exception {
    Path file = folder.resolve("f");
    SafeTensors.write(file, Map.of(),
        List.of(WEIGHT, TensorEntry.of("t", MemorySegment.ofArray(new float[]{1, value}), 2)));
    assertContains("value " + value + " at index 1 of tensor \"t\": expected a finite number", refusal(file));
  }

  @Test
  void refusesWhatIsNoFile() {
    try (Arena arena = Arena.ofConfined()) {
      assertContains("is not a regular file",
          assertThrows(DataException.class, () -> SafeTensors.read(folder, arena)).getMessage());
      assertContains("none: there is no such file",
          assertThrows(DataException.class, () -> SafeTensors.read(folder.resolve("none"), arena)).getMessage());
    }
  }

  @Test
  void randomDamageToAFileIsRefusedOrHarmless() throws Exception {
    Path file = folder.resolve("f");
    int refused = Mutations.run("safetensors", Files.readAllBytes(valid()), 5000, damaged -> {
      Mutations.rewrite(file, damaged);
      try (Arena arena = new BoundedArena(damaged.length)) {
        SafeTensors.read(file, arena);
      }
    });
    assertTrue(refused > 2000, () -> "only " + refused + " refused");
  }

  /** Without the file system, which is the slow part, many more. */
  @Test
  void randomDamageToAHeaderIsRefusedOrHarmless() {
    byte[] header = SafeTensorsHeader.format(Map.of("format", "pt"), List.of(WEIGHT, BIAS));
    int refused = Mutations.run("safetensors header", header, 20_000, damaged -> SafeTensorsHeader.parse(damaged, 28));
    assertTrue(refused > 10_000, () -> "only " + refused + " refused");
  }

  @Test
  void refusesToWriteWhatItWouldNotRead() throws Exception {
    Path file = valid();
    byte[] before = Files.readAllBytes(file);
    TensorEntry reserved = TensorEntry.of("__metadata__", MemorySegment.ofArray(new float[1]), 1);
    for (List<TensorEntry> tensors : List.of(List.of(WEIGHT, WEIGHT), List.of(reserved))) {
      assertContains("is reserved or used twice", assertThrows(IllegalArgumentException.class,
          () -> SafeTensors.write(file, Map.of("a", "b"), tensors)).getMessage());
    }
    assertContains("at most 1048576 fit a safetensors header", assertThrows(IllegalArgumentException.class,
        () -> SafeTensors.write(file, Map.of("a", "x".repeat(1 << 20)), List.of())).getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void aFailedWriteKeepsTheOldFileAndLeavesNothingBeside() throws Exception {
    Path file = valid();
    byte[] before = Files.readAllBytes(file);
    Arena closed = Arena.ofConfined();
    TensorEntry dead = TensorEntry.of("dead", closed.allocate(8), 2);
    closed.close();
    assertThrows(IllegalStateException.class, () -> SafeTensors.write(file, Map.of(), List.of(WEIGHT, dead)));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void anEntryChecksItsShape() {
    MemorySegment two = MemorySegment.ofArray(new float[2]);
    assertEquals("tensor \"t\" of shape [3] takes 12 bytes, but its data has 8",
        assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("t", two, 3)).getMessage());
    assertEquals("shape [2, -1] of tensor \"t\" is negative at dimension 1",
        assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("t", two, 2, -1)).getMessage());
    assertEquals("shape [1, 9223372036854775807] of tensor \"t\" is beyond 64 bits at dimension 1",
        assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("t", two, 1, Long.MAX_VALUE)).getMessage());
  }

  @Test
  void equalContentGivesEqualBytesWhateverTheMap() throws Exception {
    Map<String, String> other = new LinkedHashMap<>();
    other.put("format", "pt");
    other.put("a", "1");
    Path file = folder.resolve("other");
    SafeTensors.write(file, other, List.of(WEIGHT, BIAS));
    assertArrayEquals(Files.readAllBytes(valid()), Files.readAllBytes(file));
  }
}
