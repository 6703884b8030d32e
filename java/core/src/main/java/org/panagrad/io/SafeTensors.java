package org.panagrad.io;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named float tensors in a file of the <a href="https://github.com/huggingface/safetensors">safetensors</a> format: 8
 * bytes with the length of the header (little-endian), the header in JSON, then the tensors' values (little-endian).
 */
public final class SafeTensors {
  private static final int CHUNK = 1 << 16;
  private static final ValueLayout.OfFloat STORED = JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final Map<String, String> metadata;
  private final Map<String, TensorEntry> tensors;

  private SafeTensors(Path file, Map<String, String> metadata, Map<String, TensorEntry> tensors) {
    this.file = file;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Writes a file, wholly or not at all ({@link SafeFile#write}). Equal arguments give equal bytes: tensors stand in
   * the order given, metadata in the order of its keys.
   *
   * @param file the file to create or replace; its directory must exist
   * @param metadata free text by key
   * @param tensors the tensors, with names that differ
   * @throws IOException if the file cannot be written; one that was there before is kept
   * @throws IllegalArgumentException if two names are equal or the header would take more than 1 MiB
   */
  public static void write(Path file, Map<String, String> metadata, List<TensorEntry> tensors) throws IOException {
    byte[] header = SafeTensorsHeader.format(metadata, tensors);
    SafeFile.write(file, channel -> {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
      writeFully(channel, length);
      writeFully(channel, ByteBuffer.wrap(header));
      byte[] chunk = new byte[CHUNK];
      for (TensorEntry tensor : tensors) {
        writeFloats(channel, tensor.data(), chunk);
      }
    });
  }

  private static void writeFloats(FileChannel channel, MemorySegment data, byte[] chunk) throws IOException {
    MemorySegment stored = MemorySegment.ofArray(chunk);
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, data.byteSize() - at);
      MemorySegment.copy(data, JAVA_FLOAT_UNALIGNED, at, stored, STORED, 0, count / Float.BYTES);
      writeFully(channel, ByteBuffer.wrap(chunk, 0, count));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads a whole file. The values are copied, because a mapped file that somebody truncates would crash a kernel.
   * Nothing is allocated from the arena before the header is known to describe the file's bytes exactly.
   *
   * @param file the file
   * @param arena owns the tensors' values: as many bytes as the file has data
   * @return metadata and tensors
   * @throws DataException if the file is no such file, is cut short, has offsets that leave gaps, overlap or exceed it,
   *           has another dtype than F32, or holds a value that is not finite
   * @throws IOException if reading fails
   */
  public static SafeTensors read(Path file, Arena arena) throws IOException {
    SafeFile.requireFile(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] headerBytes = readHeader(channel, file);
      long dataBytes = channel.size() - channel.position();
      SafeTensorsHeader header = parse(headerBytes, dataBytes, file);
      MemorySegment data = arena.allocate(dataBytes, 64);
      readFloats(channel, data, file);
      Map<String, TensorEntry> tensors = new LinkedHashMap<>();
      for (SafeTensorsHeader.Slot slot : header.slots()) {
        MemorySegment values = data.asSlice(slot.begin(), slot.end() - slot.begin());
        requireFinite(values, slot.name(), file);
        tensors.put(slot.name(), new TensorEntry(slot.name(), slot.shape(), values));
      }
      return new SafeTensors(file, header.metadata(), tensors);
    }
  }

  private static byte[] readHeader(FileChannel channel, Path file) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, prefix, file);
    long length = prefix.getLong(0);
    long rest = channel.size() - Long.BYTES;
    if (length < 0 || length > SafeTensorsHeader.MAX_BYTES || length > rest) {
      throw new DataException(file, "header length " + Long.toUnsignedString(length) + " at byte 0: at most "
          + SafeTensorsHeader.MAX_BYTES + " is allowed, and " + rest
          + " bytes follow; cut short, or no safetensors file");
    }
    byte[] header = new byte[(int) length];
    readFully(channel, ByteBuffer.wrap(header), file);
    return header;
  }

  private static SafeTensorsHeader parse(byte[] header, long dataBytes, Path file) throws DataException {
    try {
      return SafeTensorsHeader.parse(header, dataBytes);
    } catch (DataException e) {
      throw new DataException(file, "no valid safetensors file", e);
    }
  }

  private static void readFloats(FileChannel channel, MemorySegment data, Path file) throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK, data.byteSize())];
    MemorySegment stored = MemorySegment.ofArray(chunk);
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, data.byteSize() - at);
      readFully(channel, ByteBuffer.wrap(chunk, 0, count), file);
      MemorySegment.copy(stored, STORED, 0, data, JAVA_FLOAT_UNALIGNED, at, count / Float.BYTES);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer bytes, Path file) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new DataException(file, "cut short: it ends at byte " + channel.position() + ", where "
            + bytes.remaining() + " more are needed");
      }
    }
  }

  private static void requireFinite(MemorySegment values, String name, Path file) throws DataException {
    long count = values.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (!Float.isFinite(value)) {
        throw new DataException(file, "value " + value + " at index " + i + " of tensor " + Json.quote(name)
            + ": expected a finite number");
      }
    }
  }

  /**
   * The file's own key-value pairs.
   *
   * @return an unmodifiable map in the file's order
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * The names of the tensors.
   *
   * @return an unmodifiable list in the order of the data
   */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /**
   * All tensors.
   *
   * @return an unmodifiable list in the order of the data
   */
  public List<TensorEntry> tensors() {
    return List.copyOf(tensors.values());
  }

  /**
   * One tensor.
   *
   * @param name its name
   * @return the tensor; its values live as long as the arena given to {@link #read}
   * @throws DataException if the file has no tensor of that name
   */
  public TensorEntry tensor(String name) throws DataException {
    TensorEntry tensor = tensors.get(name);
    if (tensor == null) {
      List<String> known = new ArrayList<>();
      tensors.keySet().stream().limit(20).map(Json::quote).forEach(known::add);
      throw new DataException(file, "there is no tensor " + Json.quote(name) + " among its " + tensors.size() + ": "
          + String.join(", ", known) + (tensors.size() > 20 ? ", ..." : ""));
    }
    return tensor;
  }
}
