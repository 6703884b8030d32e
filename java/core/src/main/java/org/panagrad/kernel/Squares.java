package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** The partial sums of squares of a canonical block of an update, one set per thread so that nothing is allocated. */
final class Squares {
  private static final ThreadLocal<Squares> OF_THREAD = ThreadLocal.withInitial(Squares::new);

  /** Of the scaled gradient, of what a step adds to the parameter, and of the parameter behind it. */
  final float[] gradient = new float[ScalarKernels.PARTIALS], change = new float[ScalarKernels.PARTIALS],
      parameter = new float[ScalarKernels.PARTIALS];

  private Squares() {
  }

  static Squares ofThread() {
    return OF_THREAD.get();
  }

  /** Begins a block. */
  void clear() {
    Partials.clear(gradient);
    Partials.clear(change);
    Partials.clear(parameter);
  }

  void add(int partial, float g, float d, float p) {
    gradient[partial] = Math.fma(g, g, gradient[partial]);
    change[partial] = Math.fma(d, d, change[partial]);
    parameter[partial] = Math.fma(p, p, parameter[partial]);
  }

  /** Ends a block; destroys the partial sums. */
  void sums(MemorySegment sums, long block) {
    set(sums, 3 * block, Partials.tree(gradient));
    set(sums, 3 * block + 1, Partials.tree(change));
    set(sums, 3 * block + 2, Partials.tree(parameter));
  }
}
