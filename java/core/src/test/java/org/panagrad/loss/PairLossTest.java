package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/** The records of boxes, pairs and triplets: defaults, options, reductions. */
class PairLossTest {

  static List<Kernels> backends() {
    return List.of(Backends.of(Backend.SCALAR), Backends.of(Backend.AUTO));
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  private static final MemorySegment SIGNS = MemorySegment.ofArray(new int[]{1, -1});

  @ParameterizedTest
  @MethodSource("backends")
  void boxes(Kernels k) {
    float[] gradient = new float[8], losses = new float[2];
    MemorySegment prediction = of(0, 0, 2, 1, 5, 5, 6, 6), target = of(0, 0, 1, 1, 0, 0, 1, 1);
    BoxLoss mean = BoxLoss.of(BoxLoss.Kind.IOU);
    assertEquals(0.75, mean.evaluate(k, prediction, target, of(gradient), of(losses), 2), 1e-6);
    assertArrayEquals(new float[]{0.5f, 1}, losses, 1e-6f);
    assertEquals(0.125f, gradient[2], 1e-6f); // the union grows by 1 from 2: 1/2 * 1/2, over 2 boxes
    assertEquals(1.5, mean.reduction(Reduction.SUM).evaluate(k, prediction, target, of(gradient), of(losses), 2), 1e-6);
    assertEquals(0.25f, gradient[2], 1e-6f);
    assertEquals(1.0, mean.epsilon(1e30).reduction(Reduction.NONE).evaluate(k, prediction, target, null, of(losses), 1),
        1e-6);
    assertTrue(Double.isNaN(mean.evaluate(k, prediction, target, null, of(losses), 0)));
    // areas 2 and 1 in an outer one of 2; then 1 and 1 in 36: 1 - (0 - 34 / 36)
    assertEquals(0.5 + 1 + 34 / 36.0, BoxLoss.of(BoxLoss.Kind.GIOU).reduction(Reduction.SUM).evaluate(k, prediction,
        target, null, of(losses), 2), 1e-5);
    double first = 0.5 + 0.25 / 5, second = 1 + 50 / 72.0;
    assertEquals(first + second, BoxLoss.of(BoxLoss.Kind.DIOU).reduction(Reduction.SUM).evaluate(k, prediction, target,
        null, of(losses), 2), 1e-5);
    double shape = 4 / (Math.PI * Math.PI) * Math.pow(Math.atan(1) - Math.atan(2), 2);
    assertEquals(first + shape * shape / (0.5 + shape) + second, BoxLoss.of(BoxLoss.Kind.CIOU)
        .reduction(Reduction.SUM).evaluate(k, prediction, target, null, of(losses), 2), 1e-5);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pairs(Kernels k) {
    float[] d1 = new float[4], d2 = new float[4], d3 = new float[4], losses = new float[2];
    MemorySegment x1 = of(0, 0, 1, 0), x2 = of(3, 4, 1, 1), x3 = of(0, 1, 5, 0);
    // distances 5 and 1, 1 and 4
    assertEquals((5 - 1 + 1) / 2.0,
        TripletMargin.of().evaluate(k, x1, x2, x3, of(d1), of(d2), of(d3), of(losses), 2, 2),
        1e-5);
    assertArrayEquals(new float[]{0.3f, 0.4f, 0, 0}, d2, 1e-5f);
    assertEquals(5 - 1 + 4 + 1 - 4 + 4, TripletMargin.of(4).reduction(Reduction.SUM).evaluate(k, x1, x2, x3, null, null,
        null, of(losses), 2, 2), 1e-5);
    // from the positive (3, 4) to the negative (0, 1): no nearer; from (1, 1) to (5, 0) neither
    assertEquals(2.5, TripletMargin.of().swap(true).evaluate(k, x1, x2, x3, null, null, null, of(losses), 2, 2), 1e-5);

    MemorySegment similar = MemorySegment.ofArray(new int[]{1, 0});
    assertEquals((12.5 + 0.5) / 2, Contrastive.of(2).evaluate(k, x1, x2, similar, of(d1), of(d2), of(losses), 2, 2),
        1e-5);
    assertArrayEquals(new float[]{-1.5f, -2, 0, 0.5f}, d1, 1e-5f);
    assertEquals(12.5, Contrastive.of().reduction(Reduction.SUM).evaluate(k, x1, x2, similar, null, null, of(losses), 2,
        2), 1e-5);

    double cosine = Math.sqrt(0.5);
    assertEquals((1 + cosine) / 2, CosineEmbedding.of().evaluate(k, x1, x2, SIGNS, of(d1), of(d2), of(losses), 2, 2),
        1e-5);
    assertEquals(1 + cosine - 0.5,
        CosineEmbedding.of(0.5).reduction(Reduction.SUM).evaluate(k, x1, x2, SIGNS, null, null,
            of(losses), 2, 2),
        1e-5);

    assertEquals(1.5, MarginRanking.of().evaluate(k, x1, x2, SIGNS, of(d1), of(d2), of(losses), 2), 1e-5);
    assertArrayEquals(new float[]{-0.5f, 0}, java.util.Arrays.copyOf(d1, 2));
    assertEquals(3.5, MarginRanking.of(0.5).reduction(Reduction.NONE).evaluate(k, x1, x2, SIGNS, null, null, of(losses),
        2), 1e-5);
  }

  @Test
  void options() {
    refused("epsilon|-1.0", () -> BoxLoss.of(BoxLoss.Kind.IOU).epsilon(-1));
    refused("epsilon|NaN", () -> BoxLoss.of(BoxLoss.Kind.IOU).epsilon(Double.NaN));
    refused("epsilon|1.0E39", () -> BoxLoss.of(BoxLoss.Kind.IOU).epsilon(1e39));
    refused("margin|0.0|positive", () -> TripletMargin.of(0));
    refused("margin|1.0E-60|positive", () -> TripletMargin.of(1e-60));
    refused("epsilon|-1.0E-6", () -> new TripletMargin(1, -1e-6, false, Reduction.MEAN));
    refused("margin|Infinity", () -> Contrastive.of(Double.POSITIVE_INFINITY));
    refused("margin|1.5|from -1.0 to 1.0", () -> CosineEmbedding.of(1.5));
    refused("margin|NaN", () -> CosineEmbedding.of(Double.NaN));
    refused("margin|-Infinity", () -> MarginRanking.of(Double.NEGATIVE_INFINITY));
    assertThrowsExactly(NullPointerException.class, () -> MarginRanking.of().reduction(null));
    assertThrowsExactly(NullPointerException.class, () -> BoxLoss.of(null));
    assertEquals(new TripletMargin(1, 1e-6, false, Reduction.MEAN), TripletMargin.of());
  }

  private static void refused(String words, Supplier<?> make) {
    String message = assertThrowsExactly(IllegalArgumentException.class, make::get).getMessage();
    for (String word : words.split("\\|")) {
      assertTrue(message.contains(word), () -> word + " is not in: " + message);
    }
  }
}
