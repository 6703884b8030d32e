package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A softmax over rows whose classes come tile by tile, for a loss on logits that are never held whole: what a tile adds
 * to the sums of its rows, and its gradient once the sums of all tiles are known. The range counts rows of the tile.
 */
public sealed interface LinearLossKernels
    permits Kernels, CheckedLinearLossKernels, NativeLinearLossKernels, ScalarLinearLossKernels {

  /**
   * What a tile holds of each row, {@code sums[r] = (m, s, d)}: m is the tile's greatest logit, s the canonical sum of
   * {@code e^(x[r][c] - m')} and d that of {@code w[c] (m' - x[r][c])}. m' is m, or 0 where the tile holds nothing but
   * -inf (then s is 0).
   *
   * @param x           rows x columns floats
   * @param classWeight columns floats w, or null for 1
   * @param sums        rows x 3 floats
   * @param columns     classes of the tile, at least 1
   * @param from        first row
   * @param to          end
   */
  void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums, long columns,
      long from, long to);

  /**
   * {@code gradient[r][c] = e^(x[r][c] - m) f - s w[c]} with {@code (m, f, s) = factors[r]}; where f and s are 0 it is
   * 0, whatever x is. {@code gradient} may be {@code x}.
   *
   * @param x           rows x columns floats
   * @param classWeight columns floats w, or null for 1
   * @param factors     rows x 3 floats
   * @param gradient    rows x columns floats
   * @param columns     classes of the tile, at least 1
   * @param from        first row
   * @param to          end
   */
  void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to);
}
