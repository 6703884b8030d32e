package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Memory of a {@link CudaSession}: a segment here, and as many bytes on the GPU. It lives until it is closed, or its
 * session.
 */
public final class DeviceMemory implements AutoCloseable {
  private final CudaSession session;
  private final DeviceArena arena;
  private final MemorySegment segment;

  DeviceMemory(CudaSession session, long bytes) {
    this.session = session;
    arena = new DeviceArena(session, 0);
    segment = arena.allocate(bytes, 1);
  }

  /**
   * The side here, by which kernels know the memory. Slices of it are known too.
   *
   * @return a segment that any thread may use while the session is open
   */
  public MemorySegment segment() {
    return segment;
  }

  /** Copies all of it to the GPU. What lies here may be changed once this has returned. */
  public void upload() {
    session.upload(segment);
  }

  /**
   * Copies a part to the GPU.
   *
   * @param offset bytes before it
   * @param bytes  its length
   * @throws IndexOutOfBoundsException if it is not within the memory
   */
  public void upload(long offset, long bytes) {
    session.upload(segment.asSlice(offset, bytes));
  }

  /** Copies all of it from the GPU, once that has done what was called before. */
  public void download() {
    session.download(segment);
  }

  /**
   * Copies a part from the GPU.
   *
   * @param offset bytes before it
   * @param bytes  its length
   * @throws IndexOutOfBoundsException if it is not within the memory
   */
  public void download(long offset, long bytes) {
    session.download(segment.asSlice(offset, bytes));
  }

  /**
   * Copies all of it on the GPU; the sides here are left alone.
   *
   * @param to other memory of the session, at least as long
   * @throws IndexOutOfBoundsException if it is shorter
   * @throws IllegalArgumentException  if it is the same memory
   */
  public void copyTo(DeviceMemory to) {
    if (to == this) {
      throw new IllegalArgumentException("memory is copied to itself");
    }
    session.copy(segment, to.segment.asSlice(0, segment.byteSize()));
  }

  /** Frees it on both sides, once the GPU has done what was called. Closing twice does nothing. */
  @Override
  public void close() {
    arena.close();
  }
}
