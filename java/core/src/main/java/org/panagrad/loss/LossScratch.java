package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What losses made of others need beside the arguments of a {@link LossCall}. Made when first asked for, then kept. */
final class LossScratch {
  /** Formulas of one's own, times numbers of columns, that a call remembers. */
  private static final int SESSIONS = 8;

  /** Why a loss needs memory of the call's; each has its own, so that one loss may stand inside another. */
  enum Use {
    /** Equal targets. */
    CONSTANTS,
    /** Labels that a loss chose. */
    LABELS,
    /** Weights that a loss chose. */
    WEIGHTS,
    /** Probabilities of the target. */
    TARGETS,
    /** Probabilities of the prediction. */
    PROBABILITIES,
    /** Single losses that nobody asked for. */
    LOSSES,
    /** The gradient of a head, before its weight. */
    HEAD,
    /** The gradient of a part of a sum, before its weight. */
    PART,
    /** The gradient of the parts so far. */
    TOTAL
  }

  private final LossCall call;
  private final @Nullable MemorySegment[] memory = new MemorySegment[Use.values().length];
  private float constant;
  private long constants;
  private @Nullable LossCall inner;
  private @Nullable KernelPasses passes;
  private @Nullable OverlapPass overlap;
  private final @Nullable CustomSession[] sessions = new CustomSession[SESSIONS];
  private int nextSession;

  LossScratch(LossCall call) {
    this.call = call;
  }

  /**
   * Memory whose contents last.
   *
   * @param use   whose
   * @param count floats, or ints
   * @return at least so many
   */
  MemorySegment memory(Use use, long count) {
    MemorySegment known = memory[use.ordinal()];
    if (known == null || known.byteSize() < 4 * count) {
      known = call.compute().kernels().allocate(Math.multiplyExact(4L, count + count / 2));
      memory[use.ordinal()] = known;
    }
    return known;
  }

  /**
   * A target that is the same everywhere; it is written only when it or its length is new.
   *
   * @param value of each element
   * @return rows x columns floats
   */
  MemorySegment constants(float value) {
    long n = call.rows() * call.columns();
    if (value != constant) {
      constants = 0;
      constant = value;
    }
    MemorySegment all = memory(Use.CONSTANTS, n);
    if (constants < n) {
      constants = all.byteSize() / 4;
      for (long i = 0; i < constants; i++) {
        all.setAtIndex(JAVA_FLOAT, i, value);
      }
      call.compute().kernels().upload(all);
    }
    return all;
  }

  /** A call for a pass that is a step of a loss on this one; nothing of it lasts. */
  LossCall inner() {
    if (inner == null) {
      inner = LossCall.on(call.compute());
    }
    return inner.statistics(call.statistics());
  }

  /** Kernels on all threads. */
  KernelPasses passes() {
    if (passes == null) {
      passes = new KernelPasses(call.compute());
    }
    return passes;
  }

  /** The passes of an overlap, with their memory. */
  OverlapPass overlap() {
    if (overlap == null) {
      overlap = new OverlapPass(call);
    }
    return overlap;
  }

  /** The graph of a loss of one's own for rows of this length. The oldest makes room for a new one. */
  CustomSession session(CustomLoss loss) {
    for (int i = 0; i < SESSIONS; i++) {
      CustomSession known = sessions[i];
      if (known != null && known.serves(loss, call.columns())) {
        return known;
      }
    }
    CustomSession session = new CustomSession(loss, call.compute().kernels(), call.columns());
    CustomSession oldest = sessions[nextSession];
    if (oldest != null) {
      oldest.close();
    }
    sessions[nextSession] = session;
    nextSession = (nextSession + 1) % SESSIONS;
    return session;
  }
}
