package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Feeds a reader content that was damaged at random: it may succeed or throw an IOException, nothing else, and may not
 * allocate much. The seed is printed; -Dseed= replays it.
 */
public final class Mutations {
  private static final long ALLOWED_HEAP = 4 << 20;

  /** Reads content. */
  public interface Reader {
    /** Reads it, and throws if it is damaged. */
    void read(byte[] content) throws IOException;
  }

  private Mutations() {}

  /** Damages valid content in so many ways; returns how many were refused. */
  public static int run(String what, byte[] valid, int times, Reader reader) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(what + ": -Dseed=" + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < times; i++) {
      refused += read(what + ", seed " + seed + ", round " + i, damage(valid, random), reader) ? 0 : 1;
    }
    return refused;
  }

  /** Puts content into a new file: ext4 flushes one that is truncated and written again, which takes 5 ms. */
  public static Path rewrite(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    return Files.write(file, content);
  }

  private static boolean read(String where, byte[] content, Reader reader) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean read = true;
    try {
      reader.read(content);
    } catch (IOException e) {
      read = false;
    } catch (Throwable e) {
      throw new AssertionError(where, e);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < ALLOWED_HEAP, () -> where + ": " + allocated + " bytes of heap");
    return read;
  }

  private static byte[] damage(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 160)); // headers more often
      bytes[at] = switch (random.nextInt(4)) {
        case 0 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
        case 1 -> (byte) "0123456789,:[]{}\"- eE.".charAt(random.nextInt(22));
        case 2 -> (byte) (random.nextBoolean() ? 0xff : 0);
        default -> (byte) random.nextInt(256);
      };
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 20)) : bytes;
  }
}
