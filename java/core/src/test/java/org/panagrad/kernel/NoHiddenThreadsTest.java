package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.panagrad.ChildJvm;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** Nothing starts a thread that the caller did not ask for: counted by the operating system. */
@Isolated("counts threads")
class NoHiddenThreadsTest {
  /** Without compilers and with the simplest collector, so that the JVM itself starts none either. */
  private static final List<String> QUIET = List.of("-Xint", "-XX:+UseSerialGC", "-XX:-UsePerfData");

  @Test
  void loadingAndCallingStartsNoThread() {
    List<String> flags = new ArrayList<>(ChildJvm.USUAL);
    flags.addAll(QUIET);
    ChildJvm.Result result = ChildJvm.run(flags, Child.class).ok();
    assertEquals(result.value("before"), result.value("after"));
    assertEquals("null", result.value("native"), "missing");
  }

  /** Loads everything, calls every kernel of every backend, multiplies with every product. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      Arena.ofAuto().allocate(8); // the cleaner's thread belongs to the JDK
      Files.list(Path.of("/proc/self/task")).close();
      System.out.println("before=" + threads());
      System.out.println("native=" + Backends.missing(Backend.NATIVE));
      for (Kernels kernels : Backends.all()) {
        for (KernelCase row : KernelCases.all()) {
          Setup setup = row.at().apply(row.sizes().get(3));
          Arguments.of(setup, Arguments.initial(setup, Style.ORDINARY, 1), Memory.HEAP).call(kernels);
        }
      }
      try (Arena arena = Arena.ofConfined();
          Compute compute = Compute.of(Backend.AUTO, Product.Choice.AUTO, 1)) {
        int n = 300; // large enough for a threaded BLAS to want threads
        MemorySegment a = arena.allocate(4L * n * n, 64), c = arena.allocate(4L * n * n, 64);
        compute.product().multiply(a, a, c, n, n, n, n, n, false, false, 0, n);
        compute.run((_, _) -> {
        }, 100);
      }
      System.out.println("after=" + threads());
    }

    private static List<String> threads() throws IOException {
      List<String> names = new ArrayList<>();
      try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        for (Path task : tasks.toList()) {
          names.add(Files.readString(task.resolve("comm")).strip());
        }
      }
      return names.stream().sorted().toList();
    }
  }
}
