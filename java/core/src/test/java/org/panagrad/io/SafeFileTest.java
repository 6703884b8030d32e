package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeFileTest {
  @TempDir
  Path folder;

  private static void write(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes()));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createsAndReplaces() throws Exception {
    Path file = folder.resolve("a");
    SafeFile.write(file, channel -> write(channel, "first, longer"));
    SafeFile.write(file, channel -> write(channel, "second"));
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("a"), files());
  }

  @Test
  void aFailureHalfwayLeavesTheOldFileAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "old");
    for (Throwable failure : List.of(new IOException("disk full"), new IllegalStateException(),
        new StackOverflowError())) {
      assertSame(failure, assertThrows(Throwable.class, () -> SafeFile.write(file, channel -> {
        write(channel, "half");
        assertEquals("old", Files.readString(file));
        switch (failure) {
          case IOException e -> throw e;
          case RuntimeException e -> throw e;
          default -> throw (Error) failure;
        }
      })));
      assertEquals("old", Files.readString(file));
      assertEquals(List.of("a"), files());
    }
  }

  @Test
  void refusesAMissingDirectory() {
    Path file = folder.resolve("none").resolve("a");
    String message = assertThrows(IOException.class, () -> SafeFile.write(file, channel -> write(channel, "x")))
        .getMessage();
    assertEquals(file + ": cannot be written, there is no directory " + folder.resolve("none") + ": create it first",
        message);
    assertFalse(Files.exists(file.getParent()));
  }

  @Test
  void refusesADirectoryAsTarget() throws Exception {
    String message = assertThrows(IOException.class, () -> SafeFile.write(folder, channel -> write(channel, "x")))
        .getMessage();
    assertEquals(folder + ": cannot be written, it is a directory: name a file in it", message);
    assertEquals(List.of(), files());
  }

  @Test
  void refusesToReplaceADevice() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device), "no /dev/null on this system");
    String message = assertThrows(IOException.class, () -> SafeFile.write(device, channel -> write(channel, "x")))
        .getMessage();
    assertTrue(message.contains("/dev/null: cannot be written, it is not a regular file"), message);
  }

  @Test
  void requiresARegularFile() {
    Path none = folder.resolve("none");
    assertEquals(none + ": there is no such file",
        assertThrows(DataException.class, () -> SafeFile.requireFile(none)).getMessage());
    assertEquals(folder + ": is not a regular file",
        assertThrows(DataException.class, () -> SafeFile.requireFile(folder)).getMessage());
  }
}
