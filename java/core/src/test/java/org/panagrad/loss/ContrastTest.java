package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.panagrad.io.Json;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;
import org.panagrad.kernel.RowLoss;

/** InfoNCE and NT-Xent: libtorch's values in double (bench/README.md), their options, the same bits everywhere. */
class ContrastTest {
  private static final double EPS = 0x1p-24;

  /** A golden case. */
  private record Golden(Map<?, ?> map) {
    double[] array(String group, String name) {
      return doubles(((Map<?, ?>) map.get(group)).get(name));
    }

    float[] input(String name) {
      double[] x = array("inputs", name);
      float[] y = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        y[i] = (float) x[i];
      }
      return y;
    }

    private static double[] doubles(Object list) {
      return ((List<?>) list).stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    }

    Object option(String name) {
      return ((Map<?, ?>) map.get("options")).get(name);
    }

    double temperature() {
      return ((Number) option("temperature")).doubleValue();
    }

    int number(String name) {
      return ((Number) map.get(name)).intValue();
    }

    Reduction reduction() {
      return Reduction.valueOf(map.get("reduction").toString().toUpperCase(java.util.Locale.ROOT));
    }

    float scale(long rows) {
      return reduction().scale(rows);
    }

    void checkValue(double got, MemorySegment losses, double within) {
      if (map.get("losses") == null) {
        assertEquals(((Number) map.get("value")).doubleValue(), got,
            within * (reduction() == Reduction.SUM ? number("rows") : 1), map.get("loss").toString());
      } else {
        double[] each = doubles(map.get("losses"));
        for (int i = 0; i < each.length; i++) {
          assertEquals(each[i], losses.getAtIndex(JAVA_FLOAT, i), within, map.get("loss") + " row " + i);
        }
      }
    }
  }

  private static List<Golden> golden(String loss) throws IOException {
    try (InputStream in = ContrastTest.class.getResourceAsStream("/golden/losses.json")) {
      assertNotNull(in, "no golden values");
      Map<?, ?> all = (Map<?, ?>) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      List<Golden> cases = ((List<?>) all.get("cases")).stream().map(c -> new Golden((Map<?, ?>) c))
          .filter(c -> loss.equals(c.map.get("loss"))).toList();
      assertTrue(!cases.isEmpty(), "no golden cases of " + loss);
      return cases;
    }
  }

  private static Compute compute(Kernels kernels, int threads) {
    return Compute.of(kernels, Product.Choice.BUILTIN, threads);
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  /** Tiles of the sizes that are in use, and tiles that cut everything. */
  private static SimilarityCall call(Compute compute, Arena arena, long rows, long columns, boolean small) {
    return small
        ? new SimilarityCall(compute, arena, rows, columns, 2, 3)
        : SimilarityCall.on(compute, arena, rows, columns);
  }

  /**
   * What floats may be off by. A similarity of rows of at most these lengths is a chain of products of rounded elements;
   * its error moves the probabilities of its row. Their errors go along the rows of the others into the gradient, whose
   * chain rounds too; then the part along the row is taken away, which may add that of all columns.
   */
  private record Bound(int rows, int columns, double temperature, double longest, double shortest, boolean normalized) {
    static Bound of(int rows, int columns, double temperature, boolean normalized, float[]... inputs) {
      double longest = 0, shortest = Double.POSITIVE_INFINITY;
      for (float[] x : inputs) {
        for (int r = 0; r < x.length / columns; r++) {
          double square = 0;
          for (int c = 0; c < columns; c++) {
            square += (double) x[r * columns + c] * x[r * columns + c];
          }
          longest = Math.max(longest, Math.sqrt(square));
          shortest = Math.min(shortest, Math.sqrt(square));
        }
      }
      return new Bound(rows, columns, temperature, normalized ? 1 : longest, normalized ? shortest : 1, normalized);
    }

    /** The greatest similarity. */
    double similarity() {
      return longest * longest / temperature;
    }

    /** Of a logarithm of a probability: similarities, distances in the softmax, its sums. */
    double probability() {
      return EPS * ((2 * (columns + 3) + 4) * similarity() + 20);
    }

    double loss() {
      return 2 * probability() + EPS * (2 * similarity() + Math.log(rows));
    }

    double gradient(double scale) {
      double each = probability() + EPS * (2 * (rows + 1) + 6);
      double along = normalized ? 1 + Math.sqrt(columns) : 1;
      // each row is a first one, and a second one to all others
      return scale * (1 + rows) * each * longest * along / shortest / temperature;
    }
  }

  private static void near(String what, double[] expected, MemorySegment got, double within) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], got.getAtIndex(JAVA_FLOAT, i), within, what + "[" + i + "]");
    }
  }

  @Test
  void infoNceIsLibtorchs() throws IOException {
    for (Golden g : golden("infoNce")) {
      for (boolean small : new boolean[]{false, true}) {
        try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
          int rows = g.number("rows"), columns = g.number("columns");
          float[] q = g.input("query"), k = g.input("key");
          MemorySegment dq = of(new float[q.length]), dk = of(new float[k.length]);
          boolean normalized = (Boolean) g.option("normalized");
          SimilarityCall call = call(compute, arena, rows, columns, small);
          Bound bound = Bound.of(rows, columns, g.temperature(), normalized, q, k);
          InfoNce loss = InfoNce.of(g.temperature()).normalized(normalized).reduction(g.reduction());
          g.checkValue(loss.evaluate(call, of(q), of(k), dq, dk, rows, rows), call.losses(), bound.loss());
          near("query", g.array("gradients", "query"), dq, bound.gradient(g.scale(rows)));
          near("key", g.array("gradients", "key"), dk, bound.gradient(g.scale(rows)));
        }
      }
    }
  }

  @Test
  void ntXentIsLibtorchs() throws IOException {
    for (Golden g : golden("ntXent")) {
      for (boolean small : new boolean[]{false, true}) {
        try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
          int rows = g.number("rows"), columns = g.number("columns");
          float[] z = g.input("prediction");
          MemorySegment dz = of(new float[z.length]);
          SimilarityCall call = call(compute, arena, rows, columns, small);
          Bound bound = Bound.of(rows, columns, g.temperature(), true, z);
          NtXent loss = NtXent.of(g.temperature()).reduction(g.reduction());
          g.checkValue(loss.evaluate(call, of(z), dz, rows), call.losses(), bound.loss());
          near("prediction", g.array("gradients", "prediction"), dz, bound.gradient(g.scale(rows)));
        }
      }
    }
  }

  /** Given similarities are the output of a layer whose weight is 1 / temperature times the identity: a power of two. */
  @Test
  void similaritiesAreLibtorchs() throws IOException {
    for (String name : List.of("infoNceSimilarity", "ntXentSimilarity")) {
      for (Golden g : golden(name)) {
        try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
          int rows = g.number("rows"), columns = g.number("columns");
          boolean withoutSelf = name.startsWith("nt");
          float[] weight = new float[columns * columns];
          int[] labels = new int[rows];
          for (int i = 0; i < columns; i++) {
            weight[i * columns + i] = (float) (1 / g.temperature());
          }
          for (int i = 0; i < rows; i++) {
            labels[i] = withoutSelf ? (i + rows / 2) % rows : i;
          }
          LinearCall call = new LinearCall(compute, arena, rows, columns, columns, 2, 3);
          float[] s = g.input("prediction");
          MemorySegment ds = of(new float[s.length]);
          call.of(of(s), of(weight), null, MemorySegment.ofArray(labels), rows).withoutSelf(withoutSelf)
              .gradients(ds, null, null);
          call.check(RowLoss.softmaxCrossEntropy());
          double sum = call.run(RowLoss.softmaxCrossEntropy(), g.scale(rows));
          // similarities are exact, up to 4 each; distances, exp, sums and products are not
          double each = EPS * (16 / g.temperature() + 20);
          g.checkValue(g.reduction().value(sum, rows), call.losses(), 2 * each);
          near(name, g.array("gradients", "prediction"), ds, 2 * each * g.scale(rows) / g.temperature());
        }
      }
    }
  }

  private static float[] random(long seed, int n) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** The symmetric form is the mean of both directions; so are its losses and gradients. */
  @Test
  void symmetric() {
    int rows = 9, columns = 5;
    float[] q = random(1, rows * columns), k = random(2, rows * columns);
    Bound bound = Bound.of(rows, columns, 0.25, true, q, k);
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, rows, columns, true);
      for (Reduction reduction : Reduction.values()) {
        InfoNce one = InfoNce.of(0.25).reduction(reduction);
        float[][] there = new float[2][q.length], back = new float[2][q.length], both = new float[2][q.length];
        double first = one.evaluate(call, of(q), of(k), of(there[0]), of(there[1]), rows, rows);
        float[] losses = call.losses().toArray(JAVA_FLOAT);
        double second = one.evaluate(call, of(k), of(q), of(back[1]), of(back[0]), rows, rows);
        float[] others = call.losses().toArray(JAVA_FLOAT);
        double mean = one.symmetric(true).evaluate(call, of(q), of(k), of(both[0]), of(both[1]), rows, rows);
        assertEquals((first + second) / 2, mean, 1e-15 * rows * 10);
        for (int r = 0; r < rows; r++) {
          assertEquals((losses[r] + (double) others[r]) / 2, call.losses().getAtIndex(JAVA_FLOAT, r),
              EPS * (losses[r] + others[r]));
        }
        for (int s = 0; s < 2; s++) {
          for (int i = 0; i < q.length; i++) {
            assertEquals((there[s][i] + (double) back[s][i]) / 2, both[s][i], bound.gradient(reduction.scale(rows)));
          }
        }
      }
    }
  }

  /** Further keys are further negatives: of a batch without them, and of one key that is far away, it is the same. */
  @Test
  void furtherKeys() {
    int rows = 4, columns = 3;
    float[] q = {1, 0, 0, 2, 0, 0, 0, 3, 0, 1, 1, 0}, k = {1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 1, -1e4f, -1e4f, -1e4f};
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 5, columns, true);
      InfoNce loss = InfoNce.of(1).normalized(false);
      float[] dk = new float[15];
      double without = loss.evaluate(call, of(q), of(k), null, null, rows, rows);
      assertEquals(without, loss.evaluate(call, of(q), of(k), null, of(dk), rows, 5));
      assertArrayEquals(new float[3], java.util.Arrays.copyOfRange(dk, 12, 15));
      k[12] = 1;
      assertTrue(loss.evaluate(call, of(q), of(k), null, null, rows, 5) > without);
    }
  }

  /** A row of zeros has no direction: it is as far from all others, and its gradient is finite. */
  @Test
  void aRowOfZeros() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 4, 2, false);
      float[] z = {0, 0, 1, 0, 0, 1, 1, 1}, dz = new float[8];
      assertTrue(Double.isFinite(NtXent.of().evaluate(call, of(z), of(dz), 4)));
      assertEquals(Math.log(3), call.losses().getAtIndex(JAVA_FLOAT, 0), 4 * EPS);
      for (float d : dz) {
        assertTrue(Float.isFinite(d));
      }
    }
  }

  @Test
  void sameBitsEverywhere() {
    int rows = 70, columns = 19;
    float[] q = random(3, rows * columns), k = random(4, rows * columns);
    float[] expected = null;
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Compute compute = compute(kernels, threads); Arena arena = Arena.ofShared()) {
          SimilarityCall call = new SimilarityCall(compute, arena, rows, columns, 33, 16);
          float[] all = new float[2 + 3 * q.length];
          MemorySegment out = of(all);
          all[0] = (float) InfoNce.of(0.1).symmetric(true).evaluate(call, of(q), of(k), out.asSlice(8),
              out.asSlice(8 + 4L * q.length), rows, rows);
          all[1] = (float) NtXent.of().evaluate(call, of(q), out.asSlice(8 + 8L * q.length), rows);
          expected = expected == null ? all : expected;
          assertArrayEquals(expected, all, kernels.name() + ", threads " + threads);
        }
      }
    }
  }

  @Test
  void edges() {
    try (Compute compute = compute(Backends.of(Backend.AUTO), 1); Arena arena = Arena.ofShared()) {
      SimilarityCall call = call(compute, arena, 4, 2, false);
      MemorySegment z = of(new float[8]);
      assertTrue(Double.isNaN(NtXent.of().evaluate(call, z, null, 0)));
      assertEquals(0, InfoNce.of(1).reduction(Reduction.SUM).evaluate(call, z, z, null, null, 0, 0));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of(0));
      assertThrowsExactly(IllegalArgumentException.class, () -> InfoNce.of(Double.NaN));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, null, 3));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, null, 6));
      assertThrowsExactly(IllegalArgumentException.class, () -> NtXent.of().evaluate(call, z, z, 4));
      InfoNce loss = InfoNce.of(1);
      assertThrowsExactly(IllegalArgumentException.class, () -> loss.evaluate(call, z, z, null, null, 4, 3));
      assertThrowsExactly(IllegalArgumentException.class,
          () -> loss.symmetric(true).evaluate(call, z, z, null, null, 3, 4));
      assertThrowsExactly(IndexOutOfBoundsException.class,
          () -> loss.evaluate(call, z, of(new float[7]), null, null, 4, 4));
    }
  }
}
