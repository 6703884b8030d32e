package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.CudaLibrary;
import org.panagrad.ffi.NativeException;

/**
 * A GPU's memory and the order of its work.
 *
 * <pre>{@code
 * try (CudaSession session = CudaSession.open(0)) {
 *   DeviceMemory x = session.floats(n), y = session.floats(n);
 *   MemorySegment.copy(values, 0, x.segment(), ValueLayout.JAVA_FLOAT, 0, n);
 *   x.upload();
 *   session.kernels().exp(x.segment(), y.segment(), 0, n);
 *   y.download();
 * }
 * }</pre>
 *
 * <p>Memory has two sides, the segment here and as many bytes on the GPU, and nothing is copied but by
 * {@link DeviceMemory#upload} and {@link DeviceMemory#download}. The kernels take the segments as names of what lies on
 * the GPU: they read and write nothing here, except that labels and weights are checked here, as uploaded. A call
 * returns before its work is begun; what goes wrong there is told by the next {@code download}, {@code upload} or
 * {@link #synchronize}, as a {@link NativeException}, and the session then refuses all further work.
 *
 * <p>A session is used by one thread at a time. Its kernels give the bits of all other backends.
 */
public final class CudaSession implements Storage, AutoCloseable {
  /** Bytes that small arrays share: a step of a small network has hundreds. */
  private static final long SHARED = 1 << 20;

  private final MemorySegment session;
  private final Set<DeviceArena> arenas = new LinkedHashSet<>();
  private final DeviceArena scratch = new DeviceArena(this, SHARED);
  private final Kernels kernels = new CheckedKernels(Holder.KERNELS, this);
  private boolean open = true;

  private CudaSession(MemorySegment session) {
    this.session = session;
  }

  private static final class Holder {
    static final Kernels KERNELS = new NativeKernels(new NativeTier(CudaLibrary.get()), Backends.of(Backend.SCALAR));
  }

  /**
   * Why there is no GPU to be had.
   *
   * @return the reason and the remedy, or null if there is one
   */
  public static @Nullable String missing() {
    try {
      CudaLibrary.get().devices();
      return null;
    } catch (NativeException e) {
      return e.getMessage();
    }
  }

  /**
   * Opens a session.
   *
   * @param device number of the GPU, from 0
   * @return the session, to be closed by the caller
   * @throws NativeException if libpanagrad_cuda or the GPU cannot be had, with the reason
   */
  public static CudaSession open(int device) {
    return new CudaSession(CudaLibrary.get().open(device));
  }

  /**
   * Describes a GPU for people.
   *
   * @param device number of the GPU, from 0
   * @return its name, and how much of its memory is free
   * @throws NativeException if it cannot be had, with the reason
   */
  public static String describe(int device) {
    return CudaLibrary.get().describe(device);
  }

  /**
   * The kernels, on memory of the session.
   *
   * @return checked kernels; they refuse arrays on the heap
   */
  public Kernels kernels() {
    return kernels;
  }

  /**
   * Memory on the GPU, and a side here that takes none before it is touched.
   *
   * @param count floats or ints, at least 1
   * @return zeros on both sides
   * @throws OutOfMemoryError         if the GPU has no room; names what was asked for and what is free
   * @throws IllegalArgumentException if count is less than 1
   */
  public DeviceMemory floats(long count) {
    requireOpen();
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + ": at least 1");
    }
    return new DeviceMemory(this, Math.multiplyExact(count, 4L));
  }

  @Override
  public boolean onDevice() {
    return true;
  }

  @Override
  public boolean reaches(MemorySegment array) {
    if (array.byteSize() == 0) {
      return true;
    }
    for (DeviceArena arena : arenas) {
      if (arena.scope().equals(array.scope())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Memory of the session that is freed together: its segments have two sides, as {@link DeviceMemory} has.
   *
   * @return holds nothing yet
   */
  @Override
  public Arena arena() {
    requireOpen();
    return new DeviceArena(this, SHARED);
  }

  /**
   * Memory that lives as long as the session.
   *
   * @param bytes its length
   * @return zeros on both sides
   * @throws OutOfMemoryError if the GPU has no room; names what was asked for and what is free
   */
  @Override
  public MemorySegment allocate(long bytes) {
    return scratch.allocate(bytes, LINE);
  }

  /** For an arena: the address of so many bytes. */
  long take(DeviceArena arena, long bytes) {
    requireOpen();
    long address = CudaLibrary.get().allocate(session, bytes);
    arenas.add(arena);
    return address;
  }

  /**
   * What the GPU was given so far. Calls are noted, and begun together once something is waited for; the same calls again,
   * as those of a training step, are one CUDA graph, whatever the values of their arguments.
   *
   * @return kernels, copies on the GPU and graphs, of which each counts once
   */
  public long launches() {
    requireOpen();
    return CudaLibrary.get().launches(session);
  }

  /** Makes the product of cuBLAS ready; its name. */
  String openBlas() {
    requireOpen();
    return CudaLibrary.get().blas(session);
  }

  /**
   * Waits until the GPU has done all that was called.
   *
   * @throws NativeException if something of it has failed, with the reason
   */
  public void synchronize() {
    requireOpen();
    CudaLibrary.get().synchronize(session);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the session is closed");
    }
  }

  @Override
  public void upload(MemorySegment array) {
    requireOpen();
    if (array.byteSize() > 0) {
      CudaLibrary.get().upload(session, array);
    }
  }

  @Override
  public void download(MemorySegment array) {
    requireOpen();
    if (array.byteSize() > 0) {
      CudaLibrary.get().download(session, array);
    }
  }

  @Override
  public void begin() {
    requireOpen();
    CudaLibrary.get().begin(session);
  }

  @Override
  public void copy(MemorySegment from, MemorySegment to) {
    requireOpen();
    MemorySegment part = to.asSlice(0, from.byteSize());
    if (from.byteSize() > 0) {
      CudaLibrary.get().copy(session, from, part);
    }
  }

  /** Its segments are closed already. */
  void free(DeviceArena arena, List<Long> addresses) {
    if (arenas.remove(arena)) {
      NativeException failure = null;
      for (long address : addresses) {
        failure = freed(address, failure);
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** All are freed, also where the work before them has failed. */
  private @Nullable NativeException freed(long address, @Nullable NativeException before) {
    try {
      CudaLibrary.get().free(session, address);
      return before;
    } catch (NativeException e) {
      return e;
    }
  }

  /** Throws while a call uses one: then the session stays open. What the GPU failed at before is returned. */
  private @Nullable NativeException closeArenas() {
    NativeException failure = null;
    for (DeviceArena arena : List.copyOf(arenas)) {
      try {
        arena.close();
      } catch (NativeException e) {
        failure = e;
      }
    }
    return failure;
  }

  /**
   * Frees all memory of the session: its segments are closed, on both sides. Closing twice does nothing.
   *
   * @throws NativeException       if work has failed that nobody has waited for, with the reason; all is freed
   * @throws IllegalStateException if a call is using memory of the session, which stays open then
   */
  @Override
  public void close() {
    if (open) {
      NativeException failure = closeArenas();
      open = false;
      try {
        CudaLibrary.get().close(session);
      } catch (NativeException e) {
        failure = e;
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}
