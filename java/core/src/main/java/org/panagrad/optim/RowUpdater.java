package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.graph.Memory;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.Workers;

/**
 * An {@link Optimizer} at work on a table of which a step touches few rows, as an embedding or a sparse linear model:
 * only the rows of the batch, and their states, are read and written. Rows that come more than once are added up first.
 *
 * <p>This is the lazy form of a rule (PyTorch's SparseAdam): a row that is not in the batch keeps its parameters and
 * its states as they are, where the dense form would let moments fade and go on; penalties and decay fall on the rows
 * of the batch alone. The number of the step is that of the table, not of the row. SGD, AdaGrad and FTRL do to a row
 * without gradient nothing anyway: for them it is exact.
 *
 * <pre>{@code
 * try (RowUpdater updater = new RowUpdater(compute, AdaGrad.of(0.1), embedding, words, 64)) {
 *   updater.step(wordsOfBatch, gradient, count);
 * }
 * }</pre>
 *
 * <p>One thread may use it at a time. A step allocates nothing once it has seen as many rows.
 */
public final class RowUpdater implements AutoCloseable {
  /** Elements that are worth handing to another thread. */
  private static final long PART = 1 << 16;

  private final Compute compute;
  private final Optimizer optimizer;
  private final MemorySegment parameter;
  private final long tableRows, columns;
  private final Memory memory;
  private final MemorySegment[] states;
  private final DistinctRows distinct;
  private final Update update;
  private final RuleMemory ruleMemory = new RuleMemory();
  private final Workers.Task part = this::part;
  private MemorySegment sums = MemorySegment.NULL;
  private long step, skipped;
  private double gradientNorm = Double.NaN;
  private boolean open = true;

  /**
   * A table before its first step.
   *
   * @param compute   what to compute with; it stays the caller's to close
   * @param optimizer what to do, without groups, average of weights, {@link Lamb} and {@link Adafactor}
   * @param parameter tableRows x columns floats
   * @param tableRows how many rows there are, at most 2^31 - 1
   * @param columns   length of a row
   * @throws IllegalArgumentException if the optimizer has what a table cannot have, or a size is wrong
   */
  public RowUpdater(Compute compute, Optimizer optimizer, MemorySegment parameter, long tableRows, long columns) {
    Memories.size("tableRows", tableRows, 1, Integer.MAX_VALUE);
    Memories.size("columns", columns, 1, Long.MAX_VALUE / 8 / tableRows);
    Memories.out("parameter", parameter, tableRows * columns);
    if (!optimizer.groups().isEmpty() || optimizer.averageDecay() != 0
        || optimizer.rule().reading() != null) {
      throw new IllegalArgumentException(
          "groups, averages of weights, LAMB and Adafactor need all rows: a table has none of them");
    }
    compute.kernels().requireReached("parameter", parameter);
    this.compute = compute;
    this.optimizer = optimizer;
    this.parameter = parameter;
    this.tableRows = tableRows;
    this.columns = columns;
    memory = new Memory(compute.kernels());
    update = new Update(optimizer.rule().kernel());
    distinct = new DistinctRows(compute.kernels(), columns);
    states = new MemorySegment[optimizer.rule().stateNames().size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = UpdaterTensors.state(compute.kernels(), memory, optimizer.rule(), tableRows * columns);
    }
  }

  /**
   * Updates some rows.
   *
   * @param rows     an int32 for each row of gradient, in [0, tableRows), in any order; the same one may come again
   * @param gradient count x columns floats
   * @param count    rows of gradient
   * @return false if the gradient was not finite and the optimizer skips such steps: nothing has changed
   * @throws IllegalArgumentException  if a row is out of range; nothing has changed
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public boolean step(MemorySegment rows, MemorySegment gradient, int count) {
    requireOpen();
    Memories.size("count", count, 0, Integer.MAX_VALUE / 8);
    Memories.in("rows", rows, count);
    Memories.in("gradient", gradient, count * columns);
    for (int r = 0; r < count; r++) {
      int row = rows.getAtIndex(JAVA_INT, r);
      if (row < 0 || row >= tableRows) {
        throw new IllegalArgumentException("rows[" + r + "] is " + row + ": it must be in [0, " + tableRows + ")");
      }
    }
    distinct.of(rows, gradient, count);
    return step();
  }

  private boolean step() {
    double rate = optimizer.learningRate().rate(step + 1), sign = optimizer.maximize() ? -1 : 1;
    optimizer.rule().prepare(update, rate, step + 1, ruleMemory);
    update.gradientScale(1).clipValue((float) optimizer.clipValue())
        .penalties((float) optimizer.l1(), (float) optimizer.weightDecay())
        .shrink((float) (1 - rate * optimizer.decoupledWeightDecay()));
    gradientNorm = Double.NaN;
    double factor = 1;
    if (optimizer.clipNorm() < Double.POSITIVE_INFINITY || optimizer.skipNonFinite()) {
      gradientNorm = norm();
      if (optimizer.skipNonFinite() && gradientNorm - gradientNorm != 0) {
        skipped++;
        return false;
      }
      factor = Math.min(1, optimizer.clipNorm() / (gradientNorm + 1e-6));
    }
    update.rule(optimizer.rule().kernel()).gradientScale((float) (sign * factor));
    compute.run(part, (distinct.count() + rowsOfPart() - 1) / rowsOfPart());
    step++;
    return true;
  }

  private long rowsOfPart() {
    return Math.max(1, PART / columns);
  }

  private void part(long index, int worker) {
    long from = index * rowsOfPart();
    compute.kernels().updateRows(update, parameter, distinct.gradient(), state(0), state(1), state(2),
        distinct.rows(), tableRows, columns, from, Math.min(from + rowsOfPart(), distinct.count()));
  }

  private @Nullable MemorySegment state(int which) {
    return which < states.length ? states[which] : null;
  }

  /** Of the rows added up; in double where the squares overflow. */
  private double norm() {
    long n = distinct.count() * columns, blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK;
    if (sums.byteSize() < 4 * blocks) {
      sums = compute.kernels().allocate(4 * (blocks + blocks / 2));
    }
    // the penalty of 2 / 2 g^2
    compute.kernels().penalty(distinct.gradient(), null, null, sums, 0, 2, 1, 0, n);
    double sum = compute.kernels().sum(sums, blocks);
    if (sum < Double.POSITIVE_INFINITY) {
      return StrictMath.sqrt(sum);
    }
    sum = 0;
    for (long i = 0; i < n; i++) {
      double g = distinct.gradient().getAtIndex(JAVA_FLOAT, i);
      sum += g * g;
    }
    return StrictMath.sqrt(sum);
  }

  /**
   * A state of the table.
   *
   * @param state one of the rule's {@link Rule#stateNames}
   * @return as many floats as the table has; writing to it changes the state
   */
  public MemorySegment state(String state) {
    requireOpen();
    int index = optimizer.rule().stateNames().indexOf(state);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no state " + state + ", only " + optimizer.rule().stateNames());
    }
    return states[index];
  }

  /**
   * How many steps have been made; those that were skipped do not count.
   *
   * @return from 0
   */
  public long steps() {
    return step;
  }

  /**
   * How many steps were skipped because the gradient was not finite.
   *
   * @return from 0
   */
  public long skipped() {
    return skipped;
  }

  /**
   * The norm of the gradient of the last step, rows added up, before clipping.
   *
   * @return NaN for an optimizer that neither clips by norm nor skips
   */
  public double gradientNorm() {
    return gradientNorm;
  }

  /**
   * Goes on as after so many steps: with the states of then, the next step is what it would have been.
   *
   * @param steps at least 0
   */
  public void resume(long steps) {
    Counts.notNegative("steps", steps);
    step = steps;
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the updater is closed");
    }
  }

  /** Frees the states. */
  @Override
  public void close() {
    open = false;
    memory.close();
  }
}
