package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.TensorTable;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;
import org.panagrad.kernel.Workers;

/**
 * Tensors of an {@link Updater} in the order of their parts: those that a table takes, which one call updates, and the
 * others, which are updated alone; and the sums of a pass over all of them. Blocks are counted through all of them.
 */
final class UpdatePlan {
  /** Blocks that are worth handing to another thread. */
  private static final long PART = 16;

  /** A tensor that no table takes, or whose states are factors: its place among all blocks, and its sums. */
  private record Alone(int group, MemorySegment parameter, MemorySegment gradient, List<MemorySegment> states,
      @Nullable MemorySegment average, @Nullable Factors factors, MemorySegment sums, long elements, long firstPart) {

    @Nullable
    MemorySegment state(UpdateRule rule, int which) {
      return which < rule.states() ? states.get(which) : null;
    }
  }

  private final Compute compute;
  private final Kernels kernels;
  private final TensorTable table;
  private final List<Alone> alone = new ArrayList<>();
  /**
   * For each tensor, in the order in which they were added: its number in the table, or -1 less that among the others.
   */
  private final List<Integer> places = new ArrayList<>();
  private final Workers.Task part = this::part, squares = this::squares;
  private MemorySegment tableSums = MemorySegment.NULL;
  private long aloneParts;
  /** Of the tensors that are alone. */
  private float[] ratios = new float[0];
  private boolean counting, factored;

  UpdatePlan(Compute compute, UpdateRule... rules) {
    this.compute = compute;
    kernels = compute.kernels();
    table = new TensorTable(rules);
  }

  void add(int group, MemorySegment parameter, MemorySegment gradient, List<MemorySegment> states,
      @Nullable MemorySegment average, @Nullable Factors factors) {
    MemorySegment[] arrays = new MemorySegment[states.size()];
    states.toArray(arrays);
    if (factors == null && table.takes(parameter, gradient, average) && table.takes(arrays)) {
      table.add(group, parameter, gradient, states, average);
      places.add(table.size() - 1);
    } else {
      long blocks = blocks(parameter);
      alone.add(new Alone(group, parameter, gradient, states, average, factors, sums(blocks), parameter.byteSize() / 4,
          aloneParts));
      factored |= factors != null;
      places.add(-alone.size());
      aloneParts += parts(blocks);
      ratios = Arrays.copyOf(ratios, alone.size());
    }
  }

  private static long blocks(MemorySegment parameter) {
    return parts(parameter.byteSize() / 4, Kernels.BLOCK);
  }

  private static long parts(long blocks) {
    return parts(blocks, PART);
  }

  private static long parts(long n, long size) {
    return (n + size - 1) / size;
  }

  private MemorySegment sums(long blocks) {
    return kernels.allocate(12 * blocks);
  }

  Update update(int group) {
    return table.update(group);
  }

  /** What tensors with factors need before their rule: their squares, and what this step makes of them. */
  void factor(long step) {
    if (factored) {
      requireAlive();
      compute.run(squares, aloneParts);
      for (int i = 0; i < alone.size(); i++) {
        Factors factors = alone.get(i).factors;
        if (factors != null) {
          factors.follow(kernels, step);
        }
      }
    }
  }

  private void squares(long index, int worker) {
    Alone tensor = alone.get(tensorOf(index));
    if (tensor.factors != null) {
      tensor.factors.sum(kernels, table.update(tensor.group), tensor.parameter, tensor.gradient,
          index - tensor.firstPart, parts(blocks(tensor.parameter)));
    }
  }

  /** The tensor of those that are alone in which a part of them lies. */
  private int tensorOf(long part) {
    int i = 0;
    while (i + 1 < alone.size() && alone.get(i + 1).firstPart <= part) {
      i++;
    }
    return i;
  }

  /** Does what the groups' updates say. */
  void run(boolean counted) {
    counting = counted;
    requireAlive();
    if (counting && tableSums.byteSize() < 12 * table.blocks()) {
      tableSums = sums(table.blocks());
    }
    if (compute.threads() == 1) {
      kernels.updateTensors(table, counting ? tableSums : null, 0, table.blocks());
      for (int i = 0; i < alone.size(); i++) {
        run(i, 0, alone.get(i).elements);
      }
    } else {
      compute.run(part, parts(table.blocks()) + aloneParts);
    }
    if (counting) {
      downloadSums();
    }
  }

  private void downloadSums() {
    if (table.size() > 0) {
      kernels.download(tableSums);
    }
    for (int i = 0; i < alone.size(); i++) {
      kernels.download(alone.get(i).sums);
    }
  }

  /** So that no tensor is updated when one cannot be; the table is asked by its kernel. */
  private void requireAlive() {
    for (int i = 0; i < alone.size(); i++) { // no iterator: the JVM does not always do without it
      Alone tensor = alone.get(i);
      Memories.out("parameter", tensor.parameter, tensor.elements);
      Memories.out("gradient", tensor.gradient, tensor.elements);
    }
  }

  private void part(long index, int worker) {
    long ofTable = parts(table.blocks());
    if (index < ofTable) {
      kernels.updateTensors(table, counting ? tableSums : null, index * PART,
          Math.min((index + 1) * PART, table.blocks()));
      return;
    }
    int i = tensorOf(index - ofTable);
    Alone tensor = alone.get(i);
    long from = (index - ofTable - tensor.firstPart) * PART * Kernels.BLOCK;
    run(i, from, Math.min(from + PART * Kernels.BLOCK, tensor.elements));
  }

  private void run(int i, long from, long to) {
    Alone t = alone.get(i);
    Update update = table.update(t.group);
    UpdateRule rule = update.rule();
    if (t.factors != null && rule != UpdateRule.GRADIENT_SQUARES) {
      t.factors.update(kernels, update, t.parameter, t.gradient, t.average, counting ? t.sums : null, ratios[i], from,
          to);
      return;
    }
    kernels.update(update, t.parameter, t.gradient, t.state(rule, 0), t.state(rule, 1), t.state(rule, 2), t.average,
        counting ? t.sums : null, ratios[i], from, to);
  }

  /** Sets the length of a tensor's step, for a rule that has one. */
  void ratio(int tensor, float ratio) {
    int place = places.get(tensor);
    if (place >= 0) {
      table.ratio(place, ratio);
    } else {
      ratios[-1 - place] = ratio;
    }
  }

  /** One of the three sums of the last counted pass, over a tensor: its blocks in order, in double. */
  double sum(int tensor, int which) {
    int place = places.get(tensor);
    return place >= 0
        ? sum(tableSums, which, table.firstBlock(place),
            place + 1 < table.size() ? table.firstBlock(place + 1) : table.blocks())
        : sum(alone.get(-1 - place).sums, which, 0, alone.get(-1 - place).sums.byteSize() / 12);
  }

  /** The same over all tensors, in the order in which they were added. */
  double sum(int which) {
    double sum = 0;
    for (int tensor = 0; tensor < places.size(); tensor++) {
      sum += sum(tensor, which);
    }
    return sum;
  }

  private static double sum(MemorySegment sums, int which, long from, long to) {
    double sum = 0;
    for (long block = from; block < to; block++) {
      sum += sums.getAtIndex(JAVA_FLOAT, 3 * block + which);
    }
    return sum;
  }
}
