package org.panagrad.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.NativeException;
import org.panagrad.ffi.NativeLibrary;

/** The implementations of {@link Kernels} that this machine and this JVM have. Each is made once. */
public final class Backends {
  private static final System.Logger LOG = System.getLogger("org.panagrad");

  private Backends() {
  }

  private static final class Java {
    static final Kernels SCALAR = new ScalarKernels();
    static final @Nullable String VECTOR_MISSING = vectorMissing();
    /** Loaded only where the incubator module is present: the class does not link without it. */
    static final @Nullable Kernels VECTOR = VECTOR_MISSING == null ? new VectorKernels() : null;
    static final Kernels BEST = VECTOR == null ? SCALAR : VECTOR;

    private static @Nullable String vectorMissing() {
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        return "the module jdk.incubator.vector is not there: start java with --add-modules jdk.incubator.vector";
      }
      return VectorKernels.supported()
          ? null
          : "the processor's vectors are shorter than 256 bits, which the Vector API backend needs";
    }
  }

  /** Whether the library loads and has every kernel is found out once. */
  private static final class Native {
    static final @Nullable String MISSING;
    static final @Nullable Kernels BEST;

    static {
      String reason = NativeLibrary.missing();
      Kernels best = null;
      if (reason == null) {
        try {
          NativeLibrary library = NativeLibrary.get();
          best = new NativeKernels(new NativeTier(library, library.activeTier()), Java.BEST);
        } catch (NativeException e) {
          reason = e.getMessage();
        }
      }
      MISSING = reason;
      BEST = best;
    }
  }

  private static final class Automatic {
    static final Kernels KERNELS = choose();

    private static Kernels choose() {
      String noNative = Native.MISSING;
      if (noNative == null) {
        return of(Backend.NATIVE);
      }
      boolean vector = Java.VECTOR != null;
      LOG.log(System.Logger.Level.WARNING, "kernels run in {0}, slower: {1}{2}",
          vector ? "the Vector API" : "plain Java", noNative, vector ? "" : "; " + Java.VECTOR_MISSING);
      return of(vector ? Backend.VECTOR : Backend.SCALAR);
    }
  }

  /**
   * The kernels of a backend. {@link Backend#AUTO} falls back to Java where native code cannot be had, and logs one
   * line that says why.
   *
   * @param backend which
   * @return its kernels, checked, safe for any number of threads
   * @throws NativeException               if NATIVE is asked for and cannot be had, with the reason
   * @throws UnsupportedOperationException if VECTOR is asked for and cannot be had, with the reason; or CUDA, whose
   *                                       kernels belong to a session
   */
  public static Kernels of(Backend backend) {
    return switch (backend) {
      case AUTO -> Automatic.KERNELS;
      case NATIVE -> {
        if (Native.BEST == null) {
          throw new NativeException("no native backend: " + Native.MISSING);
        }
        yield new CheckedKernels(Native.BEST);
      }
      case VECTOR -> {
        if (Java.VECTOR == null) {
          throw new UnsupportedOperationException("no Vector API backend: " + Java.VECTOR_MISSING);
        }
        yield new CheckedKernels(Java.VECTOR);
      }
      case SCALAR -> new CheckedKernels(Java.SCALAR);
      case CUDA -> throw new UnsupportedOperationException(
          "kernels on a GPU belong to a session: Compute.of(Backend.CUDA), or CudaSession.open(0).kernels()");
    };
  }

  /**
   * Why a backend cannot be had.
   *
   * @param backend which
   * @return the reason and the remedy, or null if it can be had
   */
  public static @Nullable String missing(Backend backend) {
    return switch (backend) {
      case AUTO, SCALAR -> null;
      case NATIVE -> Native.MISSING;
      case VECTOR -> Java.VECTOR_MISSING;
      case CUDA -> CudaSession.missing();
    };
  }

  /**
   * Every implementation there is, each native instruction set apart: what the tests compare.
   *
   * @return scalar first
   */
  public static List<Kernels> all() {
    List<Kernels> all = new ArrayList<>();
    all.add(of(Backend.SCALAR));
    if (missing(Backend.VECTOR) == null) {
      all.add(of(Backend.VECTOR));
    }
    if (missing(Backend.NATIVE) == null) {
      for (int tier : new int[]{NativeLibrary.SCALAR, NativeLibrary.AVX2, NativeLibrary.AVX512}) {
        if (NativeLibrary.get().has(tier)) {
          all.add(new CheckedKernels(new NativeKernels(new NativeTier(NativeLibrary.get(), tier), Java.BEST)));
        }
      }
    }
    return all;
  }
}
