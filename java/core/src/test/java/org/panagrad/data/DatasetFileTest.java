package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.io.DataException;
import org.panagrad.io.Mutations;

class DatasetFileTest {
  private static final List<Column> COLUMNS = List.of(Column.input("x", 3), Column.tokens("t", 2, 9),
      Column.labels("k", 1, 4), Column.weight("w"));

  @TempDir
  private Path folder;

  private Path write(String name, int samples) throws IOException {
    Path file = folder.resolve(name);
    DatasetFile.write(file, COLUMNS, body -> {
      float[] x = new float[3], w = new float[1];
      int[] t = new int[2], k = new int[1];
      MemorySegment[] sample = {MemorySegment.ofArray(x), MemorySegment.ofArray(t), MemorySegment.ofArray(k),
          MemorySegment.ofArray(w)};
      for (int i = 0; i < samples; i++) {
        x[0] = i;
        x[2] = -(float) i;
        t[1] = i % 9;
        k[0] = i % 4;
        w[0] = i / 2f;
        body.add(sample);
      }
    });
    return file;
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    Path file = write("f", 100_000); // more than the writer's buffer
    DatasetFile.verify(file);
    assertEquals(4096 + 28 * 100_000, Files.size(file));
    try (Dataset dataset = DatasetFile.open(file)) {
      assertEquals(100_000, dataset.size());
      assertEquals(COLUMNS, dataset.columns());
      Dataset some = dataset.select(99_999, 0, 12_345);
      assertArrayEquals(new float[]{99_999, 0, -99_999, 0, 0, -0f, 12_345, 0, -12_345},
          ArrayDatasetTest.floats(some, 0));
      assertArrayEquals(new int[]{0, 0, 0, 0, 0, 6}, ArrayDatasetTest.ints(some, 1));
      assertArrayEquals(new int[]{3, 0, 1}, ArrayDatasetTest.ints(some, 2));
      Path copy = folder.resolve("copy");
      DatasetFile.write(copy, dataset);
      assertEquals(-1, Files.mismatch(file, copy));
    }
    try (Dataset none = DatasetFile.open(write("none", 0))) {
      assertEquals(0, none.size());
    }
    DatasetFile.verify(folder.resolve("none"));
  }

  @Test
  void nothingIsLeftOfAFileThatFailed() {
    Path file = folder.resolve("f");
    List<Column> columns = List.of(Column.input("x", 1), Column.labels("k", 1, 2));
    assertEquals(file + ": is not written: k of sample 1 is 2: expected 0 to 1; correct it, or say that there are more "
        + "classes", assertThrows(DataException.class, () -> DatasetFile.write(file, columns, body -> {
          body.add(MemorySegment.ofArray(new float[1]), MemorySegment.ofArray(new int[]{1}));
          body.add(MemorySegment.ofArray(new float[1]), MemorySegment.ofArray(new int[]{2}));
        })).getMessage());
    assertThrows(DataException.class, () -> DatasetFile.write(file, columns,
        body -> body.add(MemorySegment.ofArray(new float[]{Float.NaN}), MemorySegment.ofArray(new int[1]))));
    assertThrows(IllegalArgumentException.class,
        () -> DatasetFile.write(file, columns, body -> body.add(MemorySegment.ofArray(new float[1]))));
    assertThrows(IndexOutOfBoundsException.class, () -> DatasetFile.write(file, columns,
        body -> body.add(MemorySegment.ofArray(new float[0]), MemorySegment.ofArray(new int[1]))));
    assertThrows(IllegalArgumentException.class,
        () -> DatasetFile.write(file, columns, body -> body.add(new Batch(COLUMNS, 1).size(1))));
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void cutAndDamagedFilesAreRefused() throws IOException {
    Path file = write("f", 10);
    byte[] valid = Files.readAllBytes(file);
    for (int length = 0; length < valid.length; length += 13) {
      Mutations.rewrite(file, Arrays.copyOf(valid, length));
      assertThrows(DataException.class, () -> DatasetFile.open(file), "length " + length);
    }
    Mutations.rewrite(file, Arrays.copyOf(valid, valid.length - 1));
    assertEquals(file + ": has 4375 bytes: expected 4376, for 10 samples of 28 bytes; was it cut short?",
        assertThrows(DataException.class, () -> DatasetFile.open(file)).getMessage());
    byte[] damaged = valid.clone();
    damaged[valid.length - 1] ^= 1;
    Mutations.rewrite(file, damaged);
    DatasetFile.open(file).close();
    assertTrue(assertThrows(DataException.class, () -> DatasetFile.verify(file)).getMessage()
        .contains(": is damaged: its samples have the sum 0x"));
    Mutations.run("dataset file", Arrays.copyOf(valid, 320), 500, bytes -> {
      byte[] all = valid.clone();
      System.arraycopy(bytes, 0, all, 0, Math.min(bytes.length, 320));
      DatasetFile.open(Mutations.rewrite(file, all)).close();
    });
    for (int i = 0; i < 300; i++) { // the fixed part and the columns' JSON
      byte[] flipped = valid.clone();
      flipped[i] ^= 4;
      Mutations.rewrite(file, flipped);
      assertThrows(DataException.class, () -> DatasetFile.open(file), "byte " + i);
    }
  }

  @Test
  void batchesAreThoseOfMemory() throws IOException {
    float[] features = new float[2000];
    int[] labels = new int[1000];
    for (int i = 0; i < 1000; i++) {
      features[2 * i] = i;
      labels[i] = i % 7;
    }
    Path file = folder.resolve("f");
    try (Dataset memory = ArrayDataset.of(features, labels, 7)) {
      DatasetFile.write(file, memory);
      try (Dataset mapped = DatasetFile.open(file)) {
        Batches expected = new Batches(memory, 64), actual = new Batches(mapped, 64);
        expected.shuffle(1, 2);
        actual.shuffle(1, 2);
        for (int i = 0; i < expected.count(); i++) {
          for (int column = 0; column < 2; column++) {
            assertEquals(-1, expected.load(i).column(column).mismatch(actual.load(i).column(column)));
          }
        }
      }
    }
  }

  /** Takes 2.3 GB of disk for some seconds. */
  @Tag("acceptance")
  @Test
  void filesMayBeLargerThan2GiB() throws IOException {
    Path file = folder.resolve("large");
    int samples = 2200, elements = 1 << 18;
    float[] x = new float[elements];
    DatasetFile.write(file, List.of(Column.input("x", elements)), body -> {
      for (int i = 0; i < samples; i++) {
        x[elements - 1] = i;
        body.add(MemorySegment.ofArray(x));
      }
    });
    assertTrue(Files.size(file) > 1L << 31);
    try (Dataset dataset = DatasetFile.open(file)) {
      dataset.loadSample(samples - 1, 0, MemorySegment.ofArray(x));
      assertEquals(samples - 1, x[elements - 1]);
    }
  }
}
