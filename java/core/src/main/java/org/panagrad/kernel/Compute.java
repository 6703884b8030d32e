package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.NativeException;

/**
 * What work runs on: kernels, a matrix product and threads; and the kernels as calls on plain arrays, where the kernels
 * are a processor's.
 *
 * <pre>{@code
 * Compute compute = Compute.of(Backend.AUTO);
 * float loss = compute.softmaxCrossEntropy(logits, labels, gradient, rows, classes, Reduction.MEAN);
 * }</pre>
 *
 * A Compute may be used by any number of threads at once, but for one of a GPU, which one thread uses at a time; its own
 * helper threads, if any, serve one of them at a time.
 */
public final class Compute implements AutoCloseable {
  private static final RowLoss CROSS_ENTROPY = RowLoss.softmaxCrossEntropy();
  private static final long EVERYTHING = Long.MAX_VALUE / 4;
  private static final ElementLoss SQUARED_ERROR = ElementLoss.meanSquaredError();

  /** Scratch of the array calls, one per thread and only ever growing, so that a repeated call allocates nothing. */
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private final Kernels kernels;
  private final Product product;
  private final Workers workers;
  /** Closed with this, where this opened it. */
  private final @Nullable CudaSession session;

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

  private Compute(Kernels kernels, Product product, Workers workers, @Nullable CudaSession session) {
    this.kernels = kernels;
    this.product = product;
    this.workers = workers;
    this.session = session;
  }

  /**
   * On the calling thread alone, with the best product.
   *
   * @param backend whose kernels; CUDA opens a session on the first GPU, which {@link #close} closes
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
    return backend == Backend.CUDA ? cuda(product, threads) : of(Backends.of(backend), product, threads);
  }

  private static Compute cuda(Product.Choice product, int threads) {
    CudaSession session = CudaSession.open(0);
    try {
      Kernels kernels = session.kernels();
      requireOneThread(kernels, threads);
      return new Compute(kernels, Product.of(product, kernels), new Workers(1), session);
    } catch (RuntimeException e) {
      try {
        session.close();
      } catch (NativeException close) {
        e.addSuppressed(close);
      }
      throw e;
    }
  }

  private static void requireOneThread(Kernels kernels, int threads) {
    if (kernels.onDevice() && threads != 1) {
      throw new IllegalArgumentException("threads is " + threads + ": one thread calls a GPU");
    }
  }

  /**
   * With given kernels.
   *
   * @param kernels one of {@link Backends}', or a {@link CudaSession}'s
   * @param product who multiplies matrices
   * @param threads how many threads may work, the caller's included
   * @return what to compute with
   * @throws RuntimeException if the product was asked for by name and cannot be had, with the reason
   */
  public static Compute of(Kernels kernels, Product.Choice product, int threads) {
    requireOneThread(kernels, threads);
    return new Compute(kernels, Product.of(product, kernels), new Workers(threads), null);
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
   * How much of a range is worth a call of its own: a part that a thread takes, or all of it, where a GPU spreads a call
   * by itself.
   *
   * @param onThread elements or rows of a thread's part
   * @return the same, or more than there ever are
   */
  public long part(long onThread) {
    return kernels.onDevice() ? EVERYTHING : onThread;
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

  /** Ends the helper threads, if there are any, and the session of {@link Backend#CUDA}: its memory is gone then. */
  @Override
  public void close() {
    workers.close();
    if (session != null) {
      session.close();
    }
  }
}
