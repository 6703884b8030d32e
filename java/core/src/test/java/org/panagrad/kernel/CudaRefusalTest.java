package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.panagrad.ffi.NativeException;

/** Calls that cannot be made on a GPU, and who is told. */
@Isolated("every session is told of a call whose arrays lie in none")
class CudaRefusalTest {
  private static CudaSession session;

  @BeforeAll
  static void open() {
    String missing = CudaSession.missing();
    assumeTrue(missing == null, () -> "skipped, " + missing);
    session = CudaSession.open(0);
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close();
    }
  }

  @Test
  void arraysElsewhereAreRefused() {
    Kernels kernels = session.kernels();
    MemorySegment here = session.floats(8).segment();
    assertThrows(IllegalArgumentException.class,
        () -> kernels.exp(MemorySegment.ofArray(new float[4]), here, 0, 4));
    try (Arena arena = Arena.ofConfined(); CudaSession other = CudaSession.open(0)) {
      other.floats(4);
      kernels.exp(arena.allocate(16, 4), arena.allocate(16, 4), 0, 4);
      kernels.exp(here, here, 0, 4); // a good call between does not hide it
      NativeException told = assertThrows(NativeException.class, other::synchronize);
      assertTrue(told.getMessage().contains("in no session's memory"), told::getMessage);
      assertThrows(NativeException.class, session::synchronize, "each session tells it");
      other.synchronize(); // once
      session.synchronize();
    }
  }

  @Test
  void aSessionEndsWithACallThatMixesMemory() {
    CudaSession one = CudaSession.open(0), two = CudaSession.open(0);
    DeviceMemory x = one.floats(8), y = two.floats(8);
    one.kernels().exp(x.segment(), y.segment(), 0, 8);
    for (DeviceMemory each : List.of(x, y)) {
      NativeException told = assertThrows(NativeException.class, each::download);
      assertTrue(told.getMessage().contains("arrays of two sessions"), told::getMessage);
    }
    assertThrows(NativeException.class, one::synchronize, "it stays so");
    assertThrows(NativeException.class, () -> x.close());
    assertThrows(NativeException.class, two::close);
    assertThrows(NativeException.class, one::close);
    session.synchronize();
  }
}
