package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An arena that fails the test when more is asked of it than a file can justify. */
public final class BoundedArena implements Arena {
  private final Arena arena = Arena.ofConfined();
  private long left;

  /** An arena of so many bytes in all. */
  public BoundedArena(long bytes) {
    left = bytes;
  }

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    long before = left;
    left -= byteSize;
    assertTrue(left >= 0, () -> byteSize + " bytes asked for where " + before + " are left");
    return arena.allocate(byteSize, byteAlignment);
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    arena.close();
  }
}
