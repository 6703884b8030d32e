package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;

/** Checks of {@link GaussianKernels}' arguments. */
final class GaussianChecks {
  private GaussianChecks() {
  }

  static void nll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, long from, long to) {
    range(from, to);
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ": it must be positive and finite");
    }
    arrays(mean, "variance", variance, "meanGradient", meanGradient, "varianceGradient", varianceGradient, losses,
        sums, to);
    Memories.in("target", target, to);
    Memories.apart("meanGradient", meanGradient, to, "target", target, to);
    Memories.apart("varianceGradient", varianceGradient, to, "target", target, to);
    Memories.apart("losses", losses, to, "target", target, to);
    Memories.apart("sums", sums, Checks.parts(to, Kernels.BLOCK), "target", target, to);
    variances(variance, from, to);
  }

  static void kl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, long from,
      long to) {
    range(from, to);
    arrays(mean, "logVariance", logVariance, "meanGradient", meanGradient, "logVarianceGradient", logVarianceGradient,
        losses, sums, to);
  }

  private static void range(long from, long to) {
    Checks.range(from, to);
    if (from % Kernels.BLOCK != 0) {
      throw new IllegalArgumentException("from is " + from + ": it must be a multiple of " + Kernels.BLOCK);
    }
  }

  private static void arrays(MemorySegment mean, String x2Name, MemorySegment x2, String g1Name,
      @Nullable MemorySegment g1, String g2Name, @Nullable MemorySegment g2, @Nullable MemorySegment losses,
      MemorySegment sums, long n) {
    long blocks = Checks.parts(n, Kernels.BLOCK);
    Memories.in("mean", mean, n);
    Memories.in(x2Name, x2, n);
    Memories.out("sums", sums, blocks);
    Memories.apart("sums", sums, blocks, "mean", mean, n);
    Memories.apart("sums", sums, blocks, x2Name, x2, n);
    if (losses != null) {
      Memories.out("losses", losses, n);
      Memories.apart("losses", losses, n, "mean", mean, n);
      Memories.apart("losses", losses, n, x2Name, x2, n);
      Memories.apart("losses", losses, n, "sums", sums, blocks);
    }
    gradient(g1Name, g1, "mean", mean, x2Name, x2, losses, sums, blocks, n);
    gradient(g2Name, g2, x2Name, x2, "mean", mean, losses, sums, blocks, n);
    Memories.apart(g2Name, g2, n, g1Name, g1, n);
  }

  /** The gradient of x, which may be x. */
  private static void gradient(String name, @Nullable MemorySegment gradient, String xName, MemorySegment x,
      String otherName, MemorySegment other, @Nullable MemorySegment losses, MemorySegment sums, long blocks, long n) {
    if (gradient != null) {
      Memories.out(name, gradient, n);
      Memories.inPlaceOrApart(name, gradient, n, xName, x, n);
      Memories.apart(name, gradient, n, otherName, other, n);
      Memories.apart(name, gradient, n, "losses", losses, n);
      Memories.apart(name, gradient, n, "sums", sums, blocks);
    }
  }

  /** Variances are not negative; a NaN is none of the checks' business. */
  private static void variances(MemorySegment variance, long from, long to) {
    for (long i = from; i < to; i++) {
      float v = variance.getAtIndex(JAVA_FLOAT, i);
      if (v < 0) {
        throw new IllegalArgumentException("variance[" + i + "] is " + v + ": a variance is a number from 0 up");
      }
    }
  }
}
