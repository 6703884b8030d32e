package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.eitherLabel;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link PairKernels}. */
sealed interface CheckedPairKernels extends PairKernels, CheckedForm permits CheckedKernels {
  /** The gradient of x, which may be x: apart from two other inputs, and from the losses. */
  private static void gradientOf(String name, @Nullable MemorySegment gradient, String xName, MemorySegment x,
      String yName, MemorySegment y, long n, MemorySegment losses, long rows) {
    if (gradient != null) {
      out(name, gradient, n);
      inPlaceOrApart(name, gradient, n, xName, x, n);
      apart(name, gradient, n, yName, y, n);
      apart(name, gradient, n, "losses", losses, rows);
    }
  }

  @Override
  default void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("anchor", anchor, n);
    in("positive", positive, n);
    in("negative", negative, n);
    out("losses", losses, to);
    apart("losses", losses, to, "anchor", anchor, n);
    apart("losses", losses, to, "positive", positive, n);
    apart("losses", losses, to, "negative", negative, n);
    gradientOf("anchorGradient", anchorGradient, "anchor", anchor, "positive", positive, n, losses, to);
    gradientOf("positiveGradient", positiveGradient, "positive", positive, "negative", negative, n, losses, to);
    gradientOf("negativeGradient", negativeGradient, "negative", negative, "anchor", anchor, n, losses, to);
    apart("anchorGradient", anchorGradient, n, "negative", negative, n);
    apart("positiveGradient", positiveGradient, n, "anchor", anchor, n);
    apart("negativeGradient", negativeGradient, n, "positive", positive, n);
    apart("positiveGradient", positiveGradient, n, "anchorGradient", anchorGradient, n);
    apart("negativeGradient", negativeGradient, n, "anchorGradient", anchorGradient, n);
    apart("negativeGradient", negativeGradient, n, "positiveGradient", positiveGradient, n);
    backend().tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
        columns, margin, epsilon, swap, scale, from, to);
  }

  /** n elements in rows, a label and a loss for each row. */
  private static void pairLoss(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long n, long rows) {
    in("x1", x1, n);
    in("x2", x2, n);
    in("labels", labels, rows);
    out("losses", losses, rows);
    apart("losses", losses, rows, "x1", x1, n);
    apart("losses", losses, rows, "x2", x2, n);
    apart("losses", losses, rows, "labels", labels, rows);
    gradientOf("x1Gradient", x1Gradient, "x1", x1, "x2", x2, n, losses, rows);
    gradientOf("x2Gradient", x2Gradient, "x2", x2, "x1", x1, n, losses, rows);
    apart("x1Gradient", x1Gradient, n, "labels", labels, rows);
    apart("x2Gradient", x2Gradient, n, "labels", labels, rows);
    apart("x2Gradient", x2Gradient, n, "x1Gradient", x1Gradient, n);
  }

  @Override
  default void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, elements("columns", columns, to), to);
    eitherLabel(labels, 1, 0, from, to);
    backend().contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  default void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns,
      float margin, float scale, long from, long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, elements("columns", columns, to), to);
    eitherLabel(labels, 1, -1, from, to);
    backend().cosineEmbedding(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  default void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin,
      float scale, long from, long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, to, to);
    eitherLabel(labels, 1, -1, from, to);
    backend().marginRanking(x1, x2, labels, x1Gradient, x2Gradient, losses, margin, scale, from, to);
  }
}
