package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Numbers that look random and depend on a counter alone; the range counts elements. */
public sealed interface RandomKernels permits Kernels, CheckedRandomKernels, NativeRandomKernels, ScalarRandomKernels {

  /**
   * {@code y[i] = low + (high - low) * u(i)}, with u(i) in [0, 1) from Philox4x32-10 (Salmon and others: Parallel
   * Random Numbers: As Easy as 1, 2, 3; 2011): key {@code seed}, counter {@code (i / 4, stream)}, word {@code i % 4},
   * its upper 24 bits.
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

  /**
   * Dropout: {@code y[i] = keep(i) ? x[i] * scale : 0}, keep(i) where all 32 bits of word i, as {@link #uniform} has it
   * but without sign, are at least {@code rate * 2^32}, rounded; scale is {@code 1 / (1 - rate)}, rounded to float.
   * With the same numbers it is its own way back: dy to dx. What is dropped is 0 even where it was NaN.
   *
   * @param x      n floats
   * @param y      n floats; may be x
   * @param rate   the share that is dropped, from 0 to less than 1
   * @param seed   key
   * @param stream which sequence of this key
   * @param from   first element
   * @param to     end
   */
  void dropout(MemorySegment x, MemorySegment y, double rate, long seed, long stream, long from, long to);
}
