package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.panagrad.ffi.RowCalls;

/** {@link ConvolutionKernels} in native code. */
sealed interface NativeConvolutionKernels extends ConvolutionKernels, NativeForm permits NativeKernels {
  /** Addresses of the functions. */
  final class Functions {
    private final MemorySegment im2col, col2im;

    Functions(NativeTier tier) {
      im2col = tier.function("im2col_f32");
      col2im = tier.function("col2im_f32");
    }
  }

  /** Those of this tier. */
  Functions convolutionFunctions();

  @Override
  default void im2col(Window window, MemorySegment x, MemorySegment col, long first, long from, long to) {
    if (tooLong(window.seen(), x, col)) {
      java().im2col(window, x, col, first, from, to);
    } else {
      RowCalls.call(convolutionFunctions().im2col, step(window.seen()), window.struct(), x, col, first, from, to);
    }
  }

  @Override
  default void col2im(Window window, MemorySegment col, MemorySegment x, long first, long from, long to) {
    long work = window.positions() * window.seen();
    if (tooLong(work, col, x)) {
      java().col2im(window, col, x, first, from, to);
    } else {
      RowCalls.call(convolutionFunctions().col2im, step(work), window.struct(), col, x, first, from, to);
    }
  }
}
