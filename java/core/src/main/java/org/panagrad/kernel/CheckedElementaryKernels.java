package org.panagrad.kernel;

import static org.panagrad.kernel.Checks.map;

import java.lang.foreign.MemorySegment;

/** The checks of {@link ElementaryKernels}. */
sealed interface CheckedElementaryKernels extends ElementaryKernels, CheckedForm permits CheckedKernels {
  @Override
  default void exp(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().exp(x, y, from, to);
  }

  @Override
  default void log(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().log(x, y, from, to);
  }

  @Override
  default void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().log1p(x, y, from, to);
  }

  @Override
  default void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().expm1(x, y, from, to);
  }

  @Override
  default void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().tanh(x, y, from, to);
  }

  @Override
  default void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().sigmoid(x, y, from, to);
  }

  @Override
  default void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().softplus(x, y, from, to);
  }

  @Override
  default void atan(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend().atan(x, y, from, to);
  }
}
