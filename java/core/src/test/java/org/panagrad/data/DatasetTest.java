package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.panagrad.Allocation;

class DatasetTest {
  /** Four images of 1x2, of three classes. */
  private final ImageDataset images = ImageDataset.of(1, 2, 3, new byte[]{0, 1, 2, 3, 127, (byte) 128, (byte) 254, -1},
      new byte[]{0, 2, 1, 2});

  private final MemorySegment features = MemorySegment.ofArray(new float[6]);
  private final MemorySegment labels = MemorySegment.ofArray(new int[3]);

  @AfterEach
  void close() {
    images.close();
  }

  @Test
  void gathersRowsInTheOrderAsked() {
    try (Arena arena = Arena.ofConfined()) {
      for (MemorySegment target : new MemorySegment[]{features, arena.allocate(24, 4)}) {
        images.load(new int[]{9, 3, 0, 3, 9}, 1, 3, target, labels);
        assertArrayEquals(new float[]{254 / 255f, 1, 0, 1 / 255f, 254 / 255f, 1}, target.toArray(JAVA_FLOAT));
        assertArrayEquals(new int[]{2, 0, 2}, labels.toArray(JAVA_INT));
      }
    }
  }

  @Test
  void everyByteIsDividedBy255() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    float[] floats = new float[256];
    try (ImageDataset bytes = ImageDataset.of(16, 16, 1, all, new byte[1])) {
      bytes.load(new int[1], 0, 1, MemorySegment.ofArray(floats), labels);
    }
    for (int i = 0; i < 256; i++) {
      assertEquals(i / 255f, floats[i]);
    }
  }

  @Test
  void viewsShareTheData() {
    Dataset general = new DatasetView(images, 1, 4);
    for (Dataset view : new Dataset[]{images.slice(1, 4), general, general.slice(0, 3),
        images.slice(0, 4).slice(1, 4)}) {
      assertEquals(3, view.size());
      assertEquals(2, view.features());
      assertEquals(3, view.classes());
      view.load(new int[]{2, 0}, 0, 2, features, labels);
      assertEquals(254 / 255f, features.getAtIndex(JAVA_FLOAT, 0));
      assertEquals(2 / 255f, features.getAtIndex(JAVA_FLOAT, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> view.loadSample(3, 0, features, labels));
      assertThrows(IndexOutOfBoundsException.class, () -> view.loadSample(-1, 0, features, labels));
      assertEquals(1, view.limit(1).size());
      assertEquals(3, view.limit(100).size());
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(0, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> view.limit(-1));
      view.close();
    }
    assertEquals(1, images.slice(2, 3).label(0));
  }

  @Test
  void refusesWhatDoesNotFitAndWritesNothing() {
    assertEquals("order[1] is 4: expected a sample, 0 to 3", refusal(new int[]{1, 4}, 0, 2));
    assertEquals("order[0] is -1: expected a sample, 0 to 3", refusal(new int[]{-1}, 0, 1));
    assertEquals("the segment for image has 24 bytes; the batch needs 32", refusal(new int[4], 0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> images.load(new int[2], 1, 2, features, labels));
    assertEquals("the segment for label has 4 bytes; the batch needs 8", assertThrows(IndexOutOfBoundsException.class,
        () -> images.load(new int[2], 0, 2, features, MemorySegment.ofArray(new int[1]))).getMessage());
    assertArrayEquals(new float[6], features.toArray(JAVA_FLOAT));
  }

  private String refusal(int[] order, int from, int count) {
    return assertThrows(IndexOutOfBoundsException.class, () -> images.load(order, from, count, features, labels))
        .getMessage();
  }

  @Test
  void aClosedDataSetSaysSo() {
    Dataset view = images.limit(2);
    images.close();
    images.close();
    for (Dataset closed : new Dataset[]{images, view}) {
      String message = assertThrows(IllegalStateException.class, () -> closed.load(new int[1], 0, 1, features, labels))
          .getMessage();
      assertEquals("this data set of " + closed.size() + " images is closed: load from it before closing it", message);
    }
  }

  @Test
  void anyThreadMayRead() throws Exception {
    Thread thread = Thread.ofPlatform().start(() -> images.load(new int[]{1}, 0, 1, features, labels));
    thread.join();
    assertEquals(3 / 255f, features.getAtIndex(JAVA_FLOAT, 1));
  }

  @Test
  void checksItsArrays() {
    byte[] four = new byte[4];
    assertEquals("4 pixels are not 2 images (one per label) of 1x3", assertThrows(IllegalArgumentException.class,
        () -> ImageDataset.of(1, 3, 2, four, new byte[2])).getMessage());
    assertEquals("label 2 at index 1: expected a class, 0 to 1", assertThrows(IllegalArgumentException.class,
        () -> ImageDataset.of(1, 2, 2, four, new byte[]{1, 2})).getMessage());
    assertEquals("label 255 at index 0: expected a class, 0 to 1", assertThrows(IllegalArgumentException.class,
        () -> ImageDataset.of(1, 4, 2, four, new byte[]{-1})).getMessage());
    assertThrows(IllegalArgumentException.class, () -> ImageDataset.of(0, 2, 2, new byte[0], new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> ImageDataset.of(1, 2, 257, new byte[0], new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> ImageDataset.of(1 << 16, 1 << 16, 2, new byte[0], new byte[0]));
  }

  @Tag("allocation")
  @Test
  void loadingAllocatesNothing() {
    int[] order = {3, 2, 1};
    MemorySegment[] columns = {features, labels};
    Dataset view = new DatasetView(images, 0, 4);
    Allocation.requireNone("loads", () -> view.load(order, 0, 3, columns));
  }
}
