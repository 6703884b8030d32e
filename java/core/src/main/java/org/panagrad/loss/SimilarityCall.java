package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.RowLoss;
import org.panagrad.kernel.Workers;

/**
 * The scratch memory of {@link InfoNce} and {@link NtXent}, allocated once for the largest batch: some copies of the
 * embeddings and two tiles of similarities. The matrix of all similarities is never held whole: it is what
 * {@link LinearCall} computes, the embeddings that are compared with being the weight of its layer.
 *
 * <p>Not thread-safe: one for each thread. With more than one thread the arenas of all arguments must be shared ones.
 */
public final class SimilarityCall {
  /** As PyTorch's normalize: a shorter row is divided by this. */
  static final double EPSILON = 1e-12;
  /** Rows that one thread takes at a time. */
  private static final long PANEL = 64;
  private static final RowLoss CROSS_ENTROPY = RowLoss.softmaxCrossEntropy();

  private final Compute compute;
  private final LinearCall layer;
  private final long most, columns;
  // x and weight of the layer, their gradients, and the factors that gave rows their length
  private final MemorySegment x, weight, xGradient, weightGradient, xFactors, weightFactors, labels, losses;
  private final Workers.Task lengthTask = this::lengthPanel, backTask = this::backPanel;

  // options
  private double temperature;
  private boolean normalized;

  // of the rows that are on their way
  private MemorySegment from = MemorySegment.NULL, to = MemorySegment.NULL, factors = MemorySegment.NULL,
      gradient = MemorySegment.NULL;
  private long rows;
  private double divisor;
  private boolean add;

  SimilarityCall(Compute compute, Arena arena, long rows, long columns, long rowTile, long classTile) {
    Memories.size("rows", rows, 1, Integer.MAX_VALUE);
    this.compute = compute;
    most = rows;
    this.columns = columns;
    layer = new LinearCall(compute, arena, rows, columns, rows, rowTile, classTile);
    long n = Math.multiplyExact(rows, columns);
    x = arena.allocate(4 * n, 64);
    weight = arena.allocate(4 * n, 64);
    xGradient = arena.allocate(4 * n, 64);
    weightGradient = arena.allocate(4 * n, 64);
    xFactors = arena.allocate(8 * rows, 64);
    weightFactors = arena.allocate(8 * rows, 64);
    labels = arena.allocate(4 * rows, 64);
    losses = arena.allocate(4 * rows, 64);
  }

  /**
   * With scratch for batches up to a size.
   *
   * @param compute kernels, product and threads
   * @param arena   whose memory the scratch is: {@link #bytes}
   * @param rows    most rows of an argument: queries or keys, or both views together
   * @param columns length of an embedding
   * @return the scratch
   * @throws IllegalArgumentException if rows or columns are less than 1
   */
  public static SimilarityCall on(Compute compute, Arena arena, long rows, long columns) {
    return new SimilarityCall(compute, arena, rows, columns, LinearCall.ROW_TILE, LinearCall.CLASS_TILE);
  }

  /**
   * The memory that a call allocates; it allocates nothing later.
   *
   * @param rows    most rows of an argument
   * @param columns length of an embedding
   * @return bytes off the heap
   */
  public static long bytes(long rows, long columns) {
    return LinearCall.bytes(rows, columns, rows) + rows * (4 * 4 * columns + 2 * 8 + 2 * 4);
  }

  /**
   * The rows' losses of the last evaluation, not divided by anything.
   *
   * @return a float for each row
   */
  public MemorySegment losses() {
    return losses;
  }

  void begin(double temperature, boolean normalized) {
    this.temperature = temperature;
    this.normalized = normalized;
  }

  /** Rows of embeddings and the place of their gradient. */
  void check(String name, MemorySegment embeddings, long count, String gradientName, @Nullable MemorySegment gradient) {
    Memories.size("rows", count, 0, most);
    Memories.in(name, embeddings, count * columns);
    Memories.outIfAny(gradientName, gradient, count * columns);
    compute.kernels().requireReached(name, embeddings);
    compute.kernels().requireReached(gradientName, gradient);
  }

  void apart(String name, @Nullable MemorySegment gradient, long count, String otherName, @Nullable MemorySegment other,
      long otherCount) {
    Memories.apart(name, gradient, count * columns, otherName, other, otherCount * columns);
  }

  /**
   * Cross-entropy of the similarities of first rows with second ones. The label of row i is (i + shift) mod seconds.
   * Gradients are written, or added to what is there.
   */
  double crossEntropy(MemorySegment first, long firsts, MemorySegment second, long seconds, long shift,
      boolean withoutSelf, float scale, @Nullable MemorySegment firstGradient, boolean addFirst,
      @Nullable MemorySegment secondGradient, boolean addSecond) {
    for (long i = 0; i < firsts; i++) {
      labels.setAtIndex(JAVA_INT, i, (int) ((i + shift) % seconds));
    }
    compute.kernels().upload(labels);
    // the layer's gradients are not needed yet: one of them holds the rows that become columns
    giveLength(second, xGradient, weightFactors, seconds, 1);
    compute.kernels().transpose(xGradient, weight, seconds, columns, 0, columns);
    giveLength(first, x, xFactors, firsts, temperature);
    layer.of(x, weight, null, labels, firsts).classes(seconds).withoutSelf(withoutSelf).gradients(
        firstGradient == null ? null : xGradient, secondGradient == null ? null : weightGradient, null);
    double sum = layer.run(CROSS_ENTROPY, scale);
    if (firstGradient != null) {
      giveBack(first, xGradient, xFactors, firstGradient, firsts, temperature, addFirst);
    }
    if (secondGradient != null) {
      compute.kernels().transpose(weightGradient, x, columns, seconds, 0, seconds);
      giveBack(second, x, weightFactors, secondGradient, seconds, 1, addSecond);
    }
    return sum;
  }

  /** Takes over the losses of the layer: the first time as they are, then as means of two. */
  void takeLosses(long count, boolean second) {
    for (long i = 0; i < count; i++) {
      float loss = layer.losses().getAtIndex(JAVA_FLOAT, i);
      losses.setAtIndex(JAVA_FLOAT, i,
          second ? (float) (0.5 * ((double) losses.getAtIndex(JAVA_FLOAT, i) + loss)) : loss);
    }
    compute.kernels().upload(losses);
  }

  /** Rows of length 1 / by, or divided by it as they are. */
  private void giveLength(MemorySegment rowsFrom, MemorySegment rowsTo, MemorySegment lengths, long count, double by) {
    from = rowsFrom;
    to = rowsTo;
    factors = lengths;
    rows = count;
    divisor = by;
    compute.kernels().download(from);
    compute.run(lengthTask, (count + PANEL - 1) / PANEL);
    compute.kernels().upload(to);
  }

  private void lengthPanel(long panel, int worker) {
    for (long r = panel * PANEL; r < Math.min((panel + 1) * PANEL, rows); r++) {
      double square = 0;
      for (long i = r * columns; i < (r + 1) * columns; i++) {
        double v = from.getAtIndex(JAVA_FLOAT, i);
        square += v * v;
      }
      double length = Math.sqrt(square), factor = !normalized ? 1 : 1 / (length < EPSILON ? EPSILON : length);
      factors.setAtIndex(JAVA_DOUBLE, r, factor);
      double all = factor / divisor;
      for (long i = r * columns; i < (r + 1) * columns; i++) {
        to.setAtIndex(JAVA_FLOAT, i, (float) (from.getAtIndex(JAVA_FLOAT, i) * all));
      }
    }
  }

  /** The way back: of the gradient of a row of length 1 what lies along the row is taken away. */
  private void giveBack(MemorySegment embeddings, MemorySegment rowsGradient, MemorySegment lengths,
      MemorySegment embeddingsGradient, long count, double by, boolean added) {
    from = embeddings;
    to = rowsGradient;
    factors = lengths;
    gradient = embeddingsGradient;
    rows = count;
    divisor = by;
    add = added;
    compute.kernels().download(to);
    compute.kernels().download(gradient);
    compute.run(backTask, (count + PANEL - 1) / PANEL);
    compute.kernels().upload(gradient);
  }

  private void backPanel(long panel, int worker) {
    for (long r = panel * PANEL; r < Math.min((panel + 1) * PANEL, rows); r++) {
      double factor = factors.getAtIndex(JAVA_DOUBLE, r), all = factor / divisor, along = 0;
      for (long i = r * columns; i < (r + 1) * columns; i++) {
        along += (double) from.getAtIndex(JAVA_FLOAT, i) * to.getAtIndex(JAVA_FLOAT, i);
      }
      // a row that is too short for a length is only divided by epsilon
      boolean projected = normalized && factor < 1 / EPSILON;
      along = projected ? along * factor * factor : 0;
      for (long i = r * columns; i < (r + 1) * columns; i++) {
        double g = (to.getAtIndex(JAVA_FLOAT, i) - from.getAtIndex(JAVA_FLOAT, i) * along) * all;
        gradient.setAtIndex(JAVA_FLOAT, i, (float) (add ? gradient.getAtIndex(JAVA_FLOAT, i) + g : g));
      }
    }
  }
}
