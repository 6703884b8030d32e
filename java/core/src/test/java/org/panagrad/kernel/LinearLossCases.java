package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.List;
import org.panagrad.kernel.KernelCases.SoftmaxRow;

/** The rows of {@link KernelCases} for a softmax whose classes come in tiles. Option 0: with class weights. */
final class LinearLossCases {
  /** The last one is longer than native code takes from the heap in one call. */
  private static final List<Size> SIZES = List.of(Size.of(0, 10), Size.of(1, 1), Size.of(5, 17), Size.of(4, 65),
      Size.of(2, 4097), Size.of(2, 20_001), Size.of(70, 10));

  private LinearLossCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("softmax_tile_sums_f32", LinearLossCases::sums, KernelCases.pairwise(SIZES, 1)),
        new KernelCase("softmax_tile_gradient_f32", LinearLossCases::gradient, KernelCases.pairwise(SIZES, 1)));
  }

  private static Setup sums(Size s) {
    long n = s.rows() * s.columns(), columns = s.columns();
    boolean weighted = s.option(0);
    return new Setup().in("x", n, -8, 8).in("classWeight", columns, 0, 2).out("sums", 3 * s.rows()).range(0, s.rows())
        .call((k, a, from, to) -> k.softmaxTileSums(a[0], weighted ? a[1] : null, a[2], columns, from, to))
        .oracle((in, out, within) -> {
          for (int r = 0; r < s.rows(); r++) {
            SoftmaxRow row = new SoftmaxRow(in[0], r * columns, columns);
            double distance = 0;
            for (int c = 0; c < columns; c++) {
              distance += (weighted ? in[1][c] : 1) * (row.maximum - in[0][(int) (r * columns) + c]);
            }
            put(out[2], within[2], 3 * r, row.maximum, 0);
            put(out[2], within[2], 3 * r + 1, row.sum, row.sum * row.error + EPS * row.sum);
            // every term is positive: the difference, the product, the additions
            put(out[2], within[2], 3 * r + 2, distance, EPS * (roundings(columns) + 2) * distance + TINY);
          }
        });
  }

  /** Rows in turn: without a spread, with one, with neither. */
  private static double factor(int i, double share) {
    int kind = i / 3 % 3;
    return switch (i % 3) {
      case 0 -> 8 + share;
      case 1 -> kind == 2 ? 0 : share;
      default -> kind == 1 ? share : 0;
    };
  }

  private static Setup gradient(Size s) {
    long n = s.rows() * s.columns(), columns = s.columns();
    boolean weighted = s.option(0);
    return new Setup().in("x", n, 4, 8).in("classWeight", columns, 0, 2)
        .in("factors", 3 * s.rows(), (random, i) -> factor(i, random.nextDouble(0.1, 1))).out("gradient", n).orIs(0)
        .range(0, s.rows())
        .call((k, a, from, to) -> k.softmaxTileGradient(a[0], weighted ? a[1] : null, a[2], a[3], columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            int r = (int) (i / columns);
            double d = in[2][3 * r] - in[0][i], e = StrictMath.exp(-d) * in[2][3 * r + 1];
            double gradient = e - in[2][3 * r + 2] * (weighted ? in[1][(int) (i % columns)] : 1);
            boolean nothing = in[2][3 * r + 1] == 0 && in[2][3 * r + 2] == 0;
            put(out[3], within[3], i, nothing ? 0 : gradient,
                nothing ? 0 : e * (SoftmaxRow.termError(d) + EPS) + EPS * Math.abs(gradient) + TINY);
          }
        });
  }
}
