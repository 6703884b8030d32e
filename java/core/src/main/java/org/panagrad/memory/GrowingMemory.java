package org.panagrad.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap memory that is appended to; it doubles when it is full, and only then allocates. */
public final class GrowingMemory implements AutoCloseable {
  private static final long LEAST = 1 << 12;

  private Arena arena = Arena.ofShared();
  private MemorySegment memory = arena.allocate(LEAST, 8);
  private long used;

  /** Memory that holds nothing yet. */
  public GrowingMemory() {}

  /**
   * Room for more bytes behind those that are there.
   *
   * @param bytes how many
   * @return where they begin
   */
  public long append(long bytes) {
    long at = used, needed = Math.addExact(used, bytes);
    if (needed > memory.byteSize()) {
      grow(Math.max(needed, 2 * memory.byteSize()));
    }
    used = needed;
    return at;
  }

  private void grow(long bytes) {
    Arena larger = Arena.ofShared();
    MemorySegment copy;
    try {
      copy = larger.allocate(bytes, 8);
    } catch (Throwable failure) {
      larger.close();
      throw failure;
    }
    MemorySegment.copy(memory, JAVA_BYTE, 0, copy, JAVA_BYTE, 0, used);
    arena.close();
    arena = larger;
    memory = copy;
  }

  /**
   * The memory, until the next {@link #append}.
   *
   * @return at least as many bytes as were appended
   */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * Bytes that were appended.
   *
   * @return their number
   */
  public long bytes() {
    return used;
  }

  /** Forgets the content and keeps the room. */
  public void clear() {
    used = 0;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
