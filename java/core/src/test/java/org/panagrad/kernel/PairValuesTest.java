package org.panagrad.kernel;

import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.loss.BoxLoss;
import org.panagrad.loss.Contrastive;
import org.panagrad.loss.CosineEmbedding;
import org.panagrad.loss.MarginRanking;
import org.panagrad.loss.TripletMargin;

/** What the contract says of hinges, distances of 0, NaN and infinities, on every backend. */
@Tag("width")
class PairValuesTest {
  static List<Kernels> backends() {
    return Backends.all();
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  private static MemorySegment labels(int... x) {
    return MemorySegment.ofArray(x);
  }

  /** 0 and -0 are one here. */
  private static void assertClose(float[] got, double... expected) {
    float[] floats = new float[expected.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) expected[i];
    }
    assertArrayEquals(floats, got, 1e-6f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tripletMargin(Kernels k) {
    float[] da = new float[12], dp = new float[12], dn = new float[12], losses = new float[6];
    // positive at distance 5, negative at 13, 1 (the hinge itself), 0, then NaN and infinity, then all the same
    k.tripletMargin(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2), of(3, 4, 0, 0, 3, 4, 3, 4, 3, 4, 2, 2),
        of(5, 12, 1, 0, 0, 0, NaN, 0, POSITIVE_INFINITY, 0, 2, 2), of(da), of(dp), of(dn), of(losses), 2, 1, 0, false,
        1, 0, 6);
    assertClose(losses, 0, 0, 6, NaN, 0, 1);
    assertClose(da, 0, 0, 0, 0, -0.6, -0.8, NaN, NaN, 0, 0, 0, 0);
    assertClose(dp, 0, 0, 0, 0, 0.6, 0.8, 0.6, 0.8, 0, 0, 0, 0);
    assertClose(dn, 0, 0, 0, 0, 0, 0, NaN, NaN, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void swapTakesTheNearerNegative(Kernels k) {
    float[] da = new float[2], dp = new float[2], dn = new float[2], losses = new float[1];
    MemorySegment anchor = of(0, 0), positive = of(2, 0), negative = of(3, 0);
    k.tripletMargin(anchor, positive, negative, of(da), of(dp), of(dn), of(losses), 2, 2, 0, false, 0.5f, 0, 1);
    assertClose(losses, 2 - 3 + 2);
    assertClose(da, 0, 0); // towards the positive, away from the negative
    assertClose(dp, 0.5, 0);
    assertClose(dn, -0.5, 0);
    k.tripletMargin(anchor, positive, negative, of(da), of(dp), of(dn), of(losses), 2, 2, 0, true, 0.5f, 0, 1);
    assertClose(losses, 2 - 1 + 2);
    assertClose(da, -0.5, 0);
    assertClose(dp, 1, 0);
    assertClose(dn, -0.5, 0);
    // a tie stays with the anchor
    k.tripletMargin(anchor, positive, of(1, 0), of(da), of(dp), of(dn), of(losses), 2, 2, 0, true, 1, 0, 1);
    assertClose(losses, 2 - 1 + 2);
    assertClose(dp, 1, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void contrastive(Kernels k) {
    float[] d1 = new float[14], d2 = new float[14], losses = new float[7];
    // at 5: similar, and not; at the margin; beyond; at 0: similar, and not; NaN
    k.contrastive(of(3, 4, 3, 4, 6, 8, POSITIVE_INFINITY, 0, 1, 1, 1, 1, NaN, 0),
        of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0), labels(1, 0, 0, 0, 1, 0, 0), of(d1), of(d2), of(losses), 2, 10, 2,
        0, 7);
    assertClose(losses, 12.5, 12.5, 0, 0, 0, 50, NaN);
    assertClose(d1, 6, 8, -6, -8, 0, 0, 0, 0, 0, 0, 0, 0, NaN, NaN);
    assertClose(d2, -6, -8, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0, NaN, NaN);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void cosineEmbedding(Kernels k) {
    float[] d1 = new float[12], d2 = new float[12], losses = new float[6];
    // orthogonal: similar, and not (the hinge); the same: similar, and not; a zero row; infinity
    k.cosineEmbedding(of(2, 0, 2, 0, 3, 4, 3, 4, 0, 0, POSITIVE_INFINITY, 0),
        of(0, 4, 0, 4, 3, 4, 3, 4, 0, 0, 1, 0), labels(1, -1, 1, -1, 1, 1), of(d1), of(d2), of(losses), 2, 0, 1, 0, 6);
    assertClose(losses, 1, 0, 0, 1, 1, NaN);
    assertClose(d1, 0, -0.5, 0, 0, 0, 0, 0, 0, 0, 0, NaN, NaN);
    assertClose(d2, -0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0, NaN, NaN);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void marginRanking(Kernels k) {
    float[] d1 = new float[6], d2 = new float[6], losses = new float[6];
    k.marginRanking(of(1, 1, 3, 3, NaN, POSITIVE_INFINITY), of(2, 2, 2, 2, 0, POSITIVE_INFINITY),
        labels(1, -1, 1, -1, 1, -1), of(d1), of(d2), of(losses), 1, 0.5f, 0, 6);
    assertClose(losses, 2, 0, 0, 2, NaN, NaN);
    assertClose(d1, -0.5, 0, 0, 0.5, -0.5, 0.5);
    assertClose(d2, 0.5, 0, 0, -0.5, 0.5, -0.5);
  }

  @Tag("allocation")
  @ParameterizedTest
  @MethodSource("org.panagrad.Allocation#backends")
  void recordsAllocateNothing(Backend backend) {
    Kernels k = Backends.of(backend);
    MemorySegment a = of(new float[64]), b = of(new float[64]), c = of(new float[64]), losses = of(new float[64]);
    MemorySegment da = of(new float[64]), db = of(new float[64]), dc = of(new float[64]);
    int[] ones = new int[64];
    java.util.Arrays.fill(ones, 1);
    MemorySegment labels = labels(ones);
    BoxLoss box = BoxLoss.of(BoxLoss.Kind.CIOU);
    TripletMargin triplet = TripletMargin.of().swap(true);
    Contrastive contrastive = Contrastive.of();
    CosineEmbedding cosine = CosineEmbedding.of();
    MarginRanking ranking = MarginRanking.of();
    Allocation.requireNone(k.name(), () -> {
      box.evaluate(k, a, b, da, losses, 16);
      triplet.evaluate(k, a, b, c, da, db, dc, losses, 4, 16);
      contrastive.evaluate(k, a, b, labels, da, db, losses, 4, 16);
      cosine.evaluate(k, a, b, labels, da, db, losses, 4, 16);
      ranking.evaluate(k, a, b, labels, da, db, losses, 64);
    });
  }
}
