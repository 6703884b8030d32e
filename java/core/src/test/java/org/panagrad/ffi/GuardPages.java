package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Memory between two pages that nobody may touch: a read or write beyond either end is a crash, not a wrong number. */
@SuppressWarnings("restricted") // protecting pages is this class's task
public final class GuardPages implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final int PROT_NONE = 0, PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final MethodHandle MMAP = bind("mmap",
      FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MPROTECT = bind("mprotect",
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

  private final List<MemorySegment> mappings = new ArrayList<>();

  private static MethodHandle bind(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
  }

  /**
   * Memory whose last byte (or first) is next to a guard page.
   *
   * @param bytes how much
   * @param atEnd whether the data end at the page behind it, rather than begin at the page before
   * @return exactly so many bytes
   */
  public MemorySegment allocate(long bytes, boolean atEnd) {
    long data = (bytes + PAGE - 1) / PAGE * PAGE, all = data + 2 * PAGE;
    try {
      MemorySegment mapping = ((MemorySegment) MMAP.invokeExact(MemorySegment.NULL, all, PROT_NONE,
          MAP_PRIVATE_ANONYMOUS, -1, 0L)).reinterpret(all);
      if (mapping.address() == -1) {
        throw new AssertionError("mmap of " + all + " bytes failed");
      }
      mappings.add(mapping);
      if (data > 0 && (int) MPROTECT.invokeExact(mapping.asSlice(PAGE), data, PROT_READ_WRITE) != 0) {
        throw new AssertionError("mprotect of " + data + " bytes failed");
      }
      return mapping.asSlice(atEnd ? PAGE + data - bytes : PAGE, bytes);
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  @Override
  public void close() {
    for (MemorySegment mapping : mappings) {
      try {
        int _ = (int) MUNMAP.invokeExact(mapping, mapping.byteSize());
      } catch (Throwable e) {
        throw Downcalls.unexpected(e);
      }
    }
  }
}
