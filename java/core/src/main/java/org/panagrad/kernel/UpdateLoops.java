package org.panagrad.kernel;

import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Update rules over arrays, in canonical Java: native/src/cpu/update.h. */
final class UpdateLoops {
  private static final ThreadLocal<UpdateRule.Element> ELEMENT = ThreadLocal.withInitial(UpdateRule.Element::new);

  private UpdateLoops() {
  }

  /** See {@link ScalarOptimizerKernels#updateElements}. */
  static void elements(Update u, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
      @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average, @Nullable Squares squares,
      float ratio, long base, long gradientBase, long from, long to) {
    UpdateRule.Element e = ELEMENT.get();
    for (long i = from; i < to; i++) {
      element(u, e, parameter, gradient, a, b, c, average, squares, ratio, base + i, gradientBase + i,
          (int) (i % ScalarKernels.PARTIALS));
    }
  }

  private static void element(Update u, UpdateRule.Element e, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment a, @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
      @Nullable Squares squares, float ratio, long i, long j, int partial) {
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
    end(u, e, g, parameter, gradient, average, squares, i, j, partial);
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

  private static void end(Update u, UpdateRule.Element e, float g, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment average, @Nullable Squares squares, long i, long j, int partial) {
    if (squares != null) {
      squares.add(partial, g, u.rule().reads() ? e.direction : e.parameter - e.old, e.parameter);
    }
    if (u.rule().reads()) {
      return;
    }
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
    Squares squares = sums == null ? null : Squares.ofThread();
    UpdateRule.Element e = ELEMENT.get();
    for (long block = from; block < to; block += BLOCK) {
      long end = Math.min(block + BLOCK, to);
      if (squares != null) {
        squares.clear();
      }
      for (long i = block; i < end; i++) {
        long row = i / columns, column = row / rows * columns + i % columns;
        float g = begin(u, e, parameter, gradient, i, i);
        UpdateRule.byRoot(e, get(rowRoots, row) * get(columnRoots, column), u.scalars(), ratio);
        if (u.rule().reads()) {
          e.parameter = e.old;
        }
        end(u, e, g, parameter, gradient, average, squares, i, i, (int) (i % ScalarKernels.PARTIALS));
      }
      if (squares != null) {
        squares.sums(sums, block / BLOCK);
      }
    }
  }
}
