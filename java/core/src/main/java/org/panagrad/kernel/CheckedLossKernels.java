package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.atLeastOne;
import static org.panagrad.kernel.Checks.blockRange;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.parts;
import static org.panagrad.kernel.Checks.range;
import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link LossKernels}. */
sealed interface CheckedLossKernels extends LossKernels, CheckedForm permits CheckedKernels {
  @Override
  default void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), nt = loss.takesLabels() ? to : n;
    if (columns > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("columns is " + columns + ": a label is an int, so at most 2^31 - 1");
    }
    MemorySegment classWeights = loss.classWeights();
    if (classWeights != null && classWeights.byteSize() != 4 * columns) {
      throw new IllegalArgumentException(
          "classWeight has " + classWeights.byteSize() / 4 + " weights, there are " + columns + " classes");
    }
    String targetName = loss.takesLabels() ? "labels" : "target";
    MemorySegment read = loss.takesTarget() ? target : null;
    if (loss.takesTarget()) {
      in(targetName, target, nt);
    }
    arrays("logits", x, n, targetName, read, nt, weights, to, gradient, "losses", losses, to, statistics);
    loss.check(target, weights, columns, from, to);
    backend().rowLoss(loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
  }

  @Override
  default void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    blockRange(from, to);
    atLeastOne("columns", columns);
    long blocks = parts(to, BLOCK), rows = parts(to, columns);
    in("target", target, to);
    arrays("prediction", prediction, to, "target", target, to, weights, rows, gradient, "sums", sums, blocks,
        statistics);
    if (losses != null) {
      out("losses", losses, to);
      apartFromInputs("losses", losses, to, prediction, to, target, to, weights, rows);
      apart("losses", losses, to, "sums", sums, blocks);
      apart("losses", losses, to, "statistics", statistics, blocks * LossStatistics.WORDS);
      apart("losses", losses, to, "gradient", gradient, to);
    }
    loss.check(target, weights, columns, from, to);
    backend().elementLoss(loss, prediction, target, weights, columns, gradient, losses, sums, statistics, scale, from,
        to);
  }

  /** What both have: nx elements of x and gradient, nt of target, nw weights, nv values, statistics for each value. */
  private static void arrays(String xName, MemorySegment x, long nx, String targetName, @Nullable MemorySegment target,
      long nt, @Nullable MemorySegment weights, long nw, @Nullable MemorySegment gradient, String valuesName,
      MemorySegment values, long nv, @Nullable MemorySegment statistics) {
    long words = nv * LossStatistics.WORDS;
    in(xName, x, nx);
    if (weights != null) {
      in("weights", weights, nw);
    }
    out(valuesName, values, nv);
    apartFromInputs(valuesName, values, nv, x, nx, target, nt, weights, nw);
    if (statistics != null) {
      out("statistics", statistics, words);
      apartFromInputs("statistics", statistics, words, x, nx, target, nt, weights, nw);
      apart("statistics", statistics, words, valuesName, values, nv);
    }
    if (gradient != null) {
      out("gradient", gradient, nx);
      inPlaceOrApart("gradient", gradient, nx, xName, x, nx);
      apart("gradient", gradient, nx, targetName, target, nt);
      apart("gradient", gradient, nx, "weights", weights, nw);
      apart("gradient", gradient, nx, valuesName, values, nv);
      apart("gradient", gradient, nx, "statistics", statistics, words);
    }
  }

  private static void apartFromInputs(String name, MemorySegment out, long n, MemorySegment x, long nx,
      @Nullable MemorySegment target, long nt, @Nullable MemorySegment weights, long nw) {
    apart(name, out, n, "the prediction", x, nx);
    apart(name, out, n, "the target", target, nt);
    apart(name, out, n, "weights", weights, nw);
  }
}
