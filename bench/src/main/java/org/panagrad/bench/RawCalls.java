package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.panagrad.ffi.NativeLibrary;

/** exp_f32 without checks and without pieces: what the library never does, to be measured beside what it does. */
@SuppressWarnings("restricted")
final class RawCalls {
  private static final MethodHandle CRITICAL = bind(Linker.Option.critical(true)), PLAIN = bind();

  private RawCalls() {
  }

  private static MethodHandle bind(Linker.Option... options) {
    NativeLibrary library = NativeLibrary.get();
    return Linker.nativeLinker().downcallHandle(library.function(library.activeTier(), "exp_f32"),
        FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG), options);
  }

  /** In one call that the JVM cannot stop; heap arrays are taken where they are. */
  static void critical(MemorySegment x, MemorySegment y, long n) {
    try {
      CRITICAL.invokeExact(x, y, 0L, n);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** In one call that the JVM need not stop; off the heap. */
  static void plain(MemorySegment x, MemorySegment y, long n) {
    try {
      PLAIN.invokeExact(x, y, 0L, n);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
