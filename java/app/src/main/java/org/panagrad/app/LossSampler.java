package org.panagrad.app;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Reduction;
import org.panagrad.loss.BoxLoss;
import org.panagrad.loss.ElementwiseLoss;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossCall;
import org.panagrad.loss.RowwiseLoss;

/** Computes the lines of charts: each point is a loss and a gradient of the library's kernels. */
final class LossSampler {
  private static final int POINTS = 401; // of a line; odd, so that the middle is one
  private static final int CORNERS = 4;

  private final Compute compute;
  private final LossCall call;

  LossSampler(Compute compute) {
    this.compute = compute;
    call = LossCall.on(compute);
  }

  /**
   * The points of an axis, both ends included. The second is nearer to the first: XChart would put the marks of an axis
   * on points at equal distances, instead of round numbers.
   */
  static double[] axis(double from, double to) {
    double[] x = new double[POINTS];
    Arrays.setAll(x, i -> from + (to - from) * (i == 1 ? 0.5 : i) / (POINTS - 1));
    return x;
  }

  /**
   * An elementwise loss.
   *
   * @param prediction of each point of the axis
   */
  LossLine elements(String label, ElementwiseLoss loss, double target, double[] x, DoubleUnaryOperator prediction) {
    int n = x.length;
    float[] predictions = new float[n], targets = new float[n], losses = new float[n], gradient = new float[n];
    for (int i = 0; i < n; i++) {
      predictions[i] = (float) prediction.applyAsDouble(x[i]);
    }
    Arrays.fill(targets, (float) target);
    call.of(predictions, targets, gradient, n, 1).losses(losses).evaluate(loss.reduction(Reduction.SUM));
    return new LossLine(label, x, doubles(losses, 0, 1), doubles(gradient, 0, 1));
  }

  /**
   * A loss of rows whose label is class 0; the derivative is by that class's score.
   *
   * @param columns classes; all scores but the first are 0
   * @param score   of class 0 at each point of the axis
   */
  LossLine rows(String label, RowwiseLoss loss, int columns, double[] x, DoubleUnaryOperator score) {
    int n = x.length;
    float[] scores = new float[n * columns], losses = new float[n], gradient = new float[n * columns];
    for (int i = 0; i < n; i++) {
      scores[i * columns] = (float) score.applyAsDouble(x[i]);
    }
    call.of(scores, new int[n], gradient, n, columns).losses(losses).evaluate(loss.reduction(Reduction.SUM));
    return new LossLine(label, x, doubles(losses, 0, 1), doubles(gradient, 0, columns));
  }

  /**
   * The mean loss of a picture of which one pixel is wanted; the derivative is by that pixel's logit.
   *
   * @param pixels of the picture
   * @param other  probability given to each pixel that is not wanted
   * @param p      probabilities given to the one that is
   */
  LossLine mask(String label, Loss loss, int pixels, double other, double[] p) {
    float[] logits = new float[pixels], targets = new float[pixels], gradient = new float[pixels];
    double[] losses = new double[p.length], derivatives = new double[p.length];
    Arrays.fill(logits, logit(other));
    targets[0] = 1;
    for (int i = 0; i < p.length; i++) {
      logits[0] = logit(p[i]);
      losses[i] = call.of(logits, targets, gradient, 1, pixels).evaluate(loss);
      derivatives[i] = gradient[0];
    }
    return new LossLine(label, p, losses, derivatives);
  }

  private static float logit(double p) {
    return (float) Math.log(p / (1 - p));
  }

  /**
   * A loss of boxes, of which the predicted one moves to the right by x; the derivative is by x, both edges moving.
   *
   * @param box    where x is 0: its corners
   * @param target its corners
   */
  LossLine boxes(String label, BoxLoss.Kind kind, float[] box, float[] target, double[] x) {
    int n = x.length;
    float[] boxes = new float[n * CORNERS], targets = new float[n * CORNERS], gradient = new float[n * CORNERS];
    float[] losses = new float[n];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = box[i % CORNERS] + (i % 2 == 0 ? (float) x[i / CORNERS] : 0);
      targets[i] = target[i % CORNERS];
    }
    BoxLoss.of(kind).reduction(Reduction.SUM).evaluate(compute.kernels(), MemorySegment.ofArray(boxes),
        MemorySegment.ofArray(targets), MemorySegment.ofArray(gradient), MemorySegment.ofArray(losses), n);
    double[] left = doubles(gradient, 0, CORNERS), right = doubles(gradient, 2, CORNERS);
    Arrays.setAll(left, i -> left[i] + right[i]);
    return new LossLine(label, x, doubles(losses, 0, 1), left);
  }

  private static double[] doubles(float[] values, int first, int step) {
    double[] result = new double[values.length / step];
    Arrays.setAll(result, i -> values[first + i * step]);
    return result;
  }
}
