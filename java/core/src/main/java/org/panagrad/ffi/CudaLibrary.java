package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.Map;

/** libpanagrad_cuda, loaded once and on demand: its sessions, and the addresses of its kernels. */
@SuppressWarnings("restricted") // calling native code is this package's task
public final class CudaLibrary {
  private static final int OUT_OF_MEMORY = 2;
  private static final Linker LINKER = Linker.nativeLinker();

  private final LibraryFile file;
  private final Map<String, MemorySegment> functions = new LinkedHashMap<>();
  private final MethodHandle error, count, describe, open, close, allocate, free, upload, download, copy, begin,
      synchronize, launches, blas;

  private CudaLibrary(LibraryFile file) {
    this.file = file;
    int version = (int) call(handle("abi_version", FunctionDescriptor.of(JAVA_INT)));
    if (version != NativeLibrary.ABI_VERSION) {
      throw new NativeException(file.origin() + " has version " + version + " of the interface, this jar needs "
          + NativeLibrary.ABI_VERSION + ": use the library that was built with it");
    }
    readFunctions();
    error = handle("error", FunctionDescriptor.of(text()));
    count = handle("device_count", status(ADDRESS));
    describe = handle("describe", status(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    open = handle("open", status(JAVA_INT, ADDRESS));
    close = handle("close", status(ADDRESS));
    allocate = handle("allocate", status(ADDRESS, JAVA_LONG, ADDRESS));
    free = handle("free", status(ADDRESS, ADDRESS));
    upload = handle("upload", status(ADDRESS, ADDRESS, JAVA_LONG));
    download = handle("download", status(ADDRESS, ADDRESS, JAVA_LONG));
    copy = handle("copy", status(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    launches = handle("launches", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    blas = handle("blas", status(ADDRESS, ADDRESS));
    begin = handle("begin", status(ADDRESS));
    synchronize = handle("synchronize", status(ADDRESS));
  }

  private static final class Holder {
    static final Object LIBRARY_OR_REASON = load();

    private static Object load() {
      try {
        return new CudaLibrary(LibraryFile.find("panagrad_cuda", "panagrad.cuda.library"));
      } catch (NativeException | IllegalCallerException e) {
        return NativeLibrary.reason(e);
      }
    }
  }

  /**
   * The library, loaded at the first call.
   *
   * @return the library
   * @throws NativeException if it cannot be had, with the reason
   */
  public static CudaLibrary get() {
    if (Holder.LIBRARY_OR_REASON instanceof CudaLibrary library) {
      return library;
    }
    throw new NativeException((String) Holder.LIBRARY_OR_REASON);
  }

  private static AddressLayout text() {
    return ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(512, JAVA_BYTE));
  }

  private static FunctionDescriptor status(MemoryLayout... arguments) {
    return FunctionDescriptor.of(JAVA_INT, arguments);
  }

  private MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(symbol(name), descriptor);
  }

  private MemorySegment symbol(String name) {
    return file.symbols().find("pana_cuda_" + name).orElseThrow(
        () -> new NativeException(
            file.origin() + " does not export pana_cuda_" + name + ": it is no libpanagrad_cuda"));
  }

  /** For what is not called in a hot loop. */
  private static Object call(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  private void readFunctions() {
    MethodHandle name = handle("kernel_name", FunctionDescriptor.of(text(), JAVA_INT));
    MemorySegment table = (MemorySegment) call(handle("kernels", FunctionDescriptor.of(ADDRESS)));
    for (int i = 0;; i++) {
      MemorySegment text = (MemorySegment) call(name, i);
      if (text.address() == 0) {
        return;
      }
      functions.put(text.getString(0),
          table.reinterpret((i + 1) * ADDRESS.byteSize()).getAtIndex(ADDRESS, i));
    }
  }

  private void check(int status) {
    if (status == OUT_OF_MEMORY) {
      throw new OutOfMemoryError(((MemorySegment) call(error)).getString(0));
    }
    if (status != 0) {
      throw new NativeException(((MemorySegment) call(error)).getString(0));
    }
  }

  /**
   * A kernel.
   *
   * @param name row of the registry
   * @return the function's address
   * @throws NativeException if the library lacks the row
   */
  public MemorySegment function(String name) {
    MemorySegment function = functions.get(name);
    if (function == null) {
      throw new NativeException(file.origin() + " has no kernel " + name + ": use the library that was built with this"
          + " jar");
    }
    return function;
  }

  /**
   * Makes {@link #blasProduct} ready for a session.
   *
   * @param session of a session
   * @return name and version of cuBLAS
   * @throws NativeException where it cannot be had, with the reason
   */
  public String blas(MemorySegment session) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256);
      check((int) call(blas, session, name));
      return name.getString(0);
    }
  }

  /**
   * The product of cuBLAS, for sessions that have asked for it.
   *
   * @param tf32 whether it takes the upper 10 bits of fractions only
   * @return called as product_f32 is
   */
  public MemorySegment blasProduct(boolean tf32) {
    return symbol(tf32 ? "blas_product_tf32" : "blas_product_f32");
  }

  /**
   * The GPUs.
   *
   * @return how many there are, at least 1
   * @throws NativeException where there is none, with the reason
   */
  public int devices() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(JAVA_INT);
      check((int) call(count, number));
      return number.get(JAVA_INT, 0);
    }
  }

  /**
   * A GPU, for people.
   *
   * @param device from 0
   * @return its name, and how much memory is free
   */
  public String describe(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256), bytes = arena.allocate(16, 8);
      check((int) call(describe, device, name, bytes, bytes.asSlice(8)));
      return "%s, %,d of %,d bytes free".formatted(name.getString(0), bytes.get(JAVA_LONG, 0), bytes.get(JAVA_LONG, 8));
    }
  }

  /**
   * Opens a session.
   *
   * @param device from 0
   * @return its address
   * @throws NativeException where the GPU cannot be had, with the reason
   */
  public MemorySegment open(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment session = arena.allocate(ADDRESS);
      check((int) call(open, device, session));
      return session.get(ADDRESS, 0);
    }
  }

  /**
   * Ends a session and frees its memory.
   *
   * @param session its address
   */
  public void close(MemorySegment session) {
    check((int) call(close, session));
  }

  /**
   * Memory with two sides.
   *
   * @param session of a session
   * @param bytes   more than 0
   * @return the side here, of {@code bytes} bytes, zeros
   * @throws OutOfMemoryError where the GPU has no room: names what was asked for and what is free
   */
  public long allocate(MemorySegment session, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS);
      check((int) call(allocate, session, bytes, address));
      return address.get(JAVA_LONG, 0);
    }
  }

  /**
   * Frees memory.
   *
   * @param session of a session
   * @param address what allocate gave
   */
  public void free(MemorySegment session, long address) {
    check((int) call(free, session, MemorySegment.ofAddress(address)));
  }

  /**
   * Copies to the GPU.
   *
   * @param session of a session
   * @param memory  within what allocate gave
   */
  public void upload(MemorySegment session, MemorySegment memory) {
    transfer(upload, session, memory);
  }

  /**
   * Copies from the GPU, once it has done all that was called before.
   *
   * @param session of a session
   * @param memory  within what allocate gave
   */
  public void download(MemorySegment session, MemorySegment memory) {
    transfer(download, session, memory);
  }

  /**
   * Copies on the GPU.
   *
   * @param session of a session
   * @param from    within what allocate gave
   * @param to      the same, as long as from
   */
  public void copy(MemorySegment session, MemorySegment from, MemorySegment to) {
    try {
      check((int) copy.invokeExact(session, from, to, from.byteSize()));
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  private void transfer(MethodHandle direction, MemorySegment session, MemorySegment memory) {
    try {
      check((int) direction.invokeExact(session, memory, memory.byteSize()));
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  /**
   * What was begun so far.
   *
   * @param session of a session
   * @return kernels, copies and graphs, of which each counts once
   */
  public long launches(MemorySegment session) {
    return (long) call(launches, session);
  }

  /**
   * Begins what was called, without waiting.
   *
   * @param session of a session
   */
  public void begin(MemorySegment session) {
    try {
      check((int) begin.invokeExact(session));
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  /**
   * Waits until all is done.
   *
   * @param session of a session
   */
  public void synchronize(MemorySegment session) {
    check((int) call(synchronize, session));
  }
}
