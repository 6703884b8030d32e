package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.ScalarKernels.fill;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.zero;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link SequenceKernels} in plain Java. */
sealed interface ScalarSequenceKernels extends SequenceKernels, RowSweeps permits ScalarKernels, VectorKernels {
  @Override
  default void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths,
      MemorySegment targetLengths, @Nullable MemorySegment scales, @Nullable MemorySegment gradient,
      MemorySegment losses, MemorySegment scratch, long time, long classes, long maxTarget, int blank,
      boolean zeroInfinity, long from, long to) {
    CtcLattice lattice = CtcLattice.ofThread();
    for (long n = from; n < to; n++) {
      int frames = inputLengths.getAtIndex(JAVA_INT, n), targets = targetLengths.getAtIndex(JAVA_INT, n);
      // checked before the call; another thread may have written since
      boolean known = frames >= 0 && frames <= time && targets >= 0 && targets <= maxTarget;
      long read = known ? frames : time, first = n * time * classes, end = first + time * classes;
      lattice.begin(this, logits, labels, scratch, n, time, classes, maxTarget, blank, read, known ? targets : 0);
      float loss = lattice.findSkips() && known ? (float) (0.0 - lattice.forward()) : Float.NaN;
      boolean nothing = zeroInfinity && loss == Float.POSITIVE_INFINITY;
      set(losses, n, nothing ? 0 : loss);
      if (gradient != null) {
        long beyond = first + read * classes;
        if (loss < Float.POSITIVE_INFINITY) {
          lattice.backward(gradient, scales == null ? 1 : get(scales, n));
        } else {
          fill(gradient, first, beyond, nothing ? 0 : Float.NaN);
        }
        zero(gradient, beyond, end);
      }
    }
    lattice.clear();
  }
}
