package org.panagrad.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** libpanagrad, loaded once: its tiers and the functions of each. */
@SuppressWarnings("restricted") // loading native code is this class's task
public final class NativeLibrary {
  /** Instruction sets by the number that panagrad.h gives them. */
  public static final int SCALAR = 0, AVX2 = 1, AVX512 = 2;

  static final int ABI_VERSION = 5;
  private static final Linker LINKER = Linker.nativeLinker();

  private final String origin;
  private final SymbolLookup symbols;
  private final Map<String, Integer> rows = new LinkedHashMap<>();

  private NativeLibrary(String origin, SymbolLookup symbols) {
    this.origin = origin;
    this.symbols = symbols;
    int version = callInt("pana_abi_version");
    if (version != ABI_VERSION) {
      throw new NativeException(origin + " has version " + version + " of the interface, this jar needs " + ABI_VERSION
          + ": use the library that was built with it");
    }
    int count = callInt("pana_kernel_count");
    for (int i = 0; i < count; i++) {
      rows.put(kernelName(i), i);
    }
  }

  private static final class Holder {
    static final Object LIBRARY_OR_REASON = tryLoad();

    private static Object tryLoad() {
      try {
        LibraryFile file = LibraryFile.find("panagrad", "panagrad.library");
        return new NativeLibrary(file.origin(), file.symbols());
      } catch (NativeException | IllegalCallerException e) {
        return reason(e);
      }
    }
  }

  /**
   * The library, loaded at the first call.
   *
   * @return the library
   * @throws NativeException if it cannot be had, with the reason
   */
  public static NativeLibrary get() {
    if (Holder.LIBRARY_OR_REASON instanceof NativeLibrary library) {
      return library;
    }
    throw new NativeException((String) Holder.LIBRARY_OR_REASON);
  }

  /**
   * Why the library cannot be had.
   *
   * @return the reason, or null if it is loaded
   */
  public static @Nullable String missing() {
    return Holder.LIBRARY_OR_REASON instanceof String reason ? reason : null;
  }

  static String reason(RuntimeException e) {
    return e instanceof IllegalCallerException
        ? "native access is denied: start java with --enable-native-access=ALL-UNNAMED (or =org.panagrad)"
        : e.getMessage();
  }

  /**
   * Where the library came from.
   *
   * @return for people
   */
  public String origin() {
    return origin;
  }

  /**
   * The kernels of the registry.
   *
   * @return names without prefix, in the registry's order
   */
  public Iterable<String> names() {
    return rows.keySet();
  }

  /**
   * The best tier that this processor has.
   *
   * @return its number
   */
  public int activeTier() {
    return callInt("pana_active_tier");
  }

  /**
   * Name of a tier.
   *
   * @param tier its number
   * @return "scalar", "avx2" or "avx512"
   */
  public static String tierName(int tier) {
    return switch (tier) {
      case SCALAR -> "scalar";
      case AVX2 -> "avx2";
      case AVX512 -> "avx512";
      default -> throw new IllegalArgumentException("tier " + tier + " does not exist: 0 to 2 do");
    };
  }

  /**
   * Whether a tier was built and this processor has it.
   *
   * @param tier its number
   * @return whether {@link #function} may be asked for it
   */
  public boolean has(int tier) {
    return table(tier).address() != 0;
  }

  /**
   * A kernel of one tier.
   *
   * @param tier its number
   * @param name row of the registry
   * @return the function's address
   * @throws NativeException if the library lacks the tier or the row
   */
  public MemorySegment function(int tier, String name) {
    Integer row = rows.get(name);
    if (row == null) {
      throw new NativeException(origin + " has no kernel " + name + ": use the library that was built with this jar");
    }
    MemorySegment table = table(tier);
    if (table.address() == 0) {
      throw new NativeException(origin + " has no tier " + tierName(tier) + " for this processor");
    }
    return table.reinterpret(rows.size() * ADDRESS.byteSize()).getAtIndex(ADDRESS, row);
  }

  /** The address of an entry that is no kernel. */
  MemorySegment symbol(String name) {
    return symbols.find(name)
        .orElseThrow(() -> new NativeException(origin + " does not export " + name + ": it is no libpanagrad"));
  }

  private MemorySegment table(int tier) {
    try {
      MethodHandle handle = LINKER.downcallHandle(symbol("pana_tier_kernels"),
          FunctionDescriptor.of(ADDRESS, JAVA_INT));
      return (MemorySegment) handle.invokeExact(tier);
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  private int callInt(String name) {
    try {
      return (int) LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT)).invokeExact();
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }

  private String kernelName(int row) {
    // no constant: making it is refused where native access is, and the class must load to say so
    AddressLayout text = ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(256, JAVA_BYTE));
    try {
      MethodHandle handle = LINKER.downcallHandle(symbol("pana_kernel_name"), FunctionDescriptor.of(text, JAVA_INT));
      return ((MemorySegment) handle.invokeExact(row)).getString(0);
    } catch (Throwable e) {
      throw Downcalls.unexpected(e);
    }
  }
}
