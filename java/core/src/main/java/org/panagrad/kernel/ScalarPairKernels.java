package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.panagrad.kernel.Kernels.BLOCK;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;
import static org.panagrad.kernel.ScalarKernels.squareRoot;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link PairKernels} in plain Java: sums of a row first, in canonical order, then its gradients. */
sealed interface ScalarPairKernels extends PairKernels, RowSweeps permits ScalarKernels, VectorKernels {
  /** PyTorch's: keeps the cosine of a zero row at 0. */
  float COSINE_EPSILON = 1e-12f;

  /** Sum of (x - y + epsilon)^2 over a row. */
  private static float squaredDistance(MemorySegment x, MemorySegment y, float epsilon, long row, long columns) {
    float[] partial = Partials.ofThread();
    double sum = 0;
    for (long c = 0; c < columns; c += BLOCK) {
      Partials.clear(partial);
      int count = (int) Math.min(BLOCK, columns - c);
      for (int i = 0; i < count; i++) {
        float d = get(x, row + c + i) - get(y, row + c + i) + epsilon;
        int k = i % PARTIALS;
        partial[k] = Math.fma(d, d, partial[k]);
      }
      sum += Partials.tree(partial);
    }
    return (float) sum;
  }

  /** Sum of x * y over a row, in the backend's loops. */
  private float dot(MemorySegment x, MemorySegment y, long row, long columns) {
    double sum = 0;
    for (long c = 0; c < columns; c += BLOCK) {
      sum += dotBlock(x, y, row + c, row + Math.min(c + BLOCK, columns));
    }
    return (float) sum;
  }

  private static float distance(MemorySegment x, MemorySegment y, float epsilon, long row, long columns) {
    return squareRoot(squaredDistance(x, y, epsilon, row, columns));
  }

  /** The derivative of a distance by an element is its difference times this. */
  private static float slope(float scale, float distance) {
    return distance == 0 ? 0 : scale / distance;
  }

  private static void store(@Nullable MemorySegment x, long i, float value) {
    if (x != null) {
      set(x, i, value);
    }
  }

  private static void zero(@Nullable MemorySegment x, long row, long columns) {
    if (x != null) {
      ScalarKernels.zero(x, row, row + columns);
    }
  }

  @Override
  default void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float near = distance(anchor, positive, epsilon, row, columns);
      float far = distance(anchor, negative, epsilon, row, columns);
      float other = swap ? distance(positive, negative, epsilon, row, columns) : far;
      boolean swapped = other < far;
      far = swapped ? other : far;
      float hinge = near - far + margin;
      if (hinge <= 0) {
        set(losses, r, 0);
        zero(anchorGradient, row, columns);
        zero(positiveGradient, row, columns);
        zero(negativeGradient, row, columns);
        continue;
      }
      set(losses, r, hinge);
      if (anchorGradient == null && positiveGradient == null && negativeGradient == null) {
        continue;
      }
      float pull = slope(scale, near), push = slope(scale, far);
      for (long i = row; i < row + columns; i++) {
        float a = get(anchor, i), p = get(positive, i), n = get(negative, i);
        float up = (a - p + epsilon) * pull;
        float un = ((swapped ? p : a) - n + epsilon) * push;
        float down = 0 - up;
        store(anchorGradient, i, swapped ? up : up - un);
        store(positiveGradient, i, swapped ? down - un : down);
        store(negativeGradient, i, un);
      }
    }
  }

  @Override
  default void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float square = squaredDistance(x1, x2, 0, row, columns), loss = Float.NaN, factor = Float.NaN;
      int label = labels.getAtIndex(JAVA_INT, r);
      if (label == 1) {
        loss = 0.5f * square;
        factor = scale;
      } else if (label == 0) {
        float d = squareRoot(square), lack = margin - d;
        lack = lack <= 0 ? 0 : lack;
        loss = 0.5f * lack * lack;
        factor = slope(-scale * lack, d);
      }
      set(losses, r, loss);
      differenceGradients(x1, x2, x1Gradient, x2Gradient, row, columns, factor);
    }
  }

  /** The gradients (x1 - x2) * factor and its negative; where the factor is 0 they are 0. */
  private static void differenceGradients(MemorySegment x1, MemorySegment x2, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, long row, long columns, float factor) {
    if (factor == 0) {
      zero(x1Gradient, row, columns);
      zero(x2Gradient, row, columns);
      return;
    }
    for (long i = row; i < row + columns; i++) {
      float g = (get(x1, i) - get(x2, i)) * factor;
      store(x1Gradient, i, g);
      store(x2Gradient, i, 0 - g);
    }
  }

  @Override
  default void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns,
      float margin, float scale, long from, long to) {
    for (long r = from; r < to; r++) {
      long row = r * columns;
      float square1 = dot(x1, x1, row, columns) + COSINE_EPSILON;
      float square2 = dot(x2, x2, row, columns) + COSINE_EPSILON;
      float norms = squareRoot(square1) * squareRoot(square2);
      float cosine = dot(x1, x2, row, columns) / norms;
      int label = labels.getAtIndex(JAVA_INT, r);
      float loss = Float.NaN, factor = Float.NaN; // factor: the derivative by the cosine
      if (label == 1) {
        loss = 1 - cosine;
        factor = -scale;
      } else if (label == -1) {
        float excess = cosine - margin;
        loss = excess <= 0 ? 0 : excess;
        factor = excess <= 0 ? 0 : scale;
      }
      set(losses, r, loss);
      if (factor == 0) {
        zero(x1Gradient, row, columns);
        zero(x2Gradient, row, columns);
        continue;
      }
      float inward = -(factor * cosine);
      cosineGradients(x1, x2, x1Gradient, x2Gradient, row, columns, factor / norms, inward / square1,
          inward / square2);
    }
  }

  /** x1's gradient is cross x2 + own1 x1, x2's is cross x1 + own2 x2. */
  private static void cosineGradients(MemorySegment x1, MemorySegment x2, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, long row, long columns, float cross, float own1, float own2) {
    for (long i = row; i < row + columns; i++) {
      float a = get(x1, i), b = get(x2, i);
      store(x1Gradient, i, Math.fma(cross, b, own1 * a));
      store(x2Gradient, i, Math.fma(cross, a, own2 * b));
    }
  }

  @Override
  default void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin,
      float scale, long from, long to) {
    for (long i = from; i < to; i++) {
      int label = labels.getAtIndex(JAVA_INT, i);
      float y = label == 1 || label == -1 ? label : Float.NaN;
      float hinge = y * (get(x2, i) - get(x1, i)) + margin;
      boolean met = hinge <= 0;
      float g = met ? 0 : y * scale;
      store(x1Gradient, i, 0 - g);
      store(x2Gradient, i, g);
      set(losses, i, met ? 0 : hinge);
    }
  }
}
