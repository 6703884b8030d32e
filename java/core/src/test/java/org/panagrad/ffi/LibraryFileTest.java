package org.panagrad.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.ChildJvm;

/** What the native libraries are, read off their files. */
class LibraryFileTest {
  private static final long LARGEST = 2_000_000;
  private static final Pattern NEEDED = Pattern.compile("\\(NEEDED\\).*\\[(.*)]");
  private static final Pattern ROW = Pattern.compile("^PANA_(?:KERNEL|ENTRY)\\((\\w+)[,)]", Pattern.MULTILINE);

  @TempDir
  private Path folder;

  /** The library in the jar. */
  private Path library() throws IOException {
    Path file = folder.resolve("libpanagrad.so");
    if (!Files.exists(file)) {
      try (InputStream in = NativeLibrary.class.getResourceAsStream("/native/" + LibraryFile.platform()
          + "/libpanagrad.so")) {
        assertTrue(in != null, "no library for " + LibraryFile.platform() + " on the class path");
        Files.copy(in, file);
      }
    }
    return file;
  }

  private static Path blas() {
    String file = System.getProperty("panagrad.blas");
    assumeTrue(file != null && new File(file).isFile(), "skipped, no libpanagrad_blas");
    return Path.of(file);
  }

  private static String tool(String... command) {
    boolean present = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
        .anyMatch(path -> new File(path, command[0]).canExecute());
    assumeTrue(present, "skipped, no " + command[0] + ": install binutils");
    return ChildJvm.command(List.of(command)).ok().output();
  }

  private static Set<String> needed(Path file) {
    return NEEDED.matcher(tool("readelf", "-dW", file.toString())).results().map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> symbols(Path file, String which) {
    return tool("nm", "-D", which, "--format=posix", file.toString()).lines()
        .map(line -> line.split(" ")[0].replaceFirst("@.*", "")).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void needsOnlyLibcAndLibm() throws IOException {
    Set<String> others = needed(library());
    assertTrue(others.contains("libc.so.6"), () -> "nothing found in " + others);
    others.removeAll(Set.of("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"));
    assertEquals(Set.of(), others);
    Set<String> ofBlas = needed(blas());
    ofBlas.removeAll(Set.of("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"));
    assertEquals(Set.of(), ofBlas, "of libpanagrad_blas");
  }

  @Test
  void isSmallAndStripped() throws IOException {
    assertTrue(Files.size(library()) < LARGEST, "it has " + Files.size(library()) + " bytes");
    String sections = tool("readelf", "-SW", library().toString());
    assertTrue(!sections.contains(".debug_info") && !sections.contains(".symtab"), sections);
  }

  @Test
  void exportsTheRegistryAndNothingElse() throws IOException {
    String registry = Files.readString(Path.of(System.getProperty("panagrad.root"), "native/include/kernels.def"));
    Set<String> names = ROW.matcher(registry).results().map(match -> "pana_" + match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(names, symbols(library(), "--defined-only"));
  }

  @Test
  void importsNothingThatWaitsAllocatesOrChangesTheProcess() throws IOException {
    Set<String> imported = symbols(library(), "--undefined-only");
    imported.removeIf(name -> !name.matches(
        "(pthread_|thrd_).*|(m|c|re|aligned_)alloc|posix_memalign|mmap|free|signal|sigaction|fork|exec.*|atexit"
            + "|fe[a-z]+|printf|puts|abort|exit|getenv|__tls_get_addr"));
    assertEquals(Set.of(), imported);
  }

  @Test
  void hasNoFastMathStart() throws IOException {
    for (Path file : List.of(library(), Path.of(System.getProperty("panagrad.root"),
        "target/native/release/libpanagrad.so"))) { // the second still has its symbols
      if (Files.exists(file)) {
        String all = tool("nm", "-a", "--format=posix", file.toString());
        assertTrue(!all.contains("set_fast_math") && !all.contains("crtfastmath"),
            file + " has fast-math start-up code");
      }
    }
    String code = tool("readelf", "-lW", library().toString());
    assertTrue(!code.contains(" TLS "), "it has thread-local storage");
  }

  @Test
  void theShimExportsOnlyItsOwnNames() {
    Set<String> exported = symbols(blas(), "--defined-only");
    assertTrue(exported.contains("pana_blas_product_f32"), exported::toString);
    exported.removeIf(name -> name.startsWith("pana_blas_"));
    assertEquals(Set.of(), exported);
  }
}
