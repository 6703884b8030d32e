package org.panagrad.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.panagrad.check.Description;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.io.SafeFile;

/**
 * Datasets in a file of their own, for more samples than memory holds. They are written one by one, and read by mapping
 * the file: any sample can be had at any time, so that shuffling and resuming are what they are in memory, and the
 * system keeps in memory what it has room for.
 *
 * <p>A file has a header of 4096 bytes or a multiple of it, and the samples one after the other, each with its columns
 * in order, 4 bytes an element, little-endian. The header holds 8 bytes "PANADATA", the number of samples and the
 * CRC-32C of all of them (64 bits each), the length of the columns' JSON and the CRC-32C of all this (32 bits each),
 * then the JSON.
 *
 * <p>A file must not be changed while it is open as a dataset.
 */
public final class DatasetFile {
  private static final byte[] MAGIC = "PANADATA".getBytes(StandardCharsets.US_ASCII);
  private static final int FIXED = 32, PAGE = 4096, LONGEST_HEADER = 1 << 24, BUFFER = 1 << 20;

  private DatasetFile() {}

  /** Writes samples. */
  @FunctionalInterface
  public interface Body {
    /**
     * Adds all samples.
     *
     * @param samples takes them
     * @throws IOException if there is something wrong; no file is left then
     */
    void writeTo(Samples samples) throws IOException;
  }

  /** Takes samples, one after the other. */
  public static final class Samples {
    private final Path file;
    private final RecordLayout layout;
    private final FileChannel channel;
    private final MemorySegment buffer;
    private final ByteBuffer bytes;
    private final CRC32C sum = new CRC32C();
    private long used;
    private int count;

    private Samples(Path file, RecordLayout layout, FileChannel channel, Arena arena) {
      this.file = file;
      this.layout = layout;
      this.channel = channel;
      // whole samples
      buffer = arena.allocate(Math.max(layout.bytes(), BUFFER - BUFFER % layout.bytes()), 64);
      bytes = buffer.asByteBuffer();
    }

    /**
     * Adds a sample.
     *
     * @param columns for each column its floats or ints, on the heap or off it
     * @throws DataException             if a number is not finite, a label or token no class, or a weight negative
     * @throws IOException               if writing fails
     * @throws IllegalArgumentException  if there are fewer segments than columns
     * @throws IndexOutOfBoundsException if a segment is too short
     */
    public void add(MemorySegment... columns) throws IOException {
      addRow(columns, 0);
    }

    /**
     * Adds the samples of a batch.
     *
     * @param batch with the same columns
     * @throws DataException            as {@link #add(MemorySegment...)}
     * @throws IOException              if writing fails
     * @throws IllegalArgumentException if its columns are others
     */
    public void add(Batch batch) throws IOException {
      if (!batch.columns().equals(layout.columns())) {
        throw new IllegalArgumentException(
            "the batch has the columns " + batch.columns() + ", the file " + layout.columns());
      }
      MemorySegment[] columns = new MemorySegment[batch.columns().size()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = batch.column(i);
      }
      for (int row = 0; row < batch.size(); row++) {
        addRow(columns, row);
      }
    }

    private void addRow(MemorySegment[] columns, int row) throws IOException {
      if (columns.length < layout.columns().size()) {
        throw new IllegalArgumentException(columns.length + " segments for the columns " + layout.columns());
      }
      if (count == Integer.MAX_VALUE) {
        throw new DataException(file, "would hold more than 2^31 - 1 samples");
      }
      if (used + layout.bytes() > buffer.byteSize()) {
        flush();
      }
      layout.store(columns, row, buffer, used);
      String problem = layout.problem(buffer, used, count);
      if (problem != null) {
        throw new DataException(file, "is not written: " + problem);
      }
      used += layout.bytes();
      count++;
    }

    private void flush() throws IOException {
      bytes.limit((int) used).position(0);
      sum.update(bytes.duplicate());
      writeFully(channel, bytes);
      used = 0;
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Writes a file, wholly or not at all: see {@link SafeFile#write}.
   *
   * @param file    to be written
   * @param columns of each sample
   * @param body    adds the samples
   * @throws DataException            if a sample holds what no dataset may
   * @throws IOException              if writing fails
   * @throws IllegalArgumentException if the columns are not those of a dataset
   */
  public static void write(Path file, List<Column> columns, Body body) throws IOException {
    requireLittleEndian();
    RecordLayout layout = new RecordLayout(columns);
    if (layout.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a sample of " + layout.bytes() + " bytes: expected less than 2^31");
    }
    byte[] json = Json.write(Map.of("columns", columns.stream().map(DatasetFile::describe).toList()))
        .getBytes(StandardCharsets.UTF_8);
    if (json.length > LONGEST_HEADER - FIXED) {
      throw new IllegalArgumentException("the columns' names are too long for a header");
    }
    SafeFile.write(file, channel -> {
      try (Arena arena = Arena.ofConfined()) {
        channel.position(headerBytes(json.length));
        Samples samples = new Samples(file, layout, channel, arena);
        body.writeTo(samples);
        samples.flush();
        channel.position(0);
        writeFully(channel, header(json, samples.count, samples.sum.getValue()));
      }
    });
  }

  /**
   * Writes all samples of a dataset.
   *
   * @param file    to be written
   * @param dataset to be copied
   * @throws IOException as {@link #write(Path, List, Body)}
   */
  public static void write(Path file, Dataset dataset) throws IOException {
    write(file, dataset.columns(), samples -> {
      if (dataset.size() > 0) {
        for (Batch batch : new Batches(dataset, 64)) {
          samples.add(batch);
        }
      }
    });
  }

  /**
   * Maps a file. Header and length are checked; the samples are not read, for which there is {@link #verify}.
   *
   * @param file to be read
   * @return its dataset; close it
   * @throws DataException if it is no such file, damaged, too short or too long
   * @throws IOException   if reading fails
   */
  public static Dataset open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      Header header = Header.read(file);
      MemorySegment records = header.map(file, arena);
      return new RecordDataset(arena, header.layout, records, header.samples);
    } catch (Throwable failure) {
      arena.close();
      throw failure;
    }
  }

  /**
   * Reads a whole file and compares its sum, to be sure that nothing was damaged since it was written.
   *
   * @param file to be read
   * @throws DataException if it is no such file, or damaged
   * @throws IOException   if reading fails
   */
  public static void verify(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Header header = Header.read(file);
      MemorySegment records = header.map(file, arena);
      CRC32C sum = new CRC32C();
      for (long at = 0; at < records.byteSize(); at += BUFFER) {
        sum.update(records.asSlice(at, Math.min(BUFFER, records.byteSize() - at)).asByteBuffer());
      }
      if (sum.getValue() != header.sum) {
        throw new DataException(file, String.format(
            "is damaged: its samples have the sum 0x%08x, but 0x%08x is written: write it again", sum.getValue(),
            header.sum));
      }
    }
  }

  private record Header(RecordLayout layout, int samples, long sum, long bytes) {
    static Header read(Path file) throws IOException {
      requireLittleEndian();
      SafeFile.requireFile(file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer fixed = read(file, channel, 0, FIXED);
        byte[] magic = new byte[MAGIC.length];
        fixed.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
          throw new DataException(file, "is no dataset file: its first 8 bytes are not PANADATA");
        }
        long samples = fixed.getLong(), sum = fixed.getLong();
        int length = fixed.getInt(), headerSum = fixed.getInt();
        if (length < 0 || length > LONGEST_HEADER - FIXED || samples < 0 || samples > Integer.MAX_VALUE) {
          throw new DataException(file, "is damaged: its header says that it holds " + samples
              + " samples, and that its columns are described in " + length + " bytes");
        }
        byte[] json = read(file, channel, FIXED, length).array();
        if (headerSum != sumOf(fixed, json)) {
          throw new DataException(file, "is damaged: its header has not the sum that is written in it");
        }
        Header header = new Header(layout(file, json), (int) samples, sum, headerBytes(length));
        long expected = header.bytes + samples * header.layout.bytes();
        if (channel.size() != expected) {
          throw new DataException(file, "has " + channel.size() + " bytes: expected " + expected + ", for " + samples
              + " samples of " + header.layout.bytes() + " bytes; was it cut short?");
        }
        return header;
      }
    }

    private static ByteBuffer read(Path file, FileChannel channel, long at, int count) throws IOException {
      if (at + count > channel.size()) {
        throw new DataException(file, "is cut short: it has " + channel.size() + " bytes, its header more");
      }
      ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, at + bytes.position()) < 0) {
          throw new DataException(file, "was cut short while it was read");
        }
      }
      return bytes.flip();
    }

    private static RecordLayout layout(Path file, byte[] json) throws DataException {
      try {
        List<Column> columns = new ArrayList<>();
        Description header = new Description("dataset file",
            (Map<?, ?>) Json.parse(new String(json, StandardCharsets.UTF_8)));
        for (Object column : header.list("columns")) {
          columns.add(column(new Description("column", header.map("columns", column))));
        }
        return new RecordLayout(columns);
      } catch (IllegalArgumentException | ArithmeticException | ClassCastException | DataException e) {
        throw new DataException(file, "has a header that describes no columns", e);
      }
    }

    MemorySegment map(Path file, Arena arena) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(FileChannel.MapMode.READ_ONLY, bytes, samples * layout.bytes(), arena);
      }
    }
  }

  private static Map<String, Object> describe(Column column) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", column.name());
    map.put("role", column.role().name().toLowerCase(Locale.ROOT));
    map.put("int", column.isInt());
    map.put("elements", column.elements());
    map.put("classes", column.classes());
    return map;
  }

  private static Column column(Description column) {
    return new Column(column.name(), column.word("role", Column.Role.class), column.flag("int"),
        Math.toIntExact(column.whole("elements")), Math.toIntExact(column.whole("classes")));
  }

  /** Whole pages, so that samples begin where a mapping can. */
  private static long headerBytes(int json) {
    return (FIXED + json + PAGE - 1L) / PAGE * PAGE;
  }

  private static ByteBuffer header(byte[] json, long samples, long sum) {
    ByteBuffer header = ByteBuffer.allocate((int) headerBytes(json.length)).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putLong(samples).putLong(sum).putInt(json.length);
    header.putInt(sumOf(header, json)).put(json);
    return header.rewind();
  }

  /** Of all before the sum, and of the columns. */
  private static int sumOf(ByteBuffer header, byte[] json) {
    CRC32C sum = new CRC32C();
    sum.update(header.array(), 0, FIXED - 4);
    sum.update(json);
    return (int) sum.getValue();
  }

  /** Samples are mapped as they stand, and the processor must read them so. */
  private static void requireLittleEndian() {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("dataset files are little-endian, this processor is not");
    }
  }
}
