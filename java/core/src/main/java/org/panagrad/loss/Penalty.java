package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/**
 * A term of the objective that looks at parameters, not at data: {@code l1 sum |d| + l2 / 2 sum d^2}, d being a
 * parameter, or its distance from a reference; see {@link org.panagrad.kernel.PenaltyKernels#penalty}. Its value is to
 * be added to the loss's; its gradient is added to the one that the loss has left. Immutable.
 *
 * <p>L2 has the factor 1/2, so its gradient is lambda w: the same as PyTorch's coupled {@code weight_decay = lambda}.
 * Keras's {@code L2(lambda)} is lambda sum w^2, which is {@code l2(2 lambda)} here. Decoupled weight decay (AdamW) is
 * no penalty.
 *
 * @param l1        factor of the sizes, not negative
 * @param l2        factor of half the squares, not negative
 * @param reference where parameters are to stay, as many floats as there are parameters; null for 0. Read at each
 *                  evaluation, not copied
 */
public record Penalty(double l1, double l2, @Nullable MemorySegment reference) {
  /** Elements of a part: some tens of microseconds of work. */
  private static final long PART = 16 * Kernels.BLOCK;

  /**
   * Checks the factors.
   *
   * @throws IllegalArgumentException if one is negative or not finite
   */
  public Penalty {
    Ranges.notNegative("l1", l1);
    Ranges.notNegative("l2", l2);
  }

  /**
   * {@code lambda sum |w|} (lasso). The gradient is lambda sign(w), 0 at 0.
   *
   * @param lambda not negative
   * @return the penalty
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public static Penalty l1(double lambda) {
    Ranges.notNegative("lambda", lambda);
    return new Penalty(lambda, 0, null);
  }

  /**
   * {@code lambda / 2 sum w^2} (ridge). The gradient is lambda w.
   *
   * @param lambda not negative
   * @return the penalty
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public static Penalty l2(double lambda) {
    Ranges.notNegative("lambda", lambda);
    return new Penalty(0, lambda, null);
  }

  /**
   * {@code l1 sum |w| + l2 / 2 sum w^2} (Zou, Hastie 2005, with the factor 1/2).
   *
   * @param l1 not negative
   * @param l2 not negative
   * @return the penalty
   * @throws IllegalArgumentException if one is negative or not finite
   */
  public static Penalty elasticNet(double l1, double l2) {
    return new Penalty(l1, l2, null);
  }

  /**
   * {@code lambda / 2 |theta - theta*|^2}: parameters are to stay near where they were. With lambda 1 it is
   * {@code 1/2*||theta - theta*||^2}, sometimes printed as "gradient descent loss".
   *
   * @param lambda    not negative
   * @param reference theta*, as many floats as there are parameters
   * @return the penalty
   * @throws IllegalArgumentException if lambda is negative or not finite
   */
  public static Penalty anchor(double lambda, MemorySegment reference) {
    Ranges.notNegative("lambda", lambda);
    return new Penalty(0, lambda, Objects.requireNonNull(reference, "reference"));
  }

  /**
   * The value; the gradient is added to what the array holds. Work is split over the threads, which changes no bit.
   * Nothing is allocated once the thread has seen this many parameters.
   *
   * @param compute    kernels and threads
   * @param parameters n floats
   * @param gradient   n floats, added to; or null for the value alone
   * @param n          parameters
   * @return the penalty, to be added to the loss
   * @throws IndexOutOfBoundsException if an array is too short; nothing is written then
   */
  public double evaluate(Compute compute, MemorySegment parameters, @Nullable MemorySegment gradient, long n) {
    return Pass.OF_THREAD.get().evaluate(this, compute, parameters, gradient, n);
  }

  /** A pass over the parameters in parts: what its task reads, one for each calling thread. */
  private static final class Pass {
    private static final ThreadLocal<Pass> OF_THREAD = ThreadLocal.withInitial(Pass::new);

    private final Workers.Task task = this::part;
    private @Nullable Kernels kernels;
    private MemorySegment parameters = MemorySegment.NULL, sums = MemorySegment.NULL;
    private @Nullable MemorySegment reference, gradient;
    private float l1, l2;
    private long n, size;

    double evaluate(Penalty penalty, Compute compute, MemorySegment parameters, @Nullable MemorySegment gradient,
        long n) {
      long blocks = BlockSums.blocks(n);
      kernels = compute.kernels();
      sums = BlockSums.ofThread(kernels, blocks);
      this.parameters = parameters;
      this.gradient = gradient;
      reference = penalty.reference;
      l1 = (float) penalty.l1;
      l2 = (float) penalty.l2;
      this.n = n;
      size = compute.threads() == 1 ? Math.max(1, n) : PART;
      try {
        call(n, n); // asks about all arrays before any part writes
        compute.run(task, (n + size - 1) / size);
        return kernels.sum(sums, blocks);
      } finally { // hold no memory of the caller's
        this.parameters = MemorySegment.NULL;
        this.gradient = reference = null;
      }
    }

    private void part(long part, int worker) {
      call(part * size, Math.min(n, (part + 1) * size));
    }

    private void call(long from, long to) {
      kernels.penalty(parameters, reference, gradient, sums, l1, l2, 1, from, to);
    }
  }
}
