package org.panagrad.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** A call that does nothing: what the bridge alone costs. For benchmarks. */
@SuppressWarnings("restricted")
public final class EmptyCall {
  private static final MethodHandle PLAIN = bind(), CRITICAL = bind(Linker.Option.critical(true));

  private EmptyCall() {
  }

  private static MethodHandle bind(Linker.Option... options) {
    return Linker.nativeLinker().downcallHandle(NativeLibrary.get().symbol("pana_empty"), FunctionDescriptor.ofVoid(),
        options);
  }

  /** The thread changes to native state and back. */
  public static void plain() {
    try {
      PLAIN.invokeExact();
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  /** The thread stays in Java: the JVM cannot stop it meanwhile. */
  public static void critical() {
    try {
      CRITICAL.invokeExact();
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }
}
