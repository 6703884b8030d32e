package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link NormKernels}. */
sealed interface CheckedNormKernels extends NormKernels, CheckedForm permits CheckedKernels {
  private static void inIfAny(String name, @Nullable MemorySegment x, long n) {
    if (x != null) {
      in(name, x, n);
    }
  }

  @Override
  default void layerNorm(MemorySegment x, @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y,
      MemorySegment means, MemorySegment inverseDeviations, long columns, float epsilon, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ": it must be a number from 0 up");
    }
    in("x", x, n);
    inIfAny("gamma", gamma, columns);
    inIfAny("beta", beta, columns);
    out("y", y, n);
    out("means", means, to);
    out("inverseDeviations", inverseDeviations, to);
    inPlaceOrApart("y", y, n, "x", x, n);
    apart("y", y, n, "gamma", gamma, columns);
    apart("y", y, n, "beta", beta, columns);
    apart("y", y, n, "means", means, to);
    apart("y", y, n, "inverseDeviations", inverseDeviations, to);
    apart("means", means, to, "inverseDeviations", inverseDeviations, to);
    statisticsApart("means", means, to, x, n, gamma, beta, columns);
    statisticsApart("inverseDeviations", inverseDeviations, to, x, n, gamma, beta, columns);
    backend().layerNorm(x, gamma, beta, y, means, inverseDeviations, columns, epsilon, from, to);
  }

  private static void statisticsApart(String name, MemorySegment statistics, long rows, MemorySegment x, long n,
      @Nullable MemorySegment gamma, @Nullable MemorySegment beta, long columns) {
    apart(name, statistics, rows, "x", x, n);
    apart(name, statistics, rows, "gamma", gamma, columns);
    apart(name, statistics, rows, "beta", beta, columns);
  }

  @Override
  default void layerNormBackward(MemorySegment x, @Nullable MemorySegment gamma, MemorySegment means,
      MemorySegment inverseDeviations, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    statistics(means, inverseDeviations, to);
    inIfAny("gamma", gamma, columns);
    backward(x, dy, dx, n);
    apart("dx", dx, n, "means", means, to);
    apart("dx", dx, n, "inverseDeviations", inverseDeviations, to);
    apart("dx", dx, n, "gamma", gamma, columns);
    backend().layerNormBackward(x, gamma, means, inverseDeviations, dy, dx, columns, from, to);
  }

  private static void statistics(MemorySegment means, MemorySegment inverseDeviations, long n) {
    in("means", means, n);
    in("inverseDeviations", inverseDeviations, n);
  }

  private static void backward(MemorySegment x, MemorySegment dy, MemorySegment dx, long n) {
    in("x", x, n);
    in("dy", dy, n);
    out("dx", dx, n);
    inPlaceOrApart("dx", dx, n, "dy", dy, n);
    apart("dx", dx, n, "x", x, n);
  }

  @Override
  default void normParameterSums(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      boolean perColumn, MemorySegment dy, MemorySegment gammaSums, MemorySegment betaSums, long rows, long columns,
      long blockRows, long from, long to) {
    Checks.blocksOfRows(rows, blockRows, from, to);
    long n = elements("columns", columns, rows), sums = columns * to, statistics = perColumn ? columns : rows;
    in("x", x, n);
    in("dy", dy, n);
    statistics(means, inverseDeviations, statistics);
    out("gammaSums", gammaSums, sums);
    out("betaSums", betaSums, sums);
    apart("gammaSums", gammaSums, sums, "betaSums", betaSums, sums);
    sumsApart("gammaSums", gammaSums, sums, x, dy, n, means, inverseDeviations, statistics);
    sumsApart("betaSums", betaSums, sums, x, dy, n, means, inverseDeviations, statistics);
    backend().normParameterSums(x, means, inverseDeviations, perColumn, dy, gammaSums, betaSums, rows, columns,
        blockRows, from, to);
  }

  private static void sumsApart(String name, MemorySegment sums, long count, MemorySegment x, MemorySegment dy, long n,
      MemorySegment means, MemorySegment inverseDeviations, long statistics) {
    apart(name, sums, count, "x", x, n);
    apart(name, sums, count, "dy", dy, n);
    apart(name, sums, count, "means", means, statistics);
    apart(name, sums, count, "inverseDeviations", inverseDeviations, statistics);
  }

  @Override
  default void columnSquares(MemorySegment x, MemorySegment means, MemorySegment sums, long rows, long columns,
      long blockRows, long from, long to) {
    Checks.blocksOfRows(rows, blockRows, from, to);
    long n = elements("columns", columns, rows);
    in("x", x, n);
    in("means", means, columns);
    out("sums", sums, columns * to);
    apart("sums", sums, columns * to, "x", x, n);
    apart("sums", sums, columns * to, "means", means, columns);
    backend().columnSquares(x, means, sums, rows, columns, blockRows, from, to);
  }

  @Override
  default void batchNorm(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, @Nullable MemorySegment beta, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    statistics(means, inverseDeviations, columns);
    inIfAny("gamma", gamma, columns);
    inIfAny("beta", beta, columns);
    out("y", y, n);
    inPlaceOrApart("y", y, n, "x", x, n);
    apart("y", y, n, "means", means, columns);
    apart("y", y, n, "inverseDeviations", inverseDeviations, columns);
    apart("y", y, n, "gamma", gamma, columns);
    apart("y", y, n, "beta", beta, columns);
    backend().batchNorm(x, means, inverseDeviations, gamma, beta, y, columns, from, to);
  }

  @Override
  default void batchNormBackward(MemorySegment x, MemorySegment means, MemorySegment inverseDeviations,
      @Nullable MemorySegment gamma, MemorySegment meanGradients, MemorySegment meanProducts, MemorySegment dy,
      MemorySegment dx, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    statistics(means, inverseDeviations, columns);
    inIfAny("gamma", gamma, columns);
    in("meanGradients", meanGradients, columns);
    in("meanProducts", meanProducts, columns);
    backward(x, dy, dx, n);
    apart("dx", dx, n, "means", means, columns);
    apart("dx", dx, n, "inverseDeviations", inverseDeviations, columns);
    apart("dx", dx, n, "gamma", gamma, columns);
    apart("dx", dx, n, "meanGradients", meanGradients, columns);
    apart("dx", dx, n, "meanProducts", meanProducts, columns);
    backend().batchNormBackward(x, means, inverseDeviations, gamma, meanGradients, meanProducts, dy, dx, columns, from,
        to);
  }
}
