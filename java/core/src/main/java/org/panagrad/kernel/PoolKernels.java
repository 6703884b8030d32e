package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** Pooling of NHWC images; the range counts images. */
public sealed interface PoolKernels permits Kernels, CheckedPoolKernels, NativePoolKernels, ScalarPoolKernels {

  /**
   * The greatest element of each window and channel; NaN where the window holds one.
   *
   * @param window  geometry; no padding, no dilation
   * @param x       images x height x width x channels floats
   * @param y       images x outHeight x outWidth x channels floats
   * @param indices as many ints as y has floats: the place {@code ky * kernelWidth + kx} of the first greatest element,
   *                or of the last NaN where there is one
   * @param from    first image
   * @param to      end
   */
  void maxPool(Window window, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to);

  /**
   * {@code dx = 0}, then {@code dx[element named by indices] += dy}, windows in order.
   *
   * @param window  geometry; no padding, no dilation
   * @param dy      the gradient of {@link #maxPool}'s y
   * @param indices {@link #maxPool}'s indices
   * @param dx      the gradient of its x
   * @param from    first image
   * @param to      end
   */
  void maxPoolBackward(Window window, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from, long to);

  /**
   * The mean of each window and channel, padding counted as zeros: the sum of what the window sees of the image, in its
   * order, over {@code kernelHeight * kernelWidth}. A window as large as the image is global average pooling.
   *
   * @param window geometry; no dilation
   * @param x      images x height x width x channels floats
   * @param y      images x outHeight x outWidth x channels floats
   * @param from   first image
   * @param to     end
   */
  void averagePool(Window window, MemorySegment x, MemorySegment y, long from, long to);

  /**
   * {@code dx = 0}, then {@code dx[element seen] += dy / (kernelHeight * kernelWidth)}, windows in order.
   *
   * @param window geometry; no dilation
   * @param dy     the gradient of {@link #averagePool}'s y
   * @param dx     the gradient of its x
   * @param from   first image
   * @param to     end
   */
  void averagePoolBackward(Window window, MemorySegment dy, MemorySegment dx, long from, long to);
}
