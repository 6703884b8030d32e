package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.ChildJvm;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** JVMs that lack a flag, a module, a library: what is missing is said in one line, and the answers stay the same. */
class BareJvmTest {
  private static final String ACCESS = "--enable-native-access=ALL-UNNAMED",
      VECTOR = "--add-modules=jdk.incubator.vector";

  private static final String EXPECTED = Child.hash();

  @TempDir
  private Path folder;

  private static ChildJvm.Result run(String... flags) {
    return runWith(System.getProperty("java.class.path"), flags);
  }

  /** What runs for a second gains nothing from the second compiler. */
  private static ChildJvm.Result runWith(String classPath, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("-XX:TieredStopAtLevel=1");
    return ChildJvm.run(all, classPath, Child.class).ok();
  }

  /** The bits of a small computation are those of this JVM. */
  private static void assertSameBits(ChildJvm.Result result) {
    assertEquals(EXPECTED, result.value("hash"), () -> "on " + result.value("auto"));
  }

  private static void assertSays(String text, String... words) {
    for (String word : words) {
      assertTrue(text.contains(word), () -> "no " + word + " in: " + text);
    }
  }

  /** AUTO took something else, and said so once. */
  private static void assertFellBack(ChildJvm.Result result, String to, String... words) {
    assertSays(result.value("auto"), to);
    assertSameBits(result);
    List<String> lines = result.errors().lines().filter(line -> line.contains("kernels run in")).toList();
    assertEquals(1, lines.size(), result::errors);
    assertSays(lines.getFirst(), words);
    assertSays(result.value("native"), words);
    assertSays(result.value("forced"), "NativeException");
    assertSays(result.value("forced"), words);
  }

  @Test
  void withEverything() {
    ChildJvm.Result result = run(ACCESS, VECTOR);
    assertEquals("null", result.value("native"));
    assertEquals("null", result.value("vector"));
    assertSays(result.value("auto"), "native");
    assertSameBits(result);
    assertTrue(!result.errors().contains("kernels run in"), result::errors);
  }

  @Test
  void withoutTheIncubatorModule() {
    ChildJvm.Result result = run(ACCESS);
    assertSays(result.value("vector"), "--add-modules jdk.incubator.vector");
    assertSays(result.value("forcedVector"), "UnsupportedOperationException", "--add-modules jdk.incubator.vector");
    assertSays(result.value("auto"), "native");
    assertSameBits(result);
  }

  @Test
  void withoutTheLibrary() {
    assertFellBack(run(ACCESS, VECTOR, "-Dpanagrad.library=/nonexistent"), "vector", "/nonexistent");
  }

  @Test
  void withNeither() {
    ChildJvm.Result result = run(ACCESS, "-Dpanagrad.library=/nonexistent");
    assertFellBack(result, "scalar", "/nonexistent");
    assertSays(result.errors(), "--add-modules jdk.incubator.vector");
  }

  @Test
  void withAFileThatIsNoLibrary() throws IOException {
    Path text = Files.writeString(folder.resolve("libpanagrad.so"), "this is no library\n");
    assertFellBack(run(ACCESS, VECTOR, "-Dpanagrad.library=" + text), "vector", text.toString());
  }

  @Test
  void withAnotherLibrary() {
    String blas = System.getProperty("panagrad.blas");
    org.junit.jupiter.api.Assumptions.assumeTrue(blas != null && new File(blas).isFile(), "skipped, no other library");
    assertFellBack(run(ACCESS, VECTOR, "-Dpanagrad.library=" + blas), "vector", blas, "no libpanagrad");
  }

  @Test
  void withoutNativeAccess() {
    assertFellBack(run(VECTOR, "--illegal-native-access=deny"), "vector", "--enable-native-access");
  }

  @Test
  void withADamagedLibraryInTheJar() throws IOException {
    String resource = "/native/linux-x86_64/libpanagrad.so";
    Path copy = folder.resolve(resource.substring(1));
    Files.createDirectories(copy.getParent());
    try (InputStream in = BareJvmTest.class.getResourceAsStream(resource)) {
      byte[] bytes = in.readAllBytes();
      bytes[bytes.length / 2] ^= 1;
      Files.write(copy, bytes);
    }
    String classPath = folder + File.pathSeparator + System.getProperty("java.class.path");
    assertFellBack(runWith(classPath, ACCESS, VECTOR), "vector", "damaged", "SHA-256");
  }

  @Test
  void withoutOpenBlas() {
    ChildJvm.Result result = run(ACCESS, VECTOR, "-Dpanagrad.blas=/nonexistent");
    assertSays(result.value("blas"), "/nonexistent");
    assertSays(result.value("forcedBlas"), "NativeException", "/nonexistent");
    assertSays(result.value("product"), "built-in");
    assertSays(run(ACCESS, VECTOR, "-Dpanagrad.blas=").value("blas"), "panagrad.blas");
  }

  static final class Child {
    public static void main(String[] args) {
      System.out.println("vector=" + Backends.missing(Backend.VECTOR));
      System.out.println("native=" + Backends.missing(Backend.NATIVE));
      System.out.println("auto=" + Backends.of(Backend.AUTO).name());
      System.out.println("hash=" + hash());
      System.out.println("blas=" + Product.missing());
      System.out.println("product=" + Product.of(Product.Choice.AUTO, Backends.of(Backend.AUTO)).name());
      print("forced", () -> Backends.of(Backend.NATIVE));
      print("forcedVector", () -> Backends.of(Backend.VECTOR));
      print("forcedBlas", () -> Product.of(Product.Choice.OPENBLAS, Backends.of(Backend.AUTO)));
    }

    private static void print(String key, Runnable call) {
      try {
        call.run();
        System.out.println(key + "=fine");
      } catch (RuntimeException e) {
        System.out.println(key + "=" + e);
      }
    }

    /** Of the results of every op at one size. */
    static String hash() {
      int hash = 0;
      for (KernelCase row : KernelCases.all()) {
        Setup setup = row.at().apply(row.sizes().get(4));
        int[][] results = Arguments.of(setup, Arguments.initial(setup, Style.ORDINARY, 9), Memory.HEAP)
            .call(Backends.of(Backend.AUTO)).results();
        hash = 31 * hash + java.util.Arrays.deepHashCode(results);
      }
      return Integer.toHexString(hash);
    }
  }
}
