package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;

/**
 * Tensors that one call updates: C's pana_tensor, prepared once. They lie off the heap, in at most
 * {@value #MOST_ARENAS} arenas, and share no element. Blocks of 4096 elements are counted through all of them, in the
 * order in which they were added; each begins with a block of its own.
 */
public final class TensorTable {
  /** Arenas that a call can keep open. */
  public static final int MOST_ARENAS = 3;

  private static final long PARAMETER = 0, GRADIENT = 8, STATES = 16, AVERAGE = 40, ELEMENTS = 48, FIRST_BLOCK = 56,
      UPDATE = 64, RATIO = 68, BYTES = 72;

  private final Update[] updates;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<MemorySegment> arenas = new ArrayList<>();
  /** Begin and end of every array. */
  private final TreeMap<Long, Long> taken = new TreeMap<>();
  private MemorySegment struct = MemorySegment.NULL;
  private long blocks;

  /**
   * Without tensors yet.
   *
   * @param rules of the groups
   */
  public TensorTable(UpdateRule... rules) {
    updates = Update.array(rules);
  }

  /** A tensor of the table. */
  record Tensor(MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a, @Nullable MemorySegment b,
      @Nullable MemorySegment c, @Nullable MemorySegment average, long elements, long firstBlock, int update) {
  }

  /**
   * Whether a tensor of such arrays can be in the table: whether all lie off the heap, in arenas that it has or has
   * room for.
   *
   * @param arrays of the tensor; null ones do not count
   * @return false if it must be updated alone
   */
  public boolean takes(@Nullable MemorySegment... arrays) {
    List<MemorySegment> all = new ArrayList<>(arenas);
    for (MemorySegment array : arrays) {
      if (array != null && (!array.isNative() || !remember(all, array))) {
        return false;
      }
    }
    return true;
  }

  private static boolean remember(List<MemorySegment> arenas, MemorySegment array) {
    for (MemorySegment known : arenas) {
      if (known.scope().equals(array.scope())) {
        return true;
      }
    }
    return arenas.size() < MOST_ARENAS && arenas.add(array);
  }

  /**
   * Adds a tensor.
   *
   * @param update    its group
   * @param parameter n floats
   * @param gradient  n floats
   * @param states    n floats each, as many as the rule has
   * @param average   n floats, or null
   * @throws IllegalArgumentException  if the table does not take it, arrays overlap, or there are too few or many
   *                                   states
   * @throws IndexOutOfBoundsException if an array is shorter than parameter, or there is no such group
   */
  public void add(int update, MemorySegment parameter, MemorySegment gradient, List<MemorySegment> states,
      @Nullable MemorySegment average) {
    UpdateRule rule = updates[update].rule();
    if (states.size() != rule.states()) {
      throw new IllegalArgumentException(states.size() + " states: " + rule + " has " + rule.states());
    }
    long n = parameter.byteSize() / 4;
    MemorySegment a = states.size() > 0 ? states.get(0) : null, b = states.size() > 1 ? states.get(1) : null,
        c = states.size() > 2 ? states.get(2) : null;
    UpdateChecks.arrays(parameter, gradient, a, b, c, average, n);
    if (!takes(parameter, gradient, a, b, c, average)) {
      throw new IllegalArgumentException(
          "the tensor lies on the heap, or in one arena more than " + MOST_ARENAS + ": update it alone");
    }
    Tensor tensor = new Tensor(parameter, gradient, a, b, c, average, n, blocks, update);
    take(parameter, gradient, a, b, c, average);
    tensors.add(tensor);
    blocks += Checks.parts(n, Kernels.BLOCK);
    write(tensor, BYTES * (tensors.size() - 1));
  }

  /** Notes where the arrays lie. */
  private void take(@Nullable MemorySegment... arrays) {
    for (MemorySegment array : arrays) {
      if (array != null && array.byteSize() > 0) {
        Map.Entry<Long, Long> before = taken.lowerEntry(array.address() + array.byteSize());
        if (before != null && before.getValue() > array.address()) {
          throw new IllegalArgumentException(
              "the tensor shares elements with one that the table has: each is listed once");
        }
      }
    }
    for (MemorySegment array : arrays) {
      if (array != null && array.byteSize() > 0) {
        taken.put(array.address(), array.address() + array.byteSize());
        remember(arenas, array);
      }
    }
  }

  private void write(Tensor t, long at) {
    if (struct.byteSize() < at + BYTES) {
      MemorySegment greater = Arena.ofAuto().allocate(2 * (at + BYTES), 8);
      MemorySegment.copy(struct, 0, greater, 0, at);
      struct = greater;
    }
    struct.set(ADDRESS, at + PARAMETER, t.parameter);
    struct.set(ADDRESS, at + GRADIENT, t.gradient);
    struct.set(ADDRESS, at + STATES, orNull(t.a));
    struct.set(ADDRESS, at + STATES + 8, orNull(t.b));
    struct.set(ADDRESS, at + STATES + 16, orNull(t.c));
    struct.set(ADDRESS, at + AVERAGE, orNull(t.average));
    struct.set(JAVA_LONG, at + ELEMENTS, t.elements);
    struct.set(JAVA_LONG, at + FIRST_BLOCK, t.firstBlock);
    struct.set(JAVA_INT, at + UPDATE, t.update);
    struct.set(JAVA_FLOAT, at + RATIO, 1);
  }

  private static MemorySegment orNull(@Nullable MemorySegment array) {
    return array == null ? MemorySegment.NULL : array;
  }

  /**
   * What a group does in the next step.
   *
   * @param group from 0
   * @return to be changed
   */
  public Update update(int group) {
    return updates[group];
  }

  /**
   * Sets the length of a tensor's step, for a rule that has one.
   *
   * @param tensor in the order in which they were added
   * @param ratio  as {@link OptimizerKernels#update} takes it
   */
  public void ratio(int tensor, float ratio) {
    struct.set(JAVA_FLOAT, BYTES * tensor + RATIO, ratio);
  }

  /**
   * How many tensors there are.
   *
   * @return so many have been added
   */
  public int size() {
    return tensors.size();
  }

  /**
   * The blocks of all tensors.
   *
   * @return the end of the greatest range
   */
  public long blocks() {
    return blocks;
  }

  /**
   * Where a tensor begins.
   *
   * @param tensor in the order in which they were added
   * @return blocks of the tensors before it
   */
  public long firstBlock(int tensor) {
    return tensors.get(tensor).firstBlock;
  }

  float ratio(int tensor) {
    return struct.get(JAVA_FLOAT, BYTES * tensor + RATIO);
  }

  Tensor tensor(int i) {
    return tensors.get(i);
  }

  Update updateOf(int tensor) {
    return updates[tensors.get(tensor).update];
  }

  /** The last tensor that begins at a block or before it; 0 if there is none. */
  int tensorOf(long block) {
    int low = 0, high = tensors.size();
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (tensors.get(middle).firstBlock <= block) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The tensors in native memory. */
  MemorySegment struct() {
    return struct;
  }

  /** The groups in native memory. */
  MemorySegment updates() {
    return updates[0].struct();
  }

  /** Something in each arena of the tensors, or NULL. */
  MemorySegment alive(int arena) {
    return arena < arenas.size() ? arenas.get(arena) : MemorySegment.NULL;
  }

  boolean isEmpty() {
    return tensors.isEmpty();
  }

  /** Every arena is still open to this thread, and there is room for the sums. */
  void check(@Nullable MemorySegment sums, long blocks) {
    for (int i = 0; i < arenas.size(); i++) {
      Memories.in("a tensor of the table", arenas.get(i), 0);
    }
    for (Update update : updates) {
      UpdateChecks.sums(update.rule(), sums, blocks);
    }
  }
}
