package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory of a {@link CudaSession} that is freed together. Small arrays share an allocation. */
final class DeviceArena implements Arena {
  /** What a GPU reads at once; more than any array asks for. */
  private static final long ALIGNMENT = 256;

  private final CudaSession session;
  private final long least;
  private final Arena lifetime = Arena.ofShared();
  private final List<Long> addresses = new ArrayList<>();
  private MemorySegment chunk = MemorySegment.NULL;
  private long next;

  /** least: bytes of an allocation that arrays share; 0 where none do. */
  DeviceArena(CudaSession session, long least) {
    this.session = session;
    this.least = least;
  }

  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    if (alignment > ALIGNMENT) {
      throw new IllegalArgumentException("alignment is " + alignment + ": at most " + ALIGNMENT);
    }
    long size = (Math.max(1, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size >= least) {
      return region(size).asSlice(0, bytes);
    }
    if (next + size > chunk.byteSize()) {
      chunk = region(least);
      next = 0;
    }
    MemorySegment array = chunk.asSlice(next, bytes);
    next += size;
    return array;
  }

  @SuppressWarnings("restricted") // the library says how long it is
  private MemorySegment region(long bytes) {
    long address = session.take(this, bytes);
    addresses.add(address);
    return MemorySegment.ofAddress(address).reinterpret(bytes, lifetime, null);
  }

  @Override
  public MemorySegment.Scope scope() {
    return lifetime.scope();
  }

  /** Once the GPU has done what was called. Closing twice does nothing. */
  @Override
  public void close() {
    if (lifetime.scope().isAlive()) {
      lifetime.close();
      session.free(this, addresses);
    }
  }
}
