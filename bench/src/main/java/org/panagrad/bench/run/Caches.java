package org.panagrad.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processor's caches, as the system tells them. */
final class Caches {
  private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");
  /** Where the system says nothing: common sizes of the three levels. */
  private static final long[] USUAL = {32 << 10, 1 << 20, 32 << 20};
  private static final int LEVELS = 3;

  private Caches() {
  }

  /** Bytes of a level's cache for data. */
  static long bytes(int level) {
    return entries().stream().filter(cache -> read(cache, "level").equals(String.valueOf(level))).findFirst()
        .map(cache -> parse(read(cache, "size"))).orElse(USUAL[level - 1]);
  }

  /** For people. */
  static String description() {
    StringBuilder text = new StringBuilder();
    for (int level = 1; level <= LEVELS; level++) {
      text.append(level == 1 ? "L" : ", L").append(level).append(' ').append(bytes(level) >> 10).append(" KiB");
    }
    return text.toString();
  }

  private static List<Path> entries() {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(cache -> cache.getFileName().toString().startsWith("index"))
          .filter(cache -> !read(cache, "type").equals("Instruction")).sorted().toList();
    } catch (IOException e) {
      return List.of(); // no Linux
    }
  }

  private static String read(Path cache, String name) {
    try {
      return Files.readString(cache.resolve(name)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** As "36608K". */
  private static long parse(String size) {
    long number = Long.parseLong(size.replaceAll("\\D", ""));
    return size.endsWith("M") ? number << 20 : size.endsWith("K") ? number << 10 : number;
  }
}
