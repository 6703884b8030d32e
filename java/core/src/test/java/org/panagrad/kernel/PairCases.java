package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link KernelCases} of pairs and triplets: the formulas, with their errors, in {@link Rounded} numbers. */
final class PairCases {
  private PairCases() {
  }

  static List<KernelCase> all() {
    return List.of(
        new KernelCase("triplet_margin_f32", PairCases::tripletMargin,
            KernelCases.pairwise(KernelCases.FEW_MATRICES, 2)),
        new KernelCase("contrastive_f32", PairCases::contrastive, KernelCases.pairwise(KernelCases.FEW_MATRICES, 1)),
        new KernelCase("cosine_embedding_f32", PairCases::cosineEmbedding,
            KernelCases.pairwise(KernelCases.FEW_MATRICES, 1)),
        new KernelCase("margin_ranking_f32", PairCases::marginRanking, KernelCases.pairwise(KernelCases.VECTORS, 1)));
  }

  private static float scale(Size s, long count) {
    return s.option(0) ? (float) (1.0 / (count + 1)) : 1;
  }

  private static Rounded difference(double x, double y, double epsilon) {
    return Rounded.exact(x).minus(Rounded.exact(y)).plus(Rounded.exact(epsilon));
  }

  /** Sum of (x - y + epsilon)^2 over a row. */
  private static Rounded squaredDistance(double[] x, double[] y, double epsilon, long row, long columns) {
    double sum = 0, error = 0;
    for (int i = (int) row; i < row + columns; i++) {
      Rounded d = difference(x[i], y[i], epsilon);
      sum += d.value() * d.value();
      error += (2 * Math.abs(d.value()) + d.error()) * d.error();
    }
    return new Rounded(sum, error + KernelCases.roundings(columns) * EPS * (sum + error));
  }

  private static Rounded dot(double[] x, double[] y, long row, long columns) {
    double sum = 0, magnitude = 0;
    for (int i = (int) row; i < row + columns; i++) {
      sum += x[i] * y[i];
      magnitude += Math.abs(x[i] * y[i]);
    }
    return new Rounded(sum, KernelCases.roundings(columns) * EPS * magnitude);
  }

  /** Options: 0 a scale other than 1; 1 swap. */
  private static Setup tripletMargin(Size s) {
    long n = s.rows() * s.columns(), rows = s.rows(), columns = s.columns();
    float scale = scale(s, rows), margin = 0.5f, epsilon = 1e-6f;
    boolean swap = s.option(1);
    Setup setup = new Setup().in("anchor", n, -1, 1).in("positive", n, -1, 1).in("negative", n, -1, 1)
        .out("anchorGradient", n).orNull().orIs(0).out("positiveGradient", n).orNull().orIs(1)
        .out("negativeGradient", n).orNull().orIs(2).out("losses", rows).range(0, rows)
        .call((k, a, from, to) -> k.tripletMargin(a[0], a[1], a[2], a[3], a[4], a[5], a[6], columns, margin, epsilon,
            swap, scale, from, to))
        .oracle((in, out, within) -> {
          for (long r = 0; r < rows; r++) {
            long row = r * columns;
            Rounded near = squaredDistance(in[0], in[1], epsilon, row, columns).root();
            Rounded far = squaredDistance(in[0], in[2], epsilon, row, columns).root();
            Rounded other = squaredDistance(in[1], in[2], epsilon, row, columns).root();
            boolean swapped = swap && other.value() < far.value();
            far = swapped ? other : far;
            Rounded loss = near.minus(far).plus(Rounded.exact(margin));
            boolean met = loss.value() <= 0;
            new Rounded(met ? 0 : loss.value(), loss.error()).put(out[6], within[6], r);
            Rounded pull = Rounded.exact(scale).over(near), push = Rounded.exact(scale).over(far);
            for (int i = (int) row; i < row + columns; i++) {
              Rounded up = difference(in[0][i], in[1][i], epsilon).times(pull);
              Rounded un = difference(in[swapped ? 1 : 0][i], in[2][i], epsilon).times(push);
              Rounded[] gradients = swapped
                  ? new Rounded[]{up, up.scaled(-1).minus(un), un}
                  : new Rounded[]{up.minus(un), up.scaled(-1), un};
              for (int k = 0; k < 3; k++) {
                (met ? Rounded.exact(0) : gradients[k]).put(out[3 + k], within[3 + k], i);
              }
            }
          }
        });
    for (int x = 0; x < 3; x++) {
      int input = x;
      setup.gradient(input, 6, scale, (k, a, dy, dx) -> k.tripletMargin(a[0], a[1], a[2], input == 0 ? dx : null,
          input == 1 ? dx : null, input == 2 ? dx : null, a[6], columns, margin, epsilon, swap, scale, 0, rows));
    }
    return setup;
  }

  @FunctionalInterface
  private interface Pairs {
    void on(Kernels kernels, MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment dx1,
        @Nullable MemorySegment dx2, MemorySegment losses, long from, long to);
  }

  /** A loss of pairs: rows labels, one of which is 1. */
  private static Setup pairs(long n, long rows, int otherLabel, double weight, Pairs call, Setup.Oracle oracle) {
    return new Setup().in("x1", n, -1, 1).in("x2", n, -1, 1)
        .ints("labels", rows, (random, _) -> random.nextBoolean() ? 1 : otherLabel)
        .out("x1Gradient", n).orNull().orIs(0).out("x2Gradient", n).orNull().orIs(1).out("losses", rows)
        .range(0, rows).call((k, a, from, to) -> call.on(k, a[0], a[1], a[2], a[3], a[4], a[5], from, to))
        .oracle(oracle)
        .gradient(0, 5, weight, (k, a, dy, dx) -> call.on(k, a[0], a[1], a[2], dx, null, a[5], 0, rows))
        .gradient(1, 5, weight, (k, a, dy, dx) -> call.on(k, a[0], a[1], a[2], null, dx, a[5], 0, rows));
  }

  /** Option 0: a scale other than 1. The margin is a little more than the distance of random rows. */
  private static Setup contrastive(Size s) {
    long columns = s.columns();
    float scale = scale(s, s.rows()), margin = (float) Math.sqrt(2.0 / 3 * columns) + 0.3f;
    return pairs(s.rows() * columns, s.rows(), 0, scale, (k, x1, x2, labels, dx1, dx2, losses, from, to) -> k
        .contrastive(x1, x2, labels, dx1, dx2, losses, columns, margin, scale, from, to), (in, out, within) -> {
          for (long r = 0; r < s.rows(); r++) {
            long row = r * columns;
            Rounded square = squaredDistance(in[0], in[1], 0, row, columns), d = square.root();
            Rounded lack = Rounded.exact(margin).minus(d), loss = square, factor = Rounded.exact(scale);
            if (in[2][(int) r] == 0) {
              lack = lack.value() <= 0 ? new Rounded(0, lack.error()) : lack;
              loss = lack.times(lack);
              factor = lack.value() == 0 ? Rounded.exact(0) : lack.times(Rounded.exact(-scale)).over(d);
            }
            loss.scaled(0.5).put(out[5], within[5], r);
            for (int i = (int) row; i < row + columns; i++) {
              Rounded g = difference(in[0][i], in[1][i], 0).times(factor);
              g.put(out[3], within[3], i);
              g.scaled(-1).put(out[4], within[4], i);
            }
          }
        });
  }

  /** Option 0: a scale other than 1. */
  private static Setup cosineEmbedding(Size s) {
    long columns = s.columns();
    float scale = scale(s, s.rows()), margin = -0.02f;
    return pairs(s.rows() * columns, s.rows(), -1, scale, (k, x1, x2, labels, dx1, dx2, losses, from, to) -> k
        .cosineEmbedding(x1, x2, labels, dx1, dx2, losses, columns, margin, scale, from, to), (in, out, within) -> {
          Rounded e = Rounded.exact(ScalarPairKernels.COSINE_EPSILON);
          for (long r = 0; r < s.rows(); r++) {
            long row = r * columns;
            Rounded square1 = dot(in[0], in[0], row, columns).plus(e),
                square2 = dot(in[1], in[1], row, columns).plus(e);
            Rounded norms = square1.root().times(square2.root()), cosine = dot(in[0], in[1], row, columns).over(norms);
            Rounded loss = Rounded.exact(1).minus(cosine), factor = Rounded.exact(-scale);
            if (in[2][(int) r] == -1) {
              loss = cosine.minus(Rounded.exact(margin));
              boolean met = loss.value() <= 0;
              loss = met ? new Rounded(0, loss.error()) : loss;
              factor = Rounded.exact(met ? 0 : scale);
            }
            loss.put(out[5], within[5], r);
            Rounded cross = factor.over(norms), inward = factor.times(cosine).scaled(-1);
            for (int i = (int) row; i < row + columns; i++) {
              Rounded a = Rounded.exact(in[0][i]), b = Rounded.exact(in[1][i]);
              cross.times(b).plus(inward.over(square1).times(a)).put(out[3], within[3], i);
              cross.times(a).plus(inward.over(square2).times(b)).put(out[4], within[4], i);
            }
          }
        });
  }

  /** Option 0: a scale other than 1. */
  private static Setup marginRanking(Size s) {
    long n = s.columns();
    float scale = scale(s, n), margin = 0.25f;
    return pairs(n, n, -1, scale, (k, x1, x2, labels, dx1, dx2, losses, from, to) -> k.marginRanking(x1, x2, labels,
        dx1, dx2, losses, margin, scale, from, to), (in, out, within) -> {
          for (int i = 0; i < n; i++) {
            double y = in[2][i];
            Rounded hinge = difference(in[1][i], in[0][i], 0).scaled(y).plus(Rounded.exact(margin));
            boolean met = hinge.value() <= 0;
            new Rounded(met ? 0 : hinge.value(), hinge.error()).put(out[5], within[5], i);
            Rounded.exact(met ? 0 : -y * scale).put(out[3], within[3], i);
            Rounded.exact(met ? 0 : y * scale).put(out[4], within[4], i);
          }
        });
  }
}
