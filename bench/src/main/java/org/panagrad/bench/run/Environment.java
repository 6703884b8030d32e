package org.panagrad.bench.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;

/** Where a run took place, and what else the machine did. */
final class Environment {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Environment() {
  }

  /** Names and values for people. */
  static Map<String, String> describe(Path root) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Date", LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")));
    all.put("Commit", commit(root));
    all.put("Processor", processor());
    all.put("Caches", Caches.description());
    all.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    all.put("JVM flags", flags());
    try (Compute compute = Compute.of(Backend.AUTO)) {
      all.put("Kernels", compute.kernels().name());
      all.put("Product", compute.product().name());
    }
    return all;
  }

  /** Of the last minute. */
  static String load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? "unknown" : String.format("%.2f", load);
  }

  private static String processor() {
    int count = Runtime.getRuntime().availableProcessors();
    String cores = count == 1 ? ", 1 core" : ", " + count + " cores";
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines.filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst().orElse(System.getProperty("os.arch")) + cores;
    } catch (IOException e) {
      return System.getProperty("os.arch") + cores;
    }
  }

  /** Without those that say where files lie on this machine. */
  private static String flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-D")).collect(Collectors.joining(" "));
  }

  private static String commit(Path root) {
    try {
      Process git = new ProcessBuilder(List.of("git", "-C", root.toString(), "describe", "--always", "--dirty"))
          .redirectErrorStream(true).start();
      String text = new String(git.getInputStream().readAllBytes()).strip();
      return git.waitFor() == 0 ? text : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
