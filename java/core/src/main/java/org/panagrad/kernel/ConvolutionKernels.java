package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Lowering of a convolution of NHWC images to matrix products, tile by tile. */
public sealed interface ConvolutionKernels
    permits Kernels, CheckedConvolutionKernels, NativeConvolutionKernels, ScalarConvolutionKernels {

  /**
   * {@code col[r - first][ky][kx][c]} = what output position r = (image, oy, ox) sees through the window, 0 in the
   * padding. The range counts output positions.
   *
   * @param window geometry
   * @param x      images x height x width x channels floats
   * @param col    a row of kernelHeight x kernelWidth x channels floats for each position from {@code first} on
   * @param first  the position that row 0 of col holds, at most {@code from}
   * @param from   first position
   * @param to     end
   */
  void im2col(Window window, MemorySegment x, MemorySegment col, long first, long from, long to);

  /**
   * {@code x = 0}, then {@code x[input] += col[r][ky][kx][c]} for each output position r that sees the input, positions
   * in order, then (ky, kx) in order: the gradient of {@link #im2col}. The range counts images.
   *
   * @param window geometry
   * @param col    the rows of images from {@code first} on
   * @param x      images x height x width x channels floats
   * @param first  the image that col starts with, at most {@code from}
   * @param from   first image
   * @param to     end
   */
  void col2im(Window window, MemorySegment col, MemorySegment x, long first, long from, long to);
}
