package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.blockRange;
import static org.panagrad.kernel.Checks.parts;
import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link GaussianKernels}. */
sealed interface CheckedGaussianKernels extends GaussianKernels, CheckedForm permits CheckedKernels {
  @Override
  default void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    blockRange(from, to);
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ": it must be positive and finite");
    }
    arrays(mean, "variance", variance, "meanGradient", meanGradient, "varianceGradient", varianceGradient, losses,
        sums, to);
    in("target", target, to);
    apart("meanGradient", meanGradient, to, "target", target, to);
    apart("varianceGradient", varianceGradient, to, "target", target, to);
    apart("losses", losses, to, "target", target, to);
    apart("sums", sums, parts(to, BLOCK), "target", target, to);
    variances(variance, from, to);
    backend().gaussianNll(mean, variance, target, meanGradient, varianceGradient, losses, sums, epsilon, constant,
        scale, from, to);
  }

  @Override
  default void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    blockRange(from, to);
    arrays(mean, "logVariance", logVariance, "meanGradient", meanGradient, "logVarianceGradient", logVarianceGradient,
        losses, sums, to);
    backend().gaussianKl(mean, logVariance, meanGradient, logVarianceGradient, losses, sums, scale, from, to);
  }

  private static void arrays(MemorySegment mean, String x2Name, MemorySegment x2, String g1Name,
      @Nullable MemorySegment g1, String g2Name, @Nullable MemorySegment g2, @Nullable MemorySegment losses,
      MemorySegment sums, long n) {
    long blocks = parts(n, BLOCK);
    in("mean", mean, n);
    in(x2Name, x2, n);
    out("sums", sums, blocks);
    apart("sums", sums, blocks, "mean", mean, n);
    apart("sums", sums, blocks, x2Name, x2, n);
    if (losses != null) {
      out("losses", losses, n);
      apart("losses", losses, n, "mean", mean, n);
      apart("losses", losses, n, x2Name, x2, n);
      apart("losses", losses, n, "sums", sums, blocks);
    }
    gradient(g1Name, g1, "mean", mean, x2Name, x2, losses, sums, blocks, n);
    gradient(g2Name, g2, x2Name, x2, "mean", mean, losses, sums, blocks, n);
    apart(g2Name, g2, n, g1Name, g1, n);
  }

  /** The gradient of x, which may be x. */
  private static void gradient(String name, @Nullable MemorySegment gradient, String xName, MemorySegment x,
      String otherName, MemorySegment other, @Nullable MemorySegment losses, MemorySegment sums, long blocks, long n) {
    if (gradient != null) {
      out(name, gradient, n);
      inPlaceOrApart(name, gradient, n, xName, x, n);
      apart(name, gradient, n, otherName, other, n);
      apart(name, gradient, n, "losses", losses, n);
      apart(name, gradient, n, "sums", sums, blocks);
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
