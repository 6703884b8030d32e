package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Where the arrays of kernels lie. A processor's kernels take any memory, and see what Java writes: there the methods do
 * nothing, or what Java does. A GPU's take memory of their session, of which each array has a side here and one there
 * ({@link CudaSession}): who reads what kernels wrote downloads it, and who writes what kernels read uploads it. What is
 * written for every backend does both.
 */
public interface Storage {
  /** Bytes to which what is allocated is aligned: a cache line. */
  long LINE = 64;
  /** Memory of a processor. */
  Storage HERE = new Storage() {
  };

  /**
   * Whether kernels work on another side of the arrays than the one here.
   *
   * @return true for a GPU
   */
  default boolean onDevice() {
    return false;
  }

  /**
   * Whether kernels can work on an array.
   *
   * @param array any memory
   * @return false for what lies outside a GPU's session
   */
  default boolean reaches(MemorySegment array) {
    return true;
  }

  /**
   * Refuses an array that kernels do not reach: a GPU would end the session over it.
   *
   * @param name  of the argument
   * @param array any memory, or null
   * @throws IllegalArgumentException if it lies outside a GPU's session
   */
  default void requireReached(String name, @Nullable MemorySegment array) {
    if (array != null && !reaches(array)) {
      throw new IllegalArgumentException(
          name + " lies where a GPU does not reach it: take memory of kernels().arena()");
    }
  }

  /**
   * Memory that is freed together, when the arena is closed.
   *
   * @return holds nothing yet; any thread may use and close it, but for a GPU's, which is its session's thread's
   */
  default Arena arena() {
    return Arena.ofShared();
  }

  /**
   * Memory that nobody closes: scratch. It is freed some time after its last use, on a GPU with its session.
   *
   * @param bytes its length
   * @return zeros, aligned to {@link #LINE}
   */
  default MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, LINE);
  }

  /**
   * Shows kernels that are called later what was written here.
   *
   * @param array all of it, or the slice that was written
   */
  default void upload(MemorySegment array) {
  }

  /**
   * Shows here what the kernels called before have written.
   *
   * @param array all of it, or the slice that is to be read
   */
  default void download(MemorySegment array) {
  }

  /**
   * Begins what kernels were called for, and waits for nothing: before Java goes on to something else, which a GPU need
   * not wait for. What is waited for begins anyway.
   */
  default void begin() {
  }

  /**
   * Copies as kernels do: what they wrote, for those that are called later. The side here of a GPU's array is not
   * touched.
   *
   * @param from all of it
   * @param to   at least as long, which does not overlap it
   */
  default void copy(MemorySegment from, MemorySegment to) {
    MemorySegment.copy(from, 0, to, 0, from.byteSize());
  }

  /**
   * The sum of what a kernel has left for blocks or rows: see {@link Compute#sum}.
   *
   * @param sums  floats
   * @param count how many
   * @return their sum, 0 for none
   */
  default double sum(MemorySegment sums, long count) {
    if (onDevice() && count > 0) {
      download(sums.asSlice(0, Math.multiplyExact(4L, count)));
    }
    return Compute.sum(sums, count);
  }
}
