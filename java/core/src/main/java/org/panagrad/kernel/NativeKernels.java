package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.ffi.Downcalls;
import org.panagrad.ffi.NativeLibrary;

/**
 * Every kernel in native code, one tier of libpanagrad. A method says how much work a unit of its range is, so that calls
 * on heap arrays can be cut into short pieces; a single unit that is too long for that (a huge row on the heap) is done in
 * Java, which the JVM can stop anywhere, with the same bits.
 */
final class NativeKernels implements Kernels {
  /** Elements of an elementwise kernel in about 10 microseconds: a bandwidth of 8 GB/s, or 2 G exp/s. */
  private static final long SHORT_VECTOR = 16_384;
  /** The scalar tier may have to emulate a fused multiply-add. */
  private static final long SHORT_SCALAR = 512;
  /** Multiply-adds of a product in the time of one element of an elementwise kernel. */
  private static final long PRODUCTS = 16;
  /** Elements of an elementwise kernel in the time of one box's loss. */
  private static final long BOX = 64;
  /** Elements like exp's in the time of one of what is built on exp and log, at most. */
  private static final long DERIVED = 2;

  private final String name;
  private final Kernels java;
  private final long shortWork;
  private final Set<String> bound = new LinkedHashSet<>();
  private final MemorySegment[] elementLosses = new MemorySegment[ElementFormula.values().length],
      rowLosses = new MemorySegment[RowFormula.values().length];
  private final MemorySegment exp, log, log1p, expm1, tanh, sigmoid, softplus, atan, relu, reluBackward, bias,
      columnSums, sumPartials, transpose, softmax, softmaxBackward, sgd, momentum, rmsProp, adam, maxPool,
      maxPoolBackward,
      im2col, col2im, product, uniform, ctc;
  private final MemorySegment iou, giou, diou, ciou, tripletMargin, contrastive, cosineEmbedding, marginRanking;
  private final MemorySegment gaussianNll, gaussianKl, penalty;
  private final MemorySegment softmaxTileSums, softmaxTileGradient;
  private final MemorySegment overlapSums, overlapGradient;

  /**
   * The kernels of one tier.
   *
   * @param java does the units that would be too long for a critical call
   */
  NativeKernels(NativeLibrary library, int tier, Kernels java) {
    this.name = "native " + NativeLibrary.tierName(tier);
    this.java = java;
    this.shortWork = tier == NativeLibrary.SCALAR ? SHORT_SCALAR : SHORT_VECTOR;
    exp = bind(library, tier, "exp_f32");
    log = bind(library, tier, "log_f32");
    log1p = bind(library, tier, "log1p_f32");
    expm1 = bind(library, tier, "expm1_f32");
    tanh = bind(library, tier, "tanh_f32");
    sigmoid = bind(library, tier, "sigmoid_f32");
    softplus = bind(library, tier, "softplus_f32");
    atan = bind(library, tier, "atan_f32");
    relu = bind(library, tier, "relu_f32");
    reluBackward = bind(library, tier, "relu_backward_f32");
    bias = bind(library, tier, "bias_f32");
    columnSums = bind(library, tier, "column_sums_f32");
    sumPartials = bind(library, tier, "sum_partials_f32");
    transpose = bind(library, tier, "transpose_f32");
    softmax = bind(library, tier, "softmax_f32");
    softmaxBackward = bind(library, tier, "softmax_backward_f32");
    for (RowFormula formula : RowFormula.values()) {
      rowLosses[formula.ordinal()] = bind(library, tier, formula.symbol());
    }
    for (ElementFormula formula : ElementFormula.values()) {
      elementLosses[formula.ordinal()] = bind(library, tier, formula.symbol());
    }
    sgd = bind(library, tier, "sgd_f32");
    momentum = bind(library, tier, "momentum_f32");
    rmsProp = bind(library, tier, "rmsprop_f32");
    adam = bind(library, tier, "adam_f32");
    maxPool = bind(library, tier, "max_pool_f32");
    maxPoolBackward = bind(library, tier, "max_pool_backward_f32");
    im2col = bind(library, tier, "im2col_f32");
    col2im = bind(library, tier, "col2im_f32");
    product = bind(library, tier, "product_f32");
    uniform = bind(library, tier, "uniform_f32");
    ctc = bind(library, tier, "ctc_f32");
    iou = bind(library, tier, "iou_f32");
    giou = bind(library, tier, "giou_f32");
    diou = bind(library, tier, "diou_f32");
    ciou = bind(library, tier, "ciou_f32");
    tripletMargin = bind(library, tier, "triplet_margin_f32");
    contrastive = bind(library, tier, "contrastive_f32");
    cosineEmbedding = bind(library, tier, "cosine_embedding_f32");
    marginRanking = bind(library, tier, "margin_ranking_f32");
    gaussianNll = bind(library, tier, "gaussian_nll_f32");
    gaussianKl = bind(library, tier, "gaussian_kl_f32");
    penalty = bind(library, tier, "penalty_f32");
    softmaxTileSums = bind(library, tier, "softmax_tile_sums_f32");
    softmaxTileGradient = bind(library, tier, "softmax_tile_gradient_f32");
    overlapSums = bind(library, tier, "overlap_sums_f32");
    overlapGradient = bind(library, tier, "overlap_gradient_f32");
  }

  private MemorySegment bind(NativeLibrary library, int tier, String symbol) {
    bound.add(symbol);
    return library.function(tier, symbol);
  }

  /** The rows of the registry that are bound here. */
  Set<String> bound() {
    return bound;
  }

  @Override
  public String name() {
    return name;
  }

  private static MemorySegment orNull(@Nullable MemorySegment x) {
    return x == null ? MemorySegment.NULL : x;
  }

  /** Units of a short call when each costs as much as {@code work} elements; 0 for rows that are not there. */
  private long step(long work) {
    return Math.max(1, shortWork / Math.max(1, work));
  }

  /** Whether a unit on the heap would hold up the JVM for longer than about two short calls. */
  private boolean tooLong(long work, MemorySegment x, MemorySegment y) {
    return work > 2 * shortWork && !(x.isNative() && y.isNative());
  }

  @Override
  public void exp(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(exp, shortWork, x, y, from, to);
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(log, shortWork, x, y, from, to);
  }

  @Override
  public void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(log1p, step(DERIVED), x, y, from, to);
  }

  @Override
  public void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(expm1, step(DERIVED), x, y, from, to);
  }

  @Override
  public void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(tanh, step(DERIVED), x, y, from, to);
  }

  @Override
  public void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(sigmoid, step(DERIVED), x, y, from, to);
  }

  @Override
  public void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(softplus, step(DERIVED), x, y, from, to);
  }

  @Override
  public void atan(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(atan, step(DERIVED), x, y, from, to);
  }

  @Override
  public void relu(MemorySegment x, MemorySegment y, long from, long to) {
    Downcalls.map(relu, shortWork, x, y, from, to);
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    Downcalls.map(reluBackward, shortWork, y, dy, dx, from, to);
  }

  @Override
  public void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    if (tooLong(columns, x, y)) {
      java.bias(x, bias, y, columns, from, to);
    } else {
      Downcalls.rows(this.bias, step(columns), x, bias, y, columns, from, to);
    }
  }

  @Override
  public void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    long work = Math.min(rows, blockRows) * columns;
    if (tooLong(work, x, sums)) {
      java.columnSums(x, sums, rows, columns, blockRows, from, to);
    } else {
      Downcalls.rows(columnSums, step(work), x, sums, rows, columns, blockRows, from, to);
    }
  }

  @Override
  public void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    Downcalls.rows(sumPartials, step(parts + 1), x, y, parts, n, from, to);
  }

  @Override
  public void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    if (tooLong(rows, x, y)) {
      java.transpose(x, y, rows, columns, from, to);
    } else {
      Downcalls.rows(transpose, step(4 * rows), x, y, rows, columns, from, to);
    }
  }

  @Override
  public void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    if (tooLong(columns, x, y)) {
      java.softmax(x, y, columns, from, to);
    } else {
      Downcalls.rows(softmax, step(2 * columns), x, y, columns, from, to);
    }
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    if (tooLong(columns, y, dy) || tooLong(columns, dy, dx)) {
      java.softmaxBackward(y, dy, dx, columns, from, to);
    } else {
      Downcalls.rows(softmaxBackward, step(2 * columns), y, dy, dx, columns, from, to);
    }
  }

  @Override
  public void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to) {
    if (tooLong(columns, x, orNull(gradient)) || tooLong(columns, orNull(target), losses)) {
      java.rowLoss(loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
    } else {
      Downcalls.loss(rowLosses[loss.formula().ordinal()], step(2 * columns + 16), x, orNull(target), orNull(weights),
          orNull(loss.classWeights()), orNull(gradient), losses, orNull(statistics), loss.struct(), columns, scale,
          from,
          to);
    }
  }

  @Override
  public void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    // pieces end at blocks
    Downcalls.loss(elementLosses[loss.formula().ordinal()], Math.max(BLOCK, shortWork / 4), prediction, target,
        orNull(weights), orNull(gradient), orNull(losses), sums, orNull(statistics), loss.struct(), columns, scale,
        from,
        to);
  }

  @Override
  public void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    Downcalls.boxLoss(iou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from, to);
  }

  @Override
  public void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    Downcalls.boxLoss(giou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from, to);
  }

  @Override
  public void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    Downcalls.boxLoss(diou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from, to);
  }

  @Override
  public void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    Downcalls.boxLoss(ciou, step(BOX), prediction, target, orNull(gradient), losses, scale, epsilon, from, to);
  }

  @Override
  public void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    MemorySegment da = orNull(anchorGradient), dp = orNull(positiveGradient), dn = orNull(negativeGradient);
    long work = 3 * columns;
    if (tooLong(work, anchor, positive) || tooLong(work, negative, losses) || tooLong(work, da, dp)
        || tooLong(work, dn, dn)) {
      java.tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
          columns, margin, epsilon, swap, scale, from, to);
    } else {
      Downcalls.tripletLoss(tripletMargin, step(work + 16), anchor, positive, negative, da, dp, dn, losses, columns,
          margin, epsilon, swap ? 1 : 0, scale, from, to);
    }
  }

  @Override
  public void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    MemorySegment dx1 = orNull(x1Gradient), dx2 = orNull(x2Gradient);
    long work = 2 * columns;
    if (tooLong(work, x1, x2) || tooLong(work, labels, losses) || tooLong(work, dx1, dx2)) {
      java.contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
    } else {
      Downcalls.pairLoss(contrastive, step(work + 16), x1, x2, labels, dx1, dx2, losses, columns, margin, scale, from,
          to);
    }
  }

  @Override
  public void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    MemorySegment dx1 = orNull(x1Gradient), dx2 = orNull(x2Gradient);
    long work = 2 * columns;
    if (tooLong(work, x1, x2) || tooLong(work, labels, losses) || tooLong(work, dx1, dx2)) {
      java.cosineEmbedding(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
    } else {
      Downcalls.pairLoss(cosineEmbedding, step(work + 16), x1, x2, labels, dx1, dx2, losses, columns, margin, scale,
          from, to);
    }
  }

  @Override
  public void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin, float scale, long from, long to) {
    Downcalls.pairLoss(marginRanking, step(2), x1, x2, labels, orNull(x1Gradient), orNull(x2Gradient), losses, margin,
        scale, from, to);
  }

  /** What a block of a row costs: up to a sigmoid and three sums for each element. */
  private static long overlapWork(long columns) {
    return 3 * Math.min(columns, BLOCK) + 64;
  }

  @Override
  public void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    long work = overlapWork(columns);
    if (tooLong(work, prediction, target) || tooLong(work, sums, sums)) {
      java.overlapSums(prediction, target, sums, columns, logits, from, to);
    } else {
      Downcalls.overlap(overlapSums, step(work), prediction, target, sums, columns, logits ? 1 : 0, from, to);
    }
  }

  @Override
  public void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    long work = overlapWork(columns);
    if (tooLong(work, prediction, target) || tooLong(work, slopes, gradient)) {
      java.overlapGradient(prediction, target, slopes, gradient, columns, logits, from, to);
    } else {
      Downcalls.overlap(overlapGradient, step(work), prediction, target, slopes, gradient, columns, logits ? 1 : 0,
          from, to);
    }
  }

  @Override
  public void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    // pieces end at blocks, here and in the next two
    Downcalls.gaussianLoss(gaussianNll, Math.max(BLOCK, shortWork / 4), mean, variance, target, orNull(meanGradient),
        orNull(varianceGradient), orNull(losses), sums, epsilon, constant, scale, from, to);
  }

  @Override
  public void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    Downcalls.gaussianLoss(gaussianKl, Math.max(BLOCK, shortWork / 4), mean, logVariance, MemorySegment.NULL,
        orNull(meanGradient), orNull(logVarianceGradient), orNull(losses), sums, 0, 0, scale, from, to);
  }

  @Override
  public void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    Downcalls.penalty(penalty, Math.max(BLOCK, shortWork), parameters, orNull(reference), orNull(gradient), sums, l1,
        l2, scale, from, to);
  }

  @Override
  public void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums, long columns,
      long from, long to) {
    MemorySegment w = orNull(classWeight);
    long work = 2 * columns;
    if (tooLong(work, x, w) || tooLong(work, sums, sums)) {
      java.softmaxTileSums(x, classWeight, sums, columns, from, to);
    } else {
      Downcalls.rows(softmaxTileSums, step(work + 16), x, w, sums, columns, from, to);
    }
  }

  @Override
  public void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to) {
    MemorySegment w = orNull(classWeight);
    long work = 2 * columns;
    if (tooLong(work, x, w) || tooLong(work, factors, gradient)) {
      java.softmaxTileGradient(x, classWeight, factors, gradient, columns, from, to);
    } else {
      Downcalls.rows(softmaxTileGradient, step(work + 16), x, w, factors, gradient, columns, from, to);
    }
  }

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    Downcalls.update(sgd, shortWork, parameter, gradient, rate, from, to);
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    Downcalls.update(this.momentum, shortWork, parameter, gradient, momentumBuffer, rate, momentum, weight, from, to);
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    Downcalls.update(rmsProp, shortWork, parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, from, to);
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    Downcalls.update(adam, shortWork, parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2,
        oneMinusBeta2, step, correction, epsilon, from, to);
  }

  @Override
  public void maxPool(Window window, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    if (tooLong(window.image(), x, y) || tooLong(window.image(), y, indices)) {
      java.maxPool(window, x, y, indices, from, to);
    } else {
      Downcalls.pool(maxPool, step(window.image()), window.struct(), x, y, indices, from, to);
    }
  }

  @Override
  public void maxPoolBackward(Window window, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    if (tooLong(window.image(), dy, indices) || tooLong(window.image(), indices, dx)) {
      java.maxPoolBackward(window, dy, indices, dx, from, to);
    } else {
      Downcalls.pool(maxPoolBackward, step(window.image()), window.struct(), dy, indices, dx, from, to);
    }
  }

  @Override
  public void im2col(Window window, MemorySegment x, MemorySegment col, long first, long from, long to) {
    if (tooLong(window.seen(), x, col)) {
      java.im2col(window, x, col, first, from, to);
    } else {
      Downcalls.rows(im2col, step(window.seen()), window.struct(), x, col, first, from, to);
    }
  }

  @Override
  public void col2im(Window window, MemorySegment col, MemorySegment x, long first, long from, long to) {
    long work = window.positions() * window.seen();
    if (tooLong(work, col, x)) {
      java.col2im(window, col, x, first, from, to);
    } else {
      Downcalls.rows(col2im, step(work), window.struct(), col, x, first, from, to);
    }
  }

  @Override
  public void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    // a row's multiply-adds, and the reading of b from memory when it is large
    long work = n * k / PRODUCTS + 1;
    if (tooLong(work, a, b) || tooLong(work, b, c)) {
      java.product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
    } else {
      Downcalls.product(product, step(work), a, b, c, n, k, lda, ldb, ldc, transposeA ? 1 : 0, accumulate ? 1 : 0, from,
          to);
    }
  }

  @Override
  public void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    Downcalls.fill(uniform, step(8), y, low, high, seed, stream, from, to);
  }

  @Override
  public void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths, MemorySegment targetLengths,
      @Nullable MemorySegment scales, @Nullable MemorySegment gradient, MemorySegment losses, MemorySegment scratch,
      long time, long classes, long maxTarget, int blank, boolean zeroInfinity, long from, long to) {
    MemorySegment w = orNull(scales), g = orNull(gradient);
    // a frame: two softmaxes, and in each direction three exps and a log for every state
    long work = time * (2 * classes + 8 * (2 * maxTarget + 1));
    if (tooLong(work, logits, labels) || tooLong(work, inputLengths, targetLengths) || tooLong(work, w, g)
        || tooLong(work, losses, scratch)) {
      java.ctc(logits, labels, inputLengths, targetLengths, scales, gradient, losses, scratch, time, classes, maxTarget,
          blank, zeroInfinity, from, to);
    } else {
      Downcalls.sequence(ctc, step(work), logits, labels, inputLengths, targetLengths, w, g, losses, scratch, time,
          classes, maxTarget, blank, zeroInfinity ? 1 : 0, from, to);
    }
  }
}
