package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;
import org.panagrad.ffi.NativeLibrary;

/** One tier of the library, and which of its functions the families have asked for. */
final class NativeTier {
  /** Elements of an elementwise kernel in about 10 microseconds: a bandwidth of 8 GB/s, or 2 G exp/s. */
  private static final long SHORT_VECTOR = 16_384;
  /** The scalar tier may have to emulate a fused multiply-add. */
  private static final long SHORT_SCALAR = 128;

  private final NativeLibrary library;
  private final int tier;
  private final Set<String> bound = new LinkedHashSet<>();

  NativeTier(NativeLibrary library, int tier) {
    this.library = library;
    this.tier = tier;
  }

  String name() {
    return NativeLibrary.tierName(tier);
  }

  /** See {@link NativeForm#shortWork}. */
  long shortWork() {
    return tier == NativeLibrary.SCALAR ? SHORT_SCALAR : SHORT_VECTOR;
  }

  /** The address of a row of the registry. */
  MemorySegment function(String row) {
    bound.add(row);
    return library.function(tier, row);
  }

  /** The rows that were asked for. */
  Set<String> bound() {
    return bound;
  }
}
