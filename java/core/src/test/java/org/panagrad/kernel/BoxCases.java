package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** {@link KernelCases} of boxes: the formulas, with their errors, in {@link Rounded} numbers. */
final class BoxCases {
  private static final float EPSILON = 1e-7f;

  private BoxCases() {
  }

  static List<KernelCase> all() {
    List<Size> sizes = KernelCases
        .pairwise(LongStream.of(0, 1, 2, 15, 17, 64, 255, 257, 5003).mapToObj(Size::of).toList(), 1);
    return List.of(new KernelCase("iou_f32", s -> boxes(s, Kernels::iou, BoxCases::iou, true), sizes),
        new KernelCase("giou_f32", s -> boxes(s, Kernels::giou, BoxCases::giou, true), sizes),
        new KernelCase("diou_f32", s -> boxes(s, Kernels::diou, BoxCases::diou, true), sizes),
        new KernelCase("ciou_f32", s -> boxes(s, Kernels::ciou, BoxCases::ciou, false), sizes));
  }

  @FunctionalInterface
  private interface Call {
    void on(Kernels kernels, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
        MemorySegment losses, float scale, float epsilon, long from, long to);
  }

  /** A loss, and its derivatives by the prediction's edges. */
  private record Loss(Rounded value, Rounded[] slopes) {
  }

  @FunctionalInterface
  private interface Formula {
    Loss of(Pair pair);
  }

  /** Columns: boxes. Option 0: a scale other than 1. */
  private static Setup boxes(Size s, Call call, Formula formula, boolean derivative) {
    long n = s.columns();
    float scale = s.option(0) ? (float) (1.0 / (n + 1)) : 1;
    Setup setup = new Setup().in("prediction", 4 * n, (random, i) -> edge(random, i, 0))
        .in("target", 4 * n, (random, i) -> edge(random, i, i / 4 % 5 == 3 ? 20 : 0)).out("gradient", 4 * n).orNull()
        .orIs(0).out("losses", n).range(0, n)
        .call((k, a, from, to) -> call.on(k, a[0], a[1], a[2], a[3], scale, EPSILON, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < n; i++) {
            Loss loss = formula.of(new Pair(in[0], in[1], 4 * i));
            loss.value.put(out[3], within[3], i);
            for (int edge = 0; edge < 4; edge++) {
              loss.slopes[edge].times(Rounded.exact(scale)).put(out[2], within[2], 4L * i + edge);
            }
          }
        });
    // ciou's gradient is not the derivative: BoxValuesTest checks it with a constant alpha
    return derivative
        ? setup.gradient(0, 3, scale, (k, a, dy, dx) -> call.on(k, a[0], a[1], dx, a[3], scale, EPSILON, 0, n))
        : setup;
  }

  /** Boxes that overlap, and every fifth target far away. */
  private static double edge(RandomGenerator random, int i, double away) {
    return away + (i % 4 < 2 ? random.nextDouble(0, 4) : random.nextDouble(4.5, 9));
  }

  /** Prediction and target of one box. */
  private static final class Pair {
    final Rounded[] size = new Rounded[2], other = new Rounded[2], inside = new Rounded[2], around = new Rounded[2],
        apart = new Rounded[2];
    final double[] inner = new double[4], outer = new double[4];
    final Rounded joint, divisor, iou;

    Pair(double[] prediction, double[] target, int first) {
      for (int axis = 0; axis < 2; axis++) {
        double low = prediction[first + axis], high = prediction[first + axis + 2];
        double otherLow = target[first + axis], otherHigh = target[first + axis + 2];
        size[axis] = length(low, high);
        other[axis] = length(otherLow, otherHigh);
        inside[axis] = length(Math.max(low, otherLow), Math.min(high, otherHigh));
        around[axis] = length(Math.min(low, otherLow), Math.max(high, otherHigh));
        apart[axis] = Rounded.exact(high).plus(Rounded.exact(low))
            .minus(Rounded.exact(otherHigh).plus(Rounded.exact(otherLow))).scaled(0.5);
        // no edges coincide in these boxes
        inner[axis] = low > otherLow ? -1 : 0;
        inner[axis + 2] = high < otherHigh ? 1 : 0;
        outer[axis] = low < otherLow ? -1 : 0;
        outer[axis + 2] = high > otherHigh ? 1 : 0;
      }
      if (inside[0].value() <= 0 || inside[1].value() <= 0) {
        java.util.Arrays.fill(inside, Rounded.exact(0));
      }
      Rounded overlap = inside[0].times(inside[1]);
      joint = size[0].times(size[1]).plus(other[0].times(other[1])).minus(overlap);
      divisor = joint.plus(Rounded.exact(EPSILON));
      iou = overlap.over(divisor);
    }

    private static Rounded length(double low, double high) {
      return Rounded.exact(high).minus(Rounded.exact(low));
    }

    Rounded overlapSlope(int edge) {
      return inside[1 - edge % 2].scaled(inner[edge]);
    }

    Rounded jointSlope(int edge) {
      return size[1 - edge % 2].scaled(edge < 2 ? -1 : 1).minus(overlapSlope(edge));
    }

    Rounded iouSlope(int edge) {
      return overlapSlope(edge).minus(iou.times(jointSlope(edge))).over(divisor);
    }
  }

  private static Loss iou(Pair p) {
    Rounded[] slopes = new Rounded[4];
    for (int edge = 0; edge < 4; edge++) {
      slopes[edge] = p.iouSlope(edge).scaled(-1);
    }
    return new Loss(Rounded.exact(1).minus(p.iou), slopes);
  }

  private static Loss giou(Pair p) {
    Rounded area = p.around[0].times(p.around[1]), divisor = area.plus(Rounded.exact(EPSILON));
    Rounded waste = area.minus(p.joint).over(divisor);
    Rounded[] slopes = new Rounded[4];
    for (int edge = 0; edge < 4; edge++) {
      Rounded areaSlope = p.around[1 - edge % 2].scaled(p.outer[edge]);
      slopes[edge] = areaSlope.minus(p.jointSlope(edge)).minus(waste.times(areaSlope)).over(divisor)
          .minus(p.iouSlope(edge));
    }
    return new Loss(Rounded.exact(1).minus(p.iou.minus(waste)), slopes);
  }

  private static Loss diou(Pair p) {
    Rounded diagonal = p.around[0].times(p.around[0]).plus(p.around[1].times(p.around[1]))
        .plus(Rounded.exact(EPSILON));
    Rounded distance = p.apart[0].times(p.apart[0]).plus(p.apart[1].times(p.apart[1])).over(diagonal);
    Rounded[] slopes = new Rounded[4];
    for (int edge = 0; edge < 4; edge++) {
      Rounded diagonalSlope = p.around[edge % 2].scaled(2 * p.outer[edge]);
      slopes[edge] = p.apart[edge % 2].minus(distance.times(diagonalSlope)).over(diagonal).minus(p.iouSlope(edge));
    }
    return new Loss(Rounded.exact(1).minus(p.iou).plus(distance), slopes);
  }

  private static Loss ciou(Pair p) {
    Loss diou = diou(p);
    Rounded quarter = new Rounded(4 / (Math.PI * Math.PI), EPS), width = p.size[0], height = p.size[1];
    Rounded turn = p.other[0].over(p.other[1]).atan().minus(width.over(height).atan());
    Rounded shape = quarter.times(turn).times(turn);
    Rounded weight = shape.over(Rounded.exact(1).minus(p.iou).plus(shape).plus(Rounded.exact(EPSILON)));
    Rounded steep = weight
        .times(quarter.scaled(2).times(turn).over(width.times(width).plus(height.times(height))));
    Rounded[] slopes = new Rounded[4];
    for (int edge = 0; edge < 4; edge++) {
      Rounded bySize = edge % 2 == 0 ? height.times(steep).scaled(-1) : width.times(steep);
      slopes[edge] = diou.slopes[edge].plus(bySize.scaled(edge < 2 ? -1 : 1));
    }
    return new Loss(diou.value.plus(weight.times(shape)), slopes);
  }
}
