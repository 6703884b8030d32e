package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.PoolCalls;

/** {@link PoolKernels} in native code. */
sealed interface NativePoolKernels extends PoolKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment maxPool, maxPoolBackward, averagePool, averagePoolBackward;

    Functions(NativeTier tier) {
      maxPool = tier.function("max_pool_f32");
      maxPoolBackward = tier.function("max_pool_backward_f32");
      averagePool = tier.function("average_pool_f32");
      averagePoolBackward = tier.function("average_pool_backward_f32");
    }
  }

  /** Those of this tier. */
  Functions poolFunctions();

  @Override
  default void maxPool(Window window, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    if (tooLong(window.image(), x, y) || tooLong(window.image(), y, indices)) {
      java().maxPool(window, x, y, indices, from, to);
    } else {
      PoolCalls.call(poolFunctions().maxPool, step(window.image()), window.struct(), x, y, indices, from, to);
    }
  }

  @Override
  default void maxPoolBackward(Window window, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    if (tooLong(window.image(), dy, indices) || tooLong(window.image(), indices, dx)) {
      java().maxPoolBackward(window, dy, indices, dx, from, to);
    } else {
      PoolCalls.call(poolFunctions().maxPoolBackward, step(window.image()), window.struct(), dy, indices, dx, from, to);
    }
  }

  /** Elements that an image costs: windows may overlap. */
  private static long work(Window window) {
    return Math.max(window.image(), window.positions() * window.seen());
  }

  @Override
  default void averagePool(Window window, MemorySegment x, MemorySegment y, long from, long to) {
    if (tooLong(work(window), x, y)) {
      java().averagePool(window, x, y, from, to);
    } else {
      PoolCalls.call(poolFunctions().averagePool, step(work(window)), window.struct(), x, y, from, to);
    }
  }

  @Override
  default void averagePoolBackward(Window window, MemorySegment dy, MemorySegment dx, long from, long to) {
    if (tooLong(work(window), dy, dx)) {
      java().averagePoolBackward(window, dy, dx, from, to);
    } else {
      PoolCalls.call(poolFunctions().averagePoolBackward, step(work(window)), window.struct(), dy, dx, from, to);
    }
  }
}
