package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Numbers that look random and depend on a counter alone; the range counts elements. */
public sealed interface RandomKernels permits Kernels, CheckedRandomKernels, NativeRandomKernels, ScalarRandomKernels {

  /**
   * {@code y[i] = low + (high - low) * u(i)}, with u(i) in [0, 1) from Philox4x32-10 (Salmon and others: Parallel Random
   * Numbers: As Easy as 1, 2, 3; 2011): key {@code seed}, counter {@code (i / 4, stream)}, word {@code i % 4}, its upper
   * 24 bits.
   *
   * @param y      n floats
   * @param low    least value
   * @param high   bound, reached by rounding at most
   * @param seed   key
   * @param stream which sequence of this key
   * @param from   first element
   * @param to     end
   */
  void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to);
}
