package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;

/** The backward ops against finite differences of the forward ops' formulas. */
class GradientTest {
  private static final long SEED = 3;
  /** In double: the quotient's error is about 1e-9, and a kink within it is improbable. */
  private static final double STEP = 1e-6;
  /** A gradient of this many inputs takes as many evaluations. */
  private static final int LARGEST = 700;

  private final Set<String> checked = new TreeSet<>();

  @Test
  void backwardIsTheDerivativeOfForward() {
    for (KernelCase row : KernelCases.all()) {
      for (Size size : row.sizes()) {
        Setup setup = row.at().apply(size);
        boolean small = setup.arrays().stream().allMatch(a -> a.length() <= LARGEST) && setup.to() > setup.from();
        for (Setup.Gradient gradient : setup.gradients()) {
          if (small) {
            check(row, size, setup, gradient);
            checked.add(row.name() + " by " + setup.arrays().get(gradient.input()).name());
          }
        }
      }
    }
    Set<String> expected = new TreeSet<>(Set.of("relu_f32 by x", "bias_f32 by bias", "softmax_f32 by x",
        "max_pool_f32 by x", "im2col_f32 by x", "col2im_f32 by col", "product_f32 by a", "product_f32 by b",
        "ctc_f32 by logits", "iou_f32 by prediction", "giou_f32 by prediction", "diou_f32 by prediction",
        "triplet_margin_f32 by anchor", "triplet_margin_f32 by positive", "triplet_margin_f32 by negative",
        "contrastive_f32 by x1", "contrastive_f32 by x2", "cosine_embedding_f32 by x1", "cosine_embedding_f32 by x2",
        "margin_ranking_f32 by x1", "margin_ranking_f32 by x2", "gaussian_nll_f32 by mean",
        "gaussian_nll_f32 by variance", "gaussian_kl_f32 by mean", "gaussian_kl_f32 by logVariance",
        "penalty_f32 by parameters", "overlap_sums_f32 by prediction", "layer_norm_f32 by x",
        "layer_norm_f32 by gamma", "layer_norm_f32 by beta", "batch_norm_f32 by x", "batch_norm_f32 by gamma",
        "batch_norm_f32 by beta", "average_pool_f32 by x", "embedding_f32 by table", "dropout_f32 by x",
        "map_f32 by x", "combine_f32 by a", "combine_f32 by b",
        "lstm_cell_f32 by gates", "lstm_cell_f32 by previousCell", "gru_cell_f32 by gates",
        "gru_cell_f32 by previousHidden"));
    for (ElementFormula formula : ElementFormula.values()) {
      expected.add(formula.symbol() + " by prediction");
    }
    for (RowFormula formula : RowFormula.values()) {
      expected.add(formula.symbol() + " by logits");
    }
    expected.remove("zero_one_f32 by logits"); // its gradient is not its derivative
    assertEquals(expected, checked);
  }

  private static void check(KernelCase row, Size size, Setup setup, Setup.Gradient gradient) {
    int[][] initial = Arguments.initial(setup, Style.ORDINARY, SEED);
    double[][] in = Arguments.values(setup, initial);
    int input = gradient.input(), output = gradient.output();
    double[] weights = new Random(SEED).doubles(in[output].length, -1, 1).map(x -> (float) x).toArray();
    if (!Double.isNaN(gradient.weight())) {
      java.util.Arrays.fill(weights, gradient.weight());
    }

    Kernels kernels = Backends.of(Backend.SCALAR);
    MemorySegment[] arrays = Arguments.of(setup, initial, Memory.HEAP).call(kernels).segments();
    float[] dy = new float[weights.length], dx = new float[in[input].length];
    for (int i = 0; i < dy.length; i++) {
      dy[i] = (float) weights[i];
    }
    java.util.Arrays.fill(dx, Float.NaN);
    gradient.backward().on(kernels, arrays, MemorySegment.ofArray(dy), MemorySegment.ofArray(dx));

    boolean anything = false;
    for (int i = 0; i < dx.length; i++) {
      double x = in[input][i];
      in[input][i] = x + STEP;
      double above = weighted(setup, in, output, weights);
      in[input][i] = x - STEP;
      double below = weighted(setup, in, output, weights);
      in[input][i] = x;
      double derivative = (above - below) / (2 * STEP);
      // the quotient's own error, and the float's: sums of some hundred weights of at most 1
      assertEquals(derivative, dx[i], 1e-5 * (1 + Math.abs(derivative)),
          row + " " + size + " seed " + SEED + ": derivative by " + setup.arrays().get(input).name() + "[" + i + "]");
      anything |= Math.abs(derivative) > 1e-3;
    }
    assertTrue(anything || size.columns() == 1 || size.rows() == 0, row + " " + size + ": all derivatives vanish");
  }

  private static double weighted(Setup setup, double[][] in, int output, double[] weights) {
    double[] y = setup.expect(in)[0][output];
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += weights[i] * y[i];
    }
    return sum;
  }

}
