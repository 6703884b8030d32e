package org.panagrad.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap memory that is appended to; it doubles when it is full, and only then allocates. */
public final class GrowingMemory implements AutoCloseable {
  private static final long LEAST = 1 << 12;

  private final boolean collected;
  private Arena arena;
  private MemorySegment memory;
  private long used;

  /** Memory that holds nothing yet, to be closed. */
  public GrowingMemory() {
    this(false);
  }

  private GrowingMemory(boolean collected) {
    this.collected = collected;
    arena = newArena();
    memory = arena.allocate(LEAST, 8);
  }

  /**
   * Memory that is freed when nobody refers to it any more, for owners that cannot be closed.
   *
   * @return it holds nothing yet; closing it does nothing
   */
  public static GrowingMemory collected() {
    return new GrowingMemory(true);
  }

  private Arena newArena() {
    return collected ? Arena.ofAuto() : Arena.ofShared();
  }

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
    Arena larger = newArena();
    MemorySegment copy;
    try {
      copy = larger.allocate(bytes, 8);
    } catch (Throwable failure) {
      if (!collected) {
        larger.close();
      }
      throw failure;
    }
    MemorySegment.copy(memory, JAVA_BYTE, 0, copy, JAVA_BYTE, 0, used);
    close();
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
    if (!collected && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
