package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.panagrad.ffi.NativeLibrary;

/** The rows of kernels.def, what the library lists, what Java binds, what the tests cover: one set. */
class RegistryTest {
  private static final Pattern ROW = Pattern.compile("^PANA_KERNEL\\((\\w+),", Pattern.MULTILINE);

  /** The rows' names. */
  static Set<String> rows() throws IOException {
    String root = System.getProperty("panagrad.root");
    assertTrue(root != null, "-Dpanagrad.root=DIR does not name the source tree");
    String registry = Files.readString(Path.of(root, "native/include/kernels.def"));
    return new LinkedHashSet<>(ROW.matcher(registry).results().map(match -> match.group(1)).toList());
  }

  @Test
  void theLibraryListsTheRegistry() throws IOException {
    assertSameSet("kernels.def", rows(), "pana_kernel_name", names());
    assertEquals(List.copyOf(rows()), names(), "order");
  }

  @Test
  void everyRowIsBound() throws IOException {
    for (Kernels kernels : Backends.all()) {
      if (((CheckedKernels) kernels).backend() instanceof NativeKernels bound) {
        assertSameSet("kernels.def", rows(), "the handles of " + bound.name(), bound.tier().bound());
      }
    }
  }

  @Test
  void everyRowHasItsCase() throws IOException {
    List<String> cases = KernelCases.all().stream().map(KernelCase::name).toList();
    assertSameSet("kernels.def", rows(), "KernelCases", cases);
    assertEquals(new TreeSet<>(cases).size(), cases.size(), "a case stands twice in " + cases);
  }

  @Test
  void thereIsANativeBackend() {
    assertEquals(null, Backends.missing(Backend.NATIVE), "the tests are to cover native code");
  }

  private static List<String> names() {
    List<String> names = new java.util.ArrayList<>();
    NativeLibrary.get().names().forEach(names::add);
    return names;
  }

  private static void assertSameSet(String oneName, Collection<String> one, String otherName,
      Collection<String> other) {
    assertTrue(!one.isEmpty(), "no rows found in " + oneName);
    assertEquals(Set.of(), without(one, other), "in " + oneName + ", not in " + otherName);
    assertEquals(Set.of(), without(other, one), "in " + otherName + ", not in " + oneName);
  }

  private static Set<String> without(Collection<String> some, Collection<String> others) {
    Set<String> rest = new TreeSet<>(some);
    rest.removeAll(Set.copyOf(others));
    return rest;
  }
}
