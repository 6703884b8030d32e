package org.panagrad.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file: which tensor lies where in the data behind it.
 *
 * @param metadata the file's own key-value pairs
 * @param slots the tensors in the order of their data
 */
record SafeTensorsHeader(Map<String, String> metadata, List<Slot> slots) {
  static final int MAX_BYTES = 1 << 20;
  private static final String METADATA = "__metadata__";

  /** Where a tensor lies: bytes [begin, end) of the data. */
  record Slot(String name, List<Long> shape, long begin, long end) {}

  /** Reads a header and checks that its tensors cover the data exactly, one after the other. */
  static SafeTensorsHeader parse(byte[] header, long dataBytes) throws DataException {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Slot> slots = new ArrayList<>();
    for (Map.Entry<?, ?> member : members(parseJson(header), "the header").entrySet()) {
      String name = (String) member.getKey();
      if (name.equals(METADATA)) {
        readMetadata(members(member.getValue(), METADATA), metadata);
      } else {
        slots.add(readSlot(name, members(member.getValue(), "tensor " + Json.quote(name))));
      }
    }
    slots.sort(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end));
    checkCoverage(slots, dataBytes);
    return new SafeTensorsHeader(metadata, slots);
  }

  private static @Nullable Object parseJson(byte[] header) throws DataException {
    if (header.length == 0 || header[0] != '{') {
      throw new DataException("header: expected '{' at its first byte");
    }
    try {
      return Json.parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString());
    } catch (CharacterCodingException e) {
      throw new DataException("header: not valid UTF-8");
    } catch (DataException e) {
      throw new DataException("header: " + e.getMessage());
    }
  }

  private static void readMetadata(Map<?, ?> members, Map<String, String> metadata) throws DataException {
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String key = (String) member.getKey();
      if (!(member.getValue() instanceof String value)) {
        throw new DataException("header: the value of " + Json.quote(key) + " in " + METADATA + " is not a string");
      }
      metadata.put(key, value);
    }
  }

  private static Slot readSlot(String name, Map<?, ?> members) throws DataException {
    String tensor = " of tensor " + Json.quote(name);
    if (!(members.get("dtype") instanceof String dtype)) {
      throw new DataException("header: the dtype" + tensor + " is not there or not a string");
    }
    if (!dtype.equals("F32")) {
      throw new DataException("header: dtype " + Json.quote(dtype) + tensor + " is not supported: F32 is");
    }
    List<Long> shape = naturals(members.get("shape"), "the shape" + tensor);
    List<Long> offsets = naturals(members.get("data_offsets"), "the data_offsets" + tensor);
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw new DataException("header: the data_offsets" + tensor + " are not [begin, end]: " + brief(offsets));
    }
    return new Slot(name, shape, offsets.get(0), offsets.get(1));
  }

  private static void checkCoverage(List<Slot> slots, long dataBytes) throws DataException {
    long covered = 0;
    for (Slot slot : slots) {
      String tensor = "header: tensor " + Json.quote(slot.name);
      if (slot.begin != covered) {
        throw new DataException(tensor + " begins at byte " + slot.begin + " of the data, "
            + (slot.begin < covered ? "inside the tensor before it" : "behind a gap") + ": expected " + covered);
      }
      if (slot.end > dataBytes) {
        throw new DataException(tensor + " ends at byte " + slot.end + ", but the file has only " + dataBytes
            + " bytes of data: it was cut short, or the offsets are wrong");
      }
      checkShape(slot, tensor);
      covered = slot.end;
    }
    if (covered != dataBytes) {
      throw new DataException("header: the tensors end at byte " + covered + ", but the file has " + dataBytes
          + " bytes of data");
    }
  }

  private static void checkShape(Slot slot, String tensor) throws DataException {
    long needed;
    try {
      needed = TensorEntry.byteSize(slot.name, slot.shape);
    } catch (IllegalArgumentException e) {
      throw new DataException(tensor + ": its shape " + brief(slot.shape) + " overflows 64 bits");
    }
    if (needed != slot.end - slot.begin) {
      throw new DataException(tensor + " of shape " + brief(slot.shape) + " takes " + needed
          + " bytes, but its data_offsets hold " + (slot.end - slot.begin));
    }
  }

  private static Map<?, ?> members(@Nullable Object value, String what) throws DataException {
    if (value instanceof Map<?, ?> members) {
      return members;
    }
    throw new DataException("header: " + what + " is not a JSON object");
  }

  private static List<Long> naturals(@Nullable Object value, String what) throws DataException {
    if (!(value instanceof List<?> elements)) {
      throw new DataException("header: " + what + " is not there or not an array");
    }
    List<Long> numbers = new ArrayList<>(elements.size());
    for (Object element : elements) {
      if (!(element instanceof Long number) || number < 0) {
        throw new DataException("header: " + what + " has an element " + brief(element) + " at index "
            + numbers.size() + ": expected an integer of at least 0");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private static String brief(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  /** The header's bytes for tensors stored one after the other, padded with spaces so that the data is aligned to 8. */
  static byte[] format(Map<String, String> metadata, List<TensorEntry> tensors) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      members.put(METADATA, new TreeMap<>(metadata)); // sorted, because Map.of has another order in every JVM
    }
    long begin = 0;
    for (TensorEntry tensor : tensors) {
      long end = Math.addExact(begin, tensor.data().byteSize());
      Map<String, Object> slot = new LinkedHashMap<>();
      slot.put("dtype", "F32");
      slot.put("shape", tensor.shape());
      slot.put("data_offsets", List.of(begin, end));
      if (tensor.name().equals(METADATA) || members.put(tensor.name(), slot) != null) {
        throw new IllegalArgumentException("tensor name " + Json.quote(tensor.name()) + " is reserved or used twice");
      }
      begin = end;
    }
    return pad(Json.write(members).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] pad(byte[] json) {
    int length = (json.length + 7) & -8;
    if (length > MAX_BYTES) {
      throw new IllegalArgumentException("names, shapes and metadata take " + length + " bytes; at most " + MAX_BYTES
          + " fit a safetensors header: shorten the metadata");
    }
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }
}
