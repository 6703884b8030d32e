package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** The arrays of a {@link Setup}: filled, put into memory of one kind or another, and read back. */
public final class Arguments {
  /** What outputs hold before a call: a NaN that no kernel makes, so that an element never written shows. */
  static final int UNWRITTEN = 0x7fdeadbe;
  /** What stands around heap arrays. */
  private static final int SENTINEL = 0x7fabcdef;
  private static final int MARGIN = 19;

  private static final float[] SPECIALS = {0.0f, -0.0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY, 1e-40f, -1e-40f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE,
      -Float.MAX_VALUE, 88.8f, -88, -103.9f, 0x1p64f, 0x1p-64f, 1e4f, -1e4f};

  /** What values the inputs have. */
  public enum Style {
    /** Those of the case's domain. */
    ORDINARY,
    /** NaN, infinities, zeros, denormals, huge numbers among them. */
    SPECIAL,
    /** Nothing else: every element is special. */
    ALL_SPECIAL
  }

  /** Where an array lies. */
  @FunctionalInterface
  public interface Memory {
    /** On the heap, inside of a larger array. */
    Memory HEAP = (array, _) -> heap(array.ints(), array.length());

    /** Place for an array. */
    MemorySegment place(Setup.Array array, int index);

    /** Off the heap, aligned to 4 bytes and no more. */
    static Memory nativeIn(Arena arena) {
      return (array, _) -> arena.allocate(4L * array.length() + 4, 64).asSlice(4);
    }

    /** As another, but off the heap where that has it on the heap. */
    static Memory offHeap(Memory other) {
      Memory off = nativeIn(Arena.ofAuto());
      return (array, index) -> {
        MemorySegment place = other.place(array, index);
        return place.isNative() ? place : off.place(array, index);
      };
    }

    /** Every second one on the heap. */
    static Memory mixedIn(Arena arena) {
      Memory off = nativeIn(arena);
      return (array, index) -> (index % 2 == 0 ? HEAP : off).place(array, index);
    }
  }

  private final Setup setup;
  private final int[][] initial;
  private final MemorySegment[] segments;

  private Arguments(Setup setup, int[][] initial, MemorySegment[] segments) {
    this.setup = setup;
    this.initial = initial;
    this.segments = segments;
  }

  /** The bits of every array before the call; they depend on the seed alone. */
  public static int[][] initial(Setup setup, Style style, long seed) {
    int[][] words = new int[setup.arrays().size()][];
    for (int k = 0; k < words.length; k++) {
      Setup.Array array = setup.arrays().get(k);
      Random random = new Random(seed * 31 + k);
      words[k] = new int[array.length()];
      for (int i = 0; i < words[k].length; i++) {
        words[k][i] = word(array, style, random, i);
      }
    }
    return words;
  }

  private static int word(Setup.Array array, Style style, Random random, int i) {
    if (array.role() == Setup.Role.OUT || array.role() == Setup.Role.SCRATCH) {
      return UNWRITTEN;
    }
    double value = array.fill().at(random, i);
    if (array.ints()) {
      return (int) value;
    }
    boolean special = !array.strict()
        && (style == Style.ALL_SPECIAL || style == Style.SPECIAL && random.nextInt(4) == 0);
    return Float.floatToRawIntBits(special ? SPECIALS[random.nextInt(SPECIALS.length)] : (float) value);
  }

  /**
   * The arrays in memory.
   *
   * @param setup   whose
   * @param initial their bits
   * @param memory  where each lies
   * @param nulls   a bit for each array that is null
   * @param inPlace an array that is the one that it may be, else -1
   */
  public static Arguments of(Setup setup, int[][] initial, Memory memory, int nulls, int inPlace) {
    MemorySegment[] segments = new MemorySegment[initial.length];
    Memory places = setup.isOffHeap() ? Memory.offHeap(memory) : memory;
    for (int k = 0; k < segments.length; k++) {
      if ((nulls >> k & 1) == 0) {
        segments[k] = places.place(setup.arrays().get(k), k);
      }
    }
    if (inPlace >= 0) {
      segments[inPlace] = segments[setup.arrays().get(inPlace).inPlace()];
    }
    return new Arguments(setup, initial, segments).refill(inPlace);
  }

  /** The arrays in memory, none null, none in place. */
  public static Arguments of(Setup setup, int[][] initial, Memory memory) {
    return of(setup, initial, memory, 0, -1);
  }

  /** As before the call. */
  public void refill() {
    refill(-1);
  }

  private Arguments refill(int inPlace) {
    for (int k = 0; k < segments.length; k++) {
      if (segments[k] != null && k != inPlace) {
        MemorySegment.copy(initial[k], 0, segments[k], JAVA_INT, 0, initial[k].length);
      }
    }
    return this;
  }

  /** Spoils what lies in the arrays that the kernel writes: for memory with another side, where the call's arrays are. */
  void spoilWritten() {
    for (int k = 0; k < segments.length; k++) {
      if (segments[k] != null && setup.arrays().get(k).written()) {
        segments[k].fill((byte) 0x5a);
      }
    }
  }

  /** The arrays, null where they are to be. */
  public MemorySegment[] segments() {
    return segments;
  }

  /** Calls the whole range. */
  public Arguments call(Kernels kernels) {
    setup.call(kernels, segments, setup.from(), setup.to());
    return this;
  }

  /** Array k, or null. */
  public int[] words(int k) {
    return segments[k] == null ? null : segments[k].toArray(JAVA_INT);
  }

  /** The bits of all outputs; null for the others. Checks that nothing else has changed. */
  public int[][] results() {
    int[][] results = new int[segments.length][];
    for (int k = 0; k < results.length; k++) {
      if (segments[k] == null) {
        continue;
      }
      checkMargins(k);
      if (setup.arrays().get(k).role() == Setup.Role.SCRATCH) {
        continue;
      }
      int[] words = words(k);
      if (setup.arrays().get(k).written()) {
        results[k] = words;
      } else if (!isAlsoOutput(k) && !java.util.Arrays.equals(words, initial[k])) {
        throw new AssertionError("input " + setup.arrays().get(k).name() + " was changed");
      }
    }
    return results;
  }

  private boolean isAlsoOutput(int input) {
    for (int k = 0; k < segments.length; k++) {
      if (setup.arrays().get(k).written() && k != input && segments[k] == segments[input]) {
        return true;
      }
    }
    return false;
  }

  private static MemorySegment heap(boolean ints, int length) {
    int all = length + 2 * MARGIN;
    MemorySegment whole = ints ? MemorySegment.ofArray(new int[all]) : MemorySegment.ofArray(new float[all]);
    for (int i = 0; i < MARGIN; i++) { // the rest is filled before the call
      whole.setAtIndex(JAVA_INT, i, SENTINEL);
      whole.setAtIndex(JAVA_INT, all - 1 - i, SENTINEL);
    }
    return whole.asSlice(4 * MARGIN, 4L * length);
  }

  private void checkMargins(int k) {
    Object array = segments[k].heapBase().orElse(null);
    if (array == null) {
      return;
    }
    MemorySegment whole = array instanceof int[] x ? MemorySegment.ofArray(x) : MemorySegment.ofArray((float[]) array);
    long length = whole.byteSize() / 4;
    for (int i = 0; i < MARGIN; i++) {
      if (whole.getAtIndex(JAVA_INT, i) != SENTINEL || whole.getAtIndex(JAVA_INT, length - 1 - i) != SENTINEL) {
        throw new AssertionError("written outside of " + setup.arrays().get(k).name());
      }
    }
  }

  /** The values as double. */
  static double[][] values(Setup setup, int[][] words) {
    double[][] values = new double[words.length][];
    for (int k = 0; k < words.length; k++) {
      values[k] = new double[words[k].length];
      for (int i = 0; i < values[k].length; i++) {
        values[k][i] = setup.arrays().get(k).ints() ? words[k][i] : Float.intBitsToFloat(words[k][i]);
      }
    }
    return values;
  }

  /** Fails unless both hold the same bits; NaN counts as one value. Arrays that got lacks are passed over. */
  static void assertSame(Setup setup, int[][] expected, int[][] got, String where) {
    for (int k = 0; k < expected.length; k++) {
      if (expected[k] == null || got[k] == null) {
        continue;
      }
      int different = java.util.Arrays.mismatch(expected[k], got[k]);
      for (int i = Math.max(different, 0); different >= 0 && i < expected[k].length; i++) {
        if (!same(setup.arrays().get(k).ints(), expected[k][i], got[k][i])) {
          throw new AssertionError("%s: %s[%d] has bits %08x (%s), expected %08x (%s)".formatted(where,
              setup.arrays().get(k).name(), i, got[k][i], Float.intBitsToFloat(got[k][i]), expected[k][i],
              Float.intBitsToFloat(expected[k][i])));
        }
      }
    }
  }

  private static boolean same(boolean ints, int x, int y) {
    boolean unwritten = x == UNWRITTEN || y == UNWRITTEN;
    return x == y
        || !ints && !unwritten && Float.isNaN(Float.intBitsToFloat(x)) && Float.isNaN(Float.intBitsToFloat(y));
  }
}
