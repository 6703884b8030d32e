package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;

/** {@link ElementaryKernels} in plain Java. */
sealed interface ScalarElementaryKernels extends ElementaryKernels permits ScalarKernels, VectorElementaryKernels {
  @Override
  default void exp(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.exp(get(x, i)));
    }
  }

  @Override
  default void log(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.log(get(x, i)));
    }
  }

  @Override
  default void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.log1p(get(x, i)));
    }
  }

  @Override
  default void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.expm1(get(x, i)));
    }
  }

  @Override
  default void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.tanh(get(x, i)));
    }
  }

  @Override
  default void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.sigmoid(get(x, i)));
    }
  }

  @Override
  default void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.softplus(get(x, i)));
    }
  }

  @Override
  default void atan(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.atan(get(x, i)));
    }
  }
}
