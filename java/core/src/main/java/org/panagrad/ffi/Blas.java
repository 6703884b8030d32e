package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** libpanagrad_blas, the shim around OpenBLAS: found at run time, never linked. */
@SuppressWarnings("restricted")
public final class Blas {
  private static final int ABI_VERSION = 1;

  private final MemorySegment product;
  private final String config;

  private Blas(SymbolLookup symbols) {
    Linker linker = Linker.nativeLinker();
    try {
      int version = (int) linker.downcallHandle(find(symbols, "pana_blas_abi_version"), FunctionDescriptor.of(JAVA_INT))
          .invokeExact();
      if (version != ABI_VERSION) {
        throw new NativeException("libpanagrad_blas has version " + version + " of the interface, this jar needs "
            + ABI_VERSION + ": build it anew");
      }
      var text = ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(512, ValueLayout.JAVA_BYTE));
      config = ((MemorySegment) linker.downcallHandle(find(symbols, "pana_blas_config"), FunctionDescriptor.of(text))
          .invokeExact()).getString(0).strip();
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
    product = find(symbols, "pana_blas_product_f32");
  }

  private static MemorySegment find(SymbolLookup symbols, String name) {
    return symbols.find(name).orElseThrow(() -> new NativeException("the library does not export " + name));
  }

  private static final class Holder {
    static final Object BLAS_OR_REASON = tryLoad();

    private static Object tryLoad() {
      String file = System.getProperty("panagrad.blas");
      if (file == null || file.isEmpty()) {
        return "-Dpanagrad.blas=FILE does not name libpanagrad_blas";
      }
      try {
        return new Blas(LibraryFile.lookup(Path.of(file)));
      } catch (NativeException | IllegalCallerException e) {
        return NativeLibrary.reason(e);
      }
    }
  }

  /**
   * The shim, loaded at the first call.
   *
   * @return the shim
   * @throws NativeException if it cannot be had, with the reason
   */
  public static Blas get() {
    if (Holder.BLAS_OR_REASON instanceof Blas blas) {
      return blas;
    }
    throw new NativeException((String) Holder.BLAS_OR_REASON);
  }

  /**
   * Why the shim cannot be had.
   *
   * @return the reason, or null if it is loaded
   */
  public static @Nullable String missing() {
    return Holder.BLAS_OR_REASON instanceof String reason ? reason : null;
  }

  /**
   * What OpenBLAS says of itself.
   *
   * @return version, options and the processor's kernels
   */
  public String config() {
    return config;
  }

  /**
   * The address of pana_blas_product_f32.
   *
   * @return called as product_f32 is
   */
  public MemorySegment product() {
    return product;
  }
}
