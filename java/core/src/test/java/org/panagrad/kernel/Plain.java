package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** The two commonest losses without weights, statistics and options. */
final class Plain {
  private static final RowLoss CROSS_ENTROPY = RowLoss.softmaxCrossEntropy();
  private static final ElementLoss SQUARED_ERROR = ElementLoss.meanSquaredError();

  private Plain() {
  }

  static void softmaxCrossEntropy(Kernels k, MemorySegment logits, MemorySegment labels, MemorySegment gradient,
      MemorySegment losses, long columns, float scale, long from, long to) {
    k.rowLoss(CROSS_ENTROPY, logits, labels, null, gradient, losses, null, columns, scale, from, to);
  }

  static void meanSquaredError(Kernels k, MemorySegment prediction, MemorySegment target, MemorySegment gradient,
      MemorySegment losses, MemorySegment sums, float scale, long from, long to) {
    k.elementLoss(SQUARED_ERROR, prediction, target, null, 1, gradient, losses, sums, null, scale, from, to);
  }

  /** A rule alone. */
  static void update(Kernels kernels, UpdateRule rule, MemorySegment parameter, MemorySegment gradient,
      MemorySegment a, MemorySegment b, long from, long to, double... scalars) {
    kernels.update(rule(rule, scalars), parameter, gradient, a, b, null, null, null, 1, from, to);
  }

  /** What does nothing but a rule. */
  static Update rule(UpdateRule rule, double... scalars) {
    Update update = new Update(rule);
    for (int i = 0; i < scalars.length; i++) {
      update.scalar(i, scalars[i]);
    }
    return update;
  }
}
