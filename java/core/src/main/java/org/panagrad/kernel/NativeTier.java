package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.panagrad.ffi.CudaLibrary;
import org.panagrad.ffi.NativeLibrary;

/** One tier of a library, and which of its functions the families have asked for. */
final class NativeTier {
  /** Elements of an elementwise kernel in about 10 microseconds: a bandwidth of 8 GB/s, or 2 G exp/s. */
  private static final long SHORT_VECTOR = 16_384;
  /** The scalar tier may have to emulate a fused multiply-add. */
  private static final long SHORT_SCALAR = 128;

  private final String name;
  private final long shortWork;
  private final Function<String, MemorySegment> functions;
  private final Set<String> bound = new LinkedHashSet<>();

  private NativeTier(String name, long shortWork, Function<String, MemorySegment> functions) {
    this.name = name;
    this.shortWork = shortWork;
    this.functions = functions;
  }

  /** An instruction set of the processor. */
  NativeTier(NativeLibrary library, int tier) {
    this("native " + NativeLibrary.tierName(tier), tier == NativeLibrary.SCALAR ? SHORT_SCALAR : SHORT_VECTOR,
        row -> library.function(tier, row));
  }

  /** A GPU. */
  NativeTier(CudaLibrary library) {
    this("cuda", 0, library::function);
  }

  /** As {@link Kernels#name} tells it. */
  String name() {
    return name;
  }

  /** See {@link NativeForm#shortWork}. */
  long shortWork() {
    return shortWork;
  }

  /** The address of a row of the registry. */
  MemorySegment function(String row) {
    bound.add(row);
    return functions.apply(row);
  }

  /** The rows that were asked for. */
  Set<String> bound() {
    return bound;
  }
}
