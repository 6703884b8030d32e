package org.panagrad.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.kernel.Storage;

/** Zeroed off-heap memory aligned to cache lines, with one owner who frees it at once; any thread may use it. */
public final class Memory implements AutoCloseable {
  private static final long LINE = 64;
  /** Floats of a copy of some 10 microseconds. */
  private static final long COPY = 1 << 14;

  private final Arena arena;
  private final boolean owned;

  /** Memory for a processor's kernels, that holds nothing yet. */
  public Memory() {
    this(Storage.HERE);
  }

  /**
   * Memory that holds nothing yet.
   *
   * @param storage whose kernels use it
   */
  public Memory(Storage storage) {
    this(storage.arena(), true);
  }

  private Memory(Arena arena, boolean owned) {
    this.arena = arena;
    this.owned = owned;
  }

  /**
   * Memory for what nobody closes: it is freed some time after the last use, on a GPU with the session.
   *
   * @param storage whose kernels use it
   * @return memory that holds nothing yet
   */
  public static Memory collected(Storage storage) {
    return storage.onDevice() ? new Memory(storage) : new Memory(Arena.ofAuto(), false);
  }

  /**
   * Floats.
   *
   * @param count how many
   * @return zeros
   */
  public MemorySegment floats(long count) {
    return arena.allocate(Math.multiplyExact(count, 4L), LINE);
  }

  /**
   * Ints.
   *
   * @param count how many
   * @return zeros
   */
  public MemorySegment ints(long count) {
    return floats(count);
  }

  /**
   * Floats for each of several.
   *
   * @param owners how many share nothing: threads, mostly
   * @param count  floats of one
   * @return zeros
   */
  public MemorySegment[] each(int owners, long count) {
    MemorySegment[] all = new MemorySegment[owners];
    for (int i = 0; i < owners; i++) {
      all[i] = floats(count);
    }
    return all;
  }

  /**
   * Copies from the heap, in pieces between which the JVM can stop.
   *
   * @param from  an array
   * @param to    at least count floats
   * @param count how many
   */
  public static void copy(float[] from, MemorySegment to, long count) {
    for (long i = 0; i < count; i += COPY) {
      MemorySegment.copy(from, (int) i, to, ValueLayout.JAVA_FLOAT, 4 * i, (int) Math.min(COPY, count - i));
    }
  }

  /**
   * Copies to the heap, in pieces between which the JVM can stop.
   *
   * @param from  at least count floats
   * @param to    an array
   * @param count how many
   */
  public static void copy(MemorySegment from, float[] to, long count) {
    for (long i = 0; i < count; i += COPY) {
      MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 4 * i, to, (int) i, (int) Math.min(COPY, count - i));
    }
  }

  /**
   * Whether the memory is there.
   *
   * @return false once closed
   */
  public boolean isAlive() {
    return arena.scope().isAlive();
  }

  /**
   * Frees all of it.
   *
   * @throws IllegalStateException if a call is using it
   */
  @Override
  public void close() {
    if (owned && isAlive()) {
      arena.close();
    }
  }
}
