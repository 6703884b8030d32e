package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What work runs on: kernels, a matrix product and threads; and the kernels as calls on plain arrays.
 *
 * <pre>{@code
 * Compute compute = Compute.of(Backend.AUTO);
 * float loss = compute.softmaxCrossEntropy(logits, labels, gradient, rows, classes, Reduction.MEAN);
 * }</pre>
 *
 * A Compute may be used by any number of threads at once; its own helper threads, if any, serve one of them at a time.
 */
public final class Compute implements AutoCloseable {
  private static final RowLoss CROSS_ENTROPY = RowLoss.softmaxCrossEntropy();
  private static final ElementLoss SQUARED_ERROR = ElementLoss.meanSquaredError();

  /** Scratch of the array calls, one per thread and only ever growing, so that a repeated call allocates nothing. */
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private final Kernels kernels;
  private final Product product;
  private final Workers workers;

  private static final class Scratch {
    private final ArraySegments arrays = new ArraySegments(3);
    private MemorySegment floats = MemorySegment.ofArray(new float[64]);

    MemorySegment floats(long count) {
      if (floats.byteSize() < 4 * count) {
        floats = MemorySegment.ofArray(new float[Math.toIntExact(count + count / 2)]);
      }
      return floats;
    }
  }

  private Compute(Kernels kernels, Product product, Workers workers) {
    this.kernels = kernels;
    this.product = product;
    this.workers = workers;
  }

  /**
   * On the calling thread alone, with the best product.
   *
   * @param backend whose kernels
   * @return what to compute with
   * @throws RuntimeException if the backend was asked for by name and cannot be had, with the reason
   */
  public static Compute of(Backend backend) {
    return of(backend, Product.Choice.AUTO, 1);
  }

  /**
   * With all choices.
   *
   * @param backend whose kernels
   * @param product who multiplies matrices
   * @param threads how many threads may work, the caller's included
   * @return what to compute with
   * @throws RuntimeException if what was asked for by name cannot be had, with the reason
   */
  public static Compute of(Backend backend, Product.Choice product, int threads) {
    return of(Backends.of(backend), product, threads);
  }

  /**
   * With given kernels.
   *
   * @param kernels one of {@link Backends}'
   * @param product who multiplies matrices
   * @param threads how many threads may work, the caller's included
   * @return what to compute with
   * @throws RuntimeException if the product was asked for by name and cannot be had, with the reason
   */
  public static Compute of(Kernels kernels, Product.Choice product, int threads) {
    return new Compute(kernels, Product.of(product, kernels), new Workers(threads));
  }

  /**
   * The kernels.
   *
   * @return on memory segments and ranges
   */
  public Kernels kernels() {
    return kernels;
  }

  /**
   * The matrix product.
   *
   * @return who multiplies
   */
  public Product product() {
    return product;
  }

  /**
   * The threads.
   *
   * @return 1 means the caller alone
   */
  public int threads() {
    return workers.threads();
  }

  /**
   * Does work in parts, on all threads.
   *
   * @param task  what to do
   * @param parts how many
   */
  public void run(Workers.Task task, long parts) {
    workers.run(task, parts);
  }

  /**
   * Softmax-cross-entropy of logits with integer labels, and its gradient, in one pass. Nothing is allocated once the
   * thread has seen this many rows.
   *
   * @param logits   rows x classes
   * @param labels   rows, each in [0, classes)
   * @param gradient rows x classes, may be {@code logits}; null for the value alone
   * @param rows     samples
   * @param classes  length of a row
   * @param reduction MEAN divides value and gradient by rows
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a label is out of range; nothing is written then
   */
  public float softmaxCrossEntropy(float[] logits, int[] labels, float @Nullable [] gradient, int rows, int classes,
      Reduction reduction) {
    Scratch mine = scratch.get();
    MemorySegment losses = mine.floats(rows);
    kernels.rowLoss(CROSS_ENTROPY, mine.arrays.of(0, logits), mine.arrays.of(1, labels), null,
        gradient == null ? null : mine.arrays.of(2, gradient), losses, null, classes, reduction.scale(rows), 0, rows);
    return (float) reduction.value(sum(losses, rows), rows, EmptyPolicy.NAN);
  }

  /**
   * Mean squared error and its gradient, in one pass.
   *
   * @param prediction n floats
   * @param target     n floats
   * @param gradient   n floats, may be {@code prediction}; null for the value alone
   * @param reduction  MEAN divides value and gradient by n
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if target or gradient is shorter than prediction
   */
  public float meanSquaredError(float[] prediction, float[] target, float @Nullable [] gradient, Reduction reduction) {
    int n = prediction.length;
    int blocks = (n + Kernels.BLOCK - 1) / Kernels.BLOCK;
    Scratch mine = scratch.get();
    MemorySegment sums = mine.floats(blocks);
    kernels.elementLoss(SQUARED_ERROR, mine.arrays.of(0, prediction), mine.arrays.of(1, target), null, 1,
        gradient == null ? null : mine.arrays.of(2, gradient), null, sums, null, reduction.scale(n), 0, n);
    return (float) reduction.value(sum(sums, blocks), n, EmptyPolicy.NAN);
  }

  /**
   * The sum of block or row results: in order, in double. This is how every reduction ends.
   *
   * @param x     floats
   * @param count how many
   * @return their sum, 0 for none
   */
  public static double sum(MemorySegment x, long count) {
    double sum = 0;
    for (long i = 0; i < count; i++) {
      sum += x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }
    return sum;
  }

  /** Ends the helper threads, if there are any. */
  @Override
  public void close() {
    workers.close();
  }
}
