package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/** What the calls of all families share: how a signature is written and bound. */
@SuppressWarnings("restricted") // calling native code is this package's task
final class Downcalls {
  private static final Linker LINKER = Linker.nativeLinker();
  static final MemoryLayout P = ADDRESS, J = JAVA_LONG, F = JAVA_FLOAT, I = JAVA_INT;

  private Downcalls() {
  }

  /** A call during which the JVM may stop as it likes; it takes no heap arrays. */
  static MethodHandle plain(MemoryLayout... arguments) {
    return LINKER.downcallHandle(FunctionDescriptor.ofVoid(arguments));
  }

  /** A call during which the JVM cannot stop the thread: it takes heap arrays without a copy, and costs least. */
  static MethodHandle critical(MemoryLayout... arguments) {
    return LINKER.downcallHandle(FunctionDescriptor.ofVoid(arguments), Linker.Option.critical(true));
  }

  /**
   * Where short critical calls begin.
   *
   * @param step units of one; 0 where there must be none, as a GPU's kernels take what lies off the heap alone
   */
  static long inPieces(long from, long to, long step) {
    if (step == 0 && from < to) {
      throw new IllegalArgumentException("an array lies on the Java heap, where no GPU can reach it: take memory of a"
          + " CudaSession");
    }
    return from;
  }

  /** What comes out of a handle is unchecked: a void native call declares nothing. */
  static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException known) {
      return known;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError(e);
  }
}
