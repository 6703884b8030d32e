package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.parts;
import static org.panagrad.kernel.Checks.range;
import static org.panagrad.kernel.Checks.wholeBlocks;
import static org.panagrad.kernel.Kernels.BLOCK;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link PenaltyKernels}. */
sealed interface CheckedPenaltyKernels extends PenaltyKernels, CheckedForm permits CheckedKernels {
  @Override
  default void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    range(from, to);
    if (from < to) {
      wholeBlocks(from);
    }
    long blocks = parts(to, BLOCK);
    in("parameters", parameters, to);
    out("sums", sums, blocks);
    apart("sums", sums, blocks, "parameters", parameters, to);
    if (reference != null) {
      in("reference", reference, to);
      apart("sums", sums, blocks, "reference", reference, to);
    }
    if (gradient != null) {
      out("gradient", gradient, to);
      apart("gradient", gradient, to, "parameters", parameters, to);
      apart("gradient", gradient, to, "sums", sums, blocks);
      apart("gradient", gradient, to, "reference", reference, to);
    }
    backend().penalty(parameters, reference, gradient, sums, l1, l2, scale, from, to);
  }
}
