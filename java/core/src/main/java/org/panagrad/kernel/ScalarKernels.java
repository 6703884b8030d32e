package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Every kernel in plain Java: the canonical order and arithmetic of docs/numerics.md, spelled out. It needs nothing, and
 * what the other backends do not do themselves, it does for them.
 */
sealed class ScalarKernels implements Kernels permits VectorKernels {
  /** Partial sums of a block. */
  static final int PARTIALS = 64;

  @Override
  public String name() {
    return "scalar";
  }

  static float get(MemorySegment x, long i) {
    return x.getAtIndex(JAVA_FLOAT, i);
  }

  static void set(MemorySegment x, long i, float value) {
    x.setAtIndex(JAVA_FLOAT, i, value);
  }

  // elementary

  @Override
  public void exp(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.exp(get(x, i)));
    }
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.log(get(x, i)));
    }
  }

  @Override
  public void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.log1p(get(x, i)));
    }
  }

  @Override
  public void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.expm1(get(x, i)));
    }
  }

  @Override
  public void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.tanh(get(x, i)));
    }
  }

  @Override
  public void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.sigmoid(get(x, i)));
    }
  }

  @Override
  public void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.softplus(get(x, i)));
    }
  }

  @Override
  public void atan(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      set(y, i, Elementary.atan(get(x, i)));
    }
  }

  // activation

  @Override
  public void relu(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      float v = get(x, i);
      set(y, i, v < 0 ? 0 : v);
    }
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    for (long i = from; i < to; i++) {
      set(dx, i, get(y, i) <= 0 ? 0 : get(dy, i));
    }
  }

  // rows

  @Override
  public void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      for (long c = 0; c < columns; c++) {
        set(y, r * columns + c, get(x, r * columns + c) + get(bias, c));
      }
    }
  }

  @Override
  public void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    sumColumns(x, sums, 0, rows, columns, blockRows, from, to);
  }

  /** {@link #columnSums} of the columns from one on. */
  static void sumColumns(MemorySegment x, MemorySegment sums, long firstColumn, long rows, long columns, long blockRows,
      long from, long to) {
    float[] partial = Partials.ofThread();
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = firstColumn; c < columns; c++) {
        Partials.clear(partial);
        for (int r = 0; r < count; r++) {
          partial[r % PARTIALS] += get(x, (first + r) * columns + c);
        }
        set(sums, b * columns + c, Partials.tree(partial));
      }
    }
  }

  @Override
  public void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    for (long i = from; i < to; i++) {
      double sum = 0;
      for (long p = 0; p < parts; p++) {
        sum += get(x, p * n + i);
      }
      set(y, i, (float) sum);
    }
  }

  @Override
  public void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    for (long c = from; c < to; c++) {
      for (long r = 0; r < rows; r++) {
        set(y, c * rows + r, get(x, r * columns + c));
      }
    }
  }

  // softmax

  /** The row's greatest element; a NaN is passed over here and shows in the sum. */
  float maximum(MemorySegment x, long row, long columns) {
    float m = Float.NEGATIVE_INFINITY;
    for (long c = row; c < row + columns; c++) {
      float v = get(x, c);
      m = v > m ? v : m;
    }
    return m;
  }

  /** Sum of e^(x - maximum) over one block, at most {@link #BLOCK} elements; the terms go to y where not null. */
  float expBlock(MemorySegment x, @Nullable MemorySegment y, long from, long to, float maximum) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (long i = from; i < to; i++) {
      float e = Elementary.exp(get(x, i) - maximum);
      if (y != null) {
        set(y, i, e);
      }
      partial[(int) (i - from) % PARTIALS] += e;
    }
    return Partials.tree(partial);
  }

  /** Sum of y * dy over one block. */
  float dotBlock(MemorySegment y, MemorySegment dy, long from, long to) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    for (long i = from; i < to; i++) {
      int k = (int) (i - from) % PARTIALS;
      partial[k] = Math.fma(get(y, i), get(dy, i), partial[k]);
    }
    return Partials.tree(partial);
  }

  void scale(MemorySegment y, long from, long to, float factor) {
    for (long i = from; i < to; i++) {
      set(y, i, get(y, i) * factor);
    }
  }

  /** Sum of e^(x - maximum) over a row by blocks; the terms go to y where not null. */
  final float expRow(MemorySegment x, @Nullable MemorySegment y, long row, long columns, float maximum) {
    double sum = 0;
    for (long c = 0; c < columns; c += BLOCK) {
      sum += expBlock(x, y, row + c, row + Math.min(c + BLOCK, columns), maximum);
    }
    return (float) sum;
  }

  @Override
  public final void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    for (long row = from * columns; row < to * columns; row += columns) {
      float sum = expRow(x, y, row, columns, maximum(x, row, columns));
      scale(y, row, row + columns, 1 / sum);
    }
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long row = from * columns; row < to * columns; row += columns) {
      double sum = 0;
      for (long c = 0; c < columns; c += BLOCK) {
        sum += dotBlock(y, dy, row + c, row + Math.min(c + BLOCK, columns));
      }
      float dot = (float) sum;
      for (long i = row; i < row + columns; i++) {
        set(dx, i, get(y, i) * (get(dy, i) - dot));
      }
    }
  }

  // losses

  @Override
  public final void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target,
      @Nullable MemorySegment weights, @Nullable MemorySegment gradient, MemorySegment losses,
      @Nullable MemorySegment statistics, long columns, float scale, long from, long to) {
    RowCall.run(this, loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
  }

  @Override
  public void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    for (long block = from; block < to; block += BLOCK) {
      long end = Math.min(block + BLOCK, to);
      if (statistics != null) {
        LossStatistics.ofInputs(statistics, block / BLOCK, prediction, block, end, block);
      }
      set(sums, block / BLOCK,
          lossBlock(loss, prediction, target, weights, columns, gradient, losses, scale, block, end));
      if (statistics != null && gradient != null) {
        LossStatistics.ofGradient(statistics, block / BLOCK, gradient, block, end);
      }
    }
  }

  /** Elements of one block; returns their sum. */
  float lossBlock(ElementLoss loss, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights,
      long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses, float scale, long from, long to) {
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    addLosses(loss, prediction, target, weights, columns, gradient, losses, scale, from, from, to, partial);
    return Partials.tree(partial);
  }

  /** Elements of the block that begins at block; adds them to its partial sums. */
  static void addLosses(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      float scale, long block, long from, long to, float[] partial) {
    ElementFormula formula = loss.formula();
    float[] options = loss.options();
    for (long i = from; i < to; i++) {
      long pair = formula.at(get(prediction, i), get(target, i), options, i);
      float l = ElementFormula.loss(pair), derivative = ElementFormula.derivative(pair), factor = scale;
      if (weights != null) {
        float w = get(weights, i / columns);
        l = w == 0 ? 0 : l * w;
        derivative = w == 0 ? 0 : derivative;
        factor = w * scale;
      }
      if (gradient != null) {
        set(gradient, i, derivative * factor);
      }
      if (losses != null) {
        set(losses, i, l);
      }
      partial[(int) (i - block) % PARTIALS] += l;
    }
  }

  // boxes

  @Override
  public final void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.IOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public final void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.GIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public final void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.DIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public final void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    BoxLoops.each(BoxLoops.CIOU, prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  // pairs

  @Override
  public final void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    PairLoops.tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
        columns,
        margin, epsilon, swap, scale, from, to);
  }

  @Override
  public final void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    PairLoops.contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  public final void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    PairLoops.cosineEmbedding(this, x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  public final void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin, float scale, long from, long to) {
    PairLoops.marginRanking(x1, x2, labels, x1Gradient, x2Gradient, losses, margin, scale, from, to);
  }

  // Gaussians

  @Override
  public final void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    GaussianLoops.nll(mean, variance, target, meanGradient, varianceGradient, losses, sums, epsilon, constant, scale,
        from, to);
  }

  @Override
  public final void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    GaussianLoops.kl(mean, logVariance, meanGradient, logVarianceGradient, losses, sums, scale, from, to);
  }

  // penalties

  @Override
  public final void penalty(MemorySegment parameters, @Nullable MemorySegment reference,
      @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    PenaltyLoops.penalty(parameters, reference, gradient, sums, l1, l2, scale, from, to);
  }

  // a loss on the tiles of a layer

  @Override
  public final void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums,
      long columns, long from, long to) {
    LinearLossLoops.sums(this, x, classWeight, sums, columns, from, to);
  }

  @Override
  public final void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to) {
    LinearLossLoops.gradient(this, x, classWeight, factors, gradient, columns, from, to);
  }

  // overlaps

  @Override
  public final void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    OverlapLoops.sums(prediction, target, sums, columns, logits, from, to);
  }

  @Override
  public final void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    OverlapLoops.gradient(prediction, target, slopes, gradient, columns, logits, from, to);
  }

  // optimizers

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    for (long i = from; i < to; i++) {
      set(parameter, i, Math.fma(-rate, get(gradient, i), get(parameter, i)));
    }
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    for (long i = from; i < to; i++) {
      float b = Math.fma(momentum, get(momentumBuffer, i), weight * get(gradient, i));
      set(momentumBuffer, i, b);
      set(parameter, i, Math.fma(-rate, b, get(parameter, i)));
    }
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    for (long i = from; i < to; i++) {
      float g = get(gradient, i);
      float v = Math.fma(rho, get(squareAverage, i), oneMinusRho * g * g);
      set(squareAverage, i, v);
      set(parameter, i, get(parameter, i) - rate * g / (squareRoot(v) + epsilon));
    }
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    for (long i = from; i < to; i++) {
      float g = get(gradient, i);
      float m = Math.fma(beta1, get(firstMoment, i), oneMinusBeta1 * g);
      float v = Math.fma(beta2, get(secondMoment, i), oneMinusBeta2 * g * g);
      set(firstMoment, i, m);
      set(secondMoment, i, v);
      set(parameter, i, get(parameter, i) - step * m / Math.fma(squareRoot(v), correction, epsilon));
    }
  }

  /** The root of a float in double, rounded to float, is the correctly rounded root. */
  static float squareRoot(float x) {
    return (float) Math.sqrt(x);
  }

  // pooling

  @Override
  public void maxPool(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    pool(w, 0, x, y, indices, from, to);
  }

  /** {@link #maxPool} of the channels from one on. */
  static void pool(Window w, long firstChannel, MemorySegment x, MemorySegment y, MemorySegment indices, long from,
      long to) {
    long channels = w.channels();
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long corner = corner(w, o);
      for (long c = firstChannel; c < channels; c++) {
        float greatest = Float.NEGATIVE_INFINITY;
        int index = 0, place = 0;
        for (long ky = 0; ky < w.kernelHeight(); ky++) {
          for (long kx = 0; kx < w.kernelWidth(); kx++, place++) {
            float v = get(x, corner + (ky * w.width() + kx) * channels + c);
            if (greatest < v || v != v) {
              greatest = v;
              index = place;
            }
          }
        }
        set(y, o * channels + c, greatest);
        indices.setAtIndex(JAVA_INT, o * channels + c, index);
      }
    }
  }

  @Override
  public void maxPoolBackward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from, long to) {
    zero(dx, from * w.image(), to * w.image());
    unpool(w, 0, dy, indices, dx, from, to);
  }

  /** {@link #maxPoolBackward} of the channels from one on, dx being 0. */
  static void unpool(Window w, long firstChannel, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    long channels = w.channels();
    for (long o = from * w.positions(); o < to * w.positions(); o++) {
      long corner = corner(w, o);
      for (long c = firstChannel; c < channels; c++) {
        int index = indices.getAtIndex(JAVA_INT, o * channels + c);
        // written by maxPool; anything else names no element, as in native code
        if (index >= 0 && index < w.kernelHeight() * w.kernelWidth()) {
          long ky = index / w.kernelWidth(), kx = index % w.kernelWidth();
          long i = corner + (ky * w.width() + kx) * channels + c;
          set(dx, i, get(dx, i) + get(dy, o * channels + c));
        }
      }
    }
  }

  /** The first element of the window of output position o = (image, oy, ox), without padding. */
  private static long corner(Window w, long o) {
    long image = o / w.positions(), oy = o % w.positions() / w.outWidth(), ox = o % w.outWidth();
    return image * w.image() + (oy * w.stride() * w.width() + ox * w.stride()) * w.channels();
  }

  static void zero(MemorySegment x, long from, long to) {
    fill(x, from, to, 0);
  }

  static void fill(MemorySegment x, long from, long to, float value) {
    for (long i = from; i < to; i++) {
      set(x, i, value);
    }
  }

  // convolution

  @Override
  public void im2col(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    for (long r = from; r < to; r++) {
      long out = (r - first) * w.seen();
      long image = r / w.positions() * w.image();
      long y0 = r % w.positions() / w.outWidth() * w.stride() - w.padding();
      long x0 = r % w.outWidth() * w.stride() - w.padding();
      for (long iy = y0; iy < y0 + w.kernelHeight(); iy++) {
        for (long ix = x0; ix < x0 + w.kernelWidth(); ix++, out += w.channels()) {
          if (iy < 0 || iy >= w.height() || ix < 0 || ix >= w.width()) {
            zero(col, out, out + w.channels());
          } else {
            copy(x, image + (iy * w.width() + ix) * w.channels(), col, out, w.channels());
          }
        }
      }
    }
  }

  private static void copy(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long c = 0; c < count; c++) {
      set(y, to + c, get(x, from + c));
    }
  }

  @Override
  public void col2im(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    zero(x, from * w.image(), to * w.image());
    for (long r = from * w.positions(); r < to * w.positions(); r++) {
      long in = (r - first * w.positions()) * w.seen();
      long image = r / w.positions() * w.image();
      long y0 = r % w.positions() / w.outWidth() * w.stride() - w.padding();
      long x0 = r % w.outWidth() * w.stride() - w.padding();
      for (long iy = y0; iy < y0 + w.kernelHeight(); iy++) {
        for (long ix = x0; ix < x0 + w.kernelWidth(); ix++, in += w.channels()) {
          if (iy >= 0 && iy < w.height() && ix >= 0 && ix < w.width()) {
            add(col, in, x, image + (iy * w.width() + ix) * w.channels(), w.channels());
          }
        }
      }
    }
  }

  private static void add(MemorySegment x, long from, MemorySegment y, long to, long count) {
    for (long c = 0; c < count; c++) {
      set(y, to + c, get(y, to + c) + get(x, from + c));
    }
  }

  // product

  @Override
  public void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    long row = transposeA ? 1 : lda, step = transposeA ? lda : 1;
    for (long i = from; i < to; i++) {
      if (!accumulate) {
        zero(c, i * ldc, i * ldc + n);
      }
      for (long p = 0; p < k; p++) {
        multiplyAdd(get(a, i * row + p * step), b, p * ldb, c, i * ldc, n);
      }
    }
  }

  private static void multiplyAdd(float factor, MemorySegment b, long from, MemorySegment c, long to, long n) {
    for (long j = 0; j < n; j++) {
      set(c, to + j, Math.fma(factor, get(b, from + j), get(c, to + j)));
    }
  }

  // random

  @Override
  public void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    float width = high - low;
    for (long i = from; i < to; i++) {
      float unit = (Philox.word(seed, stream, i) >>> 8) * 0x1p-24f;
      set(y, i, Math.fma(unit, width, low));
    }
  }

  // sequences

  @Override
  public final void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths,
      MemorySegment targetLengths, @Nullable MemorySegment scales, @Nullable MemorySegment gradient,
      MemorySegment losses, MemorySegment scratch, long time, long classes, long maxTarget, int blank,
      boolean zeroInfinity, long from, long to) {
    CtcLattice lattice = CtcLattice.ofThread();
    for (long n = from; n < to; n++) {
      int frames = inputLengths.getAtIndex(JAVA_INT, n), targets = targetLengths.getAtIndex(JAVA_INT, n);
      // checked before the call; another thread may have written since
      boolean known = frames >= 0 && frames <= time && targets >= 0 && targets <= maxTarget;
      long read = known ? frames : time, first = n * time * classes, end = first + time * classes;
      lattice.begin(this, logits, labels, scratch, n, time, classes, maxTarget, blank, read, known ? targets : 0);
      float loss = lattice.findSkips() && known ? (float) (0.0 - lattice.forward()) : Float.NaN;
      boolean nothing = zeroInfinity && loss == Float.POSITIVE_INFINITY;
      set(losses, n, nothing ? 0 : loss);
      if (gradient != null) {
        long beyond = first + read * classes;
        if (loss < Float.POSITIVE_INFINITY) {
          lattice.backward(gradient, scales == null ? 1 : get(scales, n));
        } else {
          fill(gradient, first, beyond, nothing ? 0 : Float.NaN);
        }
        zero(gradient, beyond, end);
      }
    }
    lattice.clear();
  }
}
