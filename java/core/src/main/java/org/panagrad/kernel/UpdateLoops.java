package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Update rules over arrays, in canonical Java: native/src/cpu/update.h. */
final class UpdateLoops {
  /** What a thread needs, once. */
  private static final class Scratch {
    final UpdateRule.Element element = new UpdateRule.Element();
    final float[] gradient = new float[ScalarKernels.PARTIALS], change = new float[ScalarKernels.PARTIALS],
        parameter = new float[ScalarKernels.PARTIALS];

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

    void sums(MemorySegment sums, long block) {
      set(sums, 3 * block, Partials.tree(gradient));
      set(sums, 3 * block + 1, Partials.tree(change));
      set(sums, 3 * block + 2, Partials.tree(parameter));
    }
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private UpdateLoops() {
  }

  /** See {@link ScalarOptimizerKernels#updatePiece}. */
  static void update(Update u, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable MemorySegment sums, float ratio, long base, long gradientBase, long firstBlock, long from, long to) {
    Scratch mine = SCRATCH.get();
    for (long block = from; block < to; block += BLOCK) {
      long end = Math.min(block + BLOCK, to);
      mine.clear();
      for (long i = block; i < end; i++) {
        element(u, mine, parameter, gradient, a, b, c, average, ratio, base + i, gradientBase + i,
            (int) (i % ScalarKernels.PARTIALS));
      }
      if (sums != null) {
        mine.sums(sums, firstBlock + block / BLOCK);
      }
    }
  }

  private static void element(Update u, Scratch mine, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment a, @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      float ratio, long i, long j, int partial) {
    UpdateRule.Element e = mine.element;
    float g = begin(u, e, parameter, gradient, i, j);
    e.a = a == null ? 0 : get(a, i);
    e.b = b == null ? 0 : get(b, i);
    e.c = c == null ? 0 : get(c, i);
    u.rule().step(e, u.scalars(), ratio);
    if (!u.rule().reads()) {
      setIfAny(a, i, e.a);
      setIfAny(b, i, e.b);
      setIfAny(c, i, e.c);
    }
    end(u, mine, g, parameter, gradient, average, i, j, partial);
  }

  /** Returns the scaled gradient. */
  private static float begin(Update u, UpdateRule.Element e, MemorySegment parameter, MemorySegment gradient, long i,
      long j) {
    float g = get(gradient, j) * u.gradientScale();
    e.old = get(parameter, i);
    e.gradient = u.followed(g, e.old);
    e.parameter = e.old * u.shrink();
    return g;
  }

  private static void end(Update u, Scratch mine, float g, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment average, long i, long j, int partial) {
    UpdateRule.Element e = mine.element;
    if (u.rule().reads()) {
      mine.add(partial, g, e.direction, e.parameter);
      return;
    }
    mine.add(partial, g, e.parameter - e.old, e.parameter);
    set(parameter, i, e.parameter);
    if (average != null) {
      set(average, i, Math.fma(u.averageKeep(), get(average, i), u.averageFresh() * e.parameter));
    }
    if (u.clearsGradient()) {
      set(gradient, j, 0);
    }
  }

  private static void setIfAny(@Nullable MemorySegment x, long i, float value) {
    if (x != null) {
      set(x, i, value);
    }
  }

  /** See {@link OptimizerKernels#updateMatrix}. */
  static void matrix(Update u, MemorySegment parameter, MemorySegment gradient, MemorySegment rowRoots,
      MemorySegment columnRoots, @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long rows,
      long columns, long from, long to) {
    Scratch mine = SCRATCH.get();
    UpdateRule.Element e = mine.element;
    for (long block = from; block < to; block += BLOCK) {
      long end = Math.min(block + BLOCK, to);
      mine.clear();
      for (long i = block; i < end; i++) {
        long row = i / columns, column = row / rows * columns + i % columns;
        float g = begin(u, e, parameter, gradient, i, i);
        UpdateRule.byRoot(e, get(rowRoots, row) * get(columnRoots, column), u.scalars(), ratio);
        if (u.rule().reads()) {
          e.parameter = e.old;
        }
        end(u, mine, g, parameter, gradient, average, i, i, (int) (i % ScalarKernels.PARTIALS));
      }
      if (sums != null) {
        mine.sums(sums, block / BLOCK);
      }
    }
  }
}
