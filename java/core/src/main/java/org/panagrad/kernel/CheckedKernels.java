package org.panagrad.kernel;

import static org.panagrad.check.Memories.apart;
import static org.panagrad.check.Memories.in;
import static org.panagrad.check.Memories.inPlaceOrApart;
import static org.panagrad.check.Memories.out;
import static org.panagrad.kernel.Checks.atLeastOne;
import static org.panagrad.kernel.Checks.elements;
import static org.panagrad.kernel.Checks.range;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The contract's checks in front of a backend, so that the backend can trust what it is given: native code cannot fail,
 * and nothing is written when an argument is wrong.
 */
final class CheckedKernels implements Kernels {
  private final Kernels backend;

  CheckedKernels(Kernels backend) {
    this.backend = backend;
  }

  Kernels backend() {
    return backend;
  }

  @Override
  public String name() {
    return backend.name();
  }

  /** Elementwise x to y, which may be x. */
  private static void map(MemorySegment x, MemorySegment y, long from, long to) {
    range(from, to);
    in("x", x, to);
    out("y", y, to);
    inPlaceOrApart("y", y, to, "x", x, to);
  }

  @Override
  public void exp(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.exp(x, y, from, to);
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.log(x, y, from, to);
  }

  @Override
  public void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.log1p(x, y, from, to);
  }

  @Override
  public void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.expm1(x, y, from, to);
  }

  @Override
  public void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.tanh(x, y, from, to);
  }

  @Override
  public void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.sigmoid(x, y, from, to);
  }

  @Override
  public void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.softplus(x, y, from, to);
  }

  @Override
  public void atan(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.atan(x, y, from, to);
  }

  @Override
  public void relu(MemorySegment x, MemorySegment y, long from, long to) {
    map(x, y, from, to);
    backend.relu(x, y, from, to);
  }

  /** A gradient dy through y to dx, which may be dy. */
  private static void backward(MemorySegment y, MemorySegment dy, MemorySegment dx, long n) {
    in("y", y, n);
    in("dy", dy, n);
    out("dx", dx, n);
    inPlaceOrApart("dx", dx, n, "dy", dy, n);
    apart("dx", dx, n, "y", y, n);
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    range(from, to);
    backward(y, dy, dx, to);
    backend.reluBackward(y, dy, dx, from, to);
  }

  @Override
  public void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    in("bias", bias, columns);
    out("y", y, n);
    inPlaceOrApart("y", y, n, "x", x, n);
    apart("y", y, n, "bias", bias, columns);
    backend.bias(x, bias, y, columns, from, to);
  }

  @Override
  public void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    range(from, to);
    if (blockRows < 1 || blockRows > BLOCK) {
      throw new IllegalArgumentException("blockRows is " + blockRows + ": it must be from 1 to " + BLOCK);
    }
    long blocks = rows / blockRows + (rows % blockRows == 0 ? 0 : 1);
    if (rows < 0 || to > blocks) {
      throw new IndexOutOfBoundsException(
          "blocks [" + from + ", " + to + ") of " + rows + " rows in blocks of " + blockRows + ": there are " + blocks);
    }
    long n = elements("columns", columns, rows);
    in("x", x, n);
    out("sums", sums, columns * to);
    apart("sums", sums, columns * to, "x", x, n);
    backend.columnSums(x, sums, rows, columns, blockRows, from, to);
  }

  @Override
  public void sumPartials(MemorySegment x, MemorySegment y, long parts, long n, long from, long to) {
    range(from, to);
    if (parts < 0 || to > n) {
      throw new IndexOutOfBoundsException("elements [" + from + ", " + to + ") of " + parts + " parts of " + n);
    }
    long all = n == 0 ? 0 : elements("n", n, parts);
    in("x", x, all);
    out("y", y, to);
    apart("y", y, to, "x", x, all);
    backend.sumPartials(x, y, parts, n, from, to);
  }

  @Override
  public void transpose(MemorySegment x, MemorySegment y, long rows, long columns, long from, long to) {
    range(from, to);
    if (to > columns) {
      throw new IndexOutOfBoundsException("columns [" + from + ", " + to + ") of " + columns);
    }
    long n = rows == 0 ? 0 : elements("rows", rows, columns);
    in("x", x, n);
    out("y", y, rows * to);
    apart("y", y, rows * to, "x", x, n);
    backend.transpose(x, y, rows, columns, from, to);
  }

  @Override
  public void softmax(MemorySegment x, MemorySegment y, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("x", x, n);
    out("y", y, n);
    inPlaceOrApart("y", y, n, "x", x, n);
    backend.softmax(x, y, columns, from, to);
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    range(from, to);
    backward(y, dy, dx, elements("columns", columns, to));
    backend.softmaxBackward(y, dy, dx, columns, from, to);
  }

  @Override
  public void rowLoss(RowLoss loss, MemorySegment x, @Nullable MemorySegment target, @Nullable MemorySegment weights,
      @Nullable MemorySegment gradient, MemorySegment losses, @Nullable MemorySegment statistics, long columns,
      float scale, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), words = statistics == null ? 0 : to * LossStatistics.WORDS;
    if (columns > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("columns is " + columns + ": a label is an int, so at most 2^31 - 1");
    }
    MemorySegment classWeights = loss.classWeights();
    if (classWeights != null && classWeights.byteSize() != 4 * columns) {
      throw new IllegalArgumentException(
          "classWeight has " + classWeights.byteSize() / 4 + " weights, there are " + columns + " classes");
    }
    boolean labelled = loss.takesLabels(), targeted = loss.takesTarget();
    MemorySegment t = targeted ? target : x; // what is not read overlaps as x does
    long nt = targeted ? labelled ? to : n : n, nw = weights == null ? 0 : to;
    in("logits", x, n);
    in(labelled ? "labels" : "target", t, nt);
    out("losses", losses, to);
    if (weights != null) {
      in("weights", weights, nw);
    }
    written("losses", losses, to, x, n, t, nt, weights, nw);
    if (statistics != null) {
      out("statistics", statistics, words);
      written("statistics", statistics, words, x, n, t, nt, weights, nw);
      apart("statistics", statistics, words, "losses", losses, to);
    }
    if (gradient != null) {
      out("gradient", gradient, n);
      inPlaceOrApart("gradient", gradient, n, "logits", x, n);
      if (targeted) {
        apart("gradient", gradient, n, labelled ? "labels" : "target", t, nt);
      }
      if (weights != null) {
        apart("gradient", gradient, n, "weights", weights, nw);
      }
      results("gradient", gradient, n, losses, to, statistics, words);
    }
    loss.check(target, weights, columns, from, to);
    backend.rowLoss(loss, x, target, weights, gradient, losses, statistics, columns, scale, from, to);
  }

  @Override
  public void elementLoss(ElementLoss loss, MemorySegment prediction, MemorySegment target,
      @Nullable MemorySegment weights, long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses,
      MemorySegment sums, @Nullable MemorySegment statistics, float scale, long from, long to) {
    range(from, to);
    if (from % BLOCK != 0) {
      throw new IllegalArgumentException("from is " + from + ": it must be a multiple of " + BLOCK);
    }
    atLeastOne("columns", columns);
    long blocks = Checks.parts(to, BLOCK), weighted = weights == null ? 0 : Checks.parts(to, columns);
    long words = statistics == null ? 0 : blocks * LossStatistics.WORDS;
    in("prediction", prediction, to);
    in("target", target, to);
    out("sums", sums, blocks);
    if (weights != null) {
      in("weights", weights, weighted);
    }
    written("sums", sums, blocks, prediction, to, target, to, weights, weighted);
    if (statistics != null) {
      out("statistics", statistics, words);
      written("statistics", statistics, words, prediction, to, target, to, weights, weighted);
      apart("statistics", statistics, words, "sums", sums, blocks);
    }
    if (losses != null) {
      out("losses", losses, to);
      written("losses", losses, to, prediction, to, target, to, weights, weighted);
      results("losses", losses, to, sums, blocks, statistics, words);
    }
    if (gradient != null) {
      out("gradient", gradient, to);
      inPlaceOrApart("gradient", gradient, to, "prediction", prediction, to);
      apart("gradient", gradient, to, "target", target, to);
      if (weights != null) {
        apart("gradient", gradient, to, "weights", weights, weighted);
      }
      results("gradient", gradient, to, sums, blocks, statistics, words);
      if (losses != null) {
        apart("losses", losses, to, "gradient", gradient, to);
      }
    }
    loss.check(target, weights, columns, from, to);
    backend.elementLoss(loss, prediction, target, weights, columns, gradient, losses, sums, statistics, scale, from,
        to);
  }

  /** An output of a loss lies apart from its inputs. */
  private static void written(String name, MemorySegment out, long n, MemorySegment x, long nx, MemorySegment target,
      long nt, @Nullable MemorySegment weights, long nw) {
    apart(name, out, n, "the prediction", x, nx);
    apart(name, out, n, "the target", target, nt);
    if (weights != null) {
      apart(name, out, n, "weights", weights, nw);
    }
  }

  /** An output of a loss lies apart from its smaller ones. */
  private static void results(String name, MemorySegment out, long n, MemorySegment values, long nv,
      @Nullable MemorySegment statistics, long words) {
    apart(name, out, n, "the losses or sums", values, nv);
    if (statistics != null) {
      apart(name, out, n, "statistics", statistics, words);
    }
  }

  private static void boxLoss(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      long from, long to) {
    range(from, to);
    long n = elements("edges", 4, to);
    in("prediction", prediction, n);
    in("target", target, n);
    out("losses", losses, to);
    apart("losses", losses, to, "prediction", prediction, n);
    apart("losses", losses, to, "target", target, n);
    if (gradient != null) {
      out("gradient", gradient, n);
      inPlaceOrApart("gradient", gradient, n, "prediction", prediction, n);
      apart("gradient", gradient, n, "target", target, n);
      apart("gradient", gradient, n, "losses", losses, to);
    }
  }

  @Override
  public void iou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend.iou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public void giou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend.giou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public void diou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend.diou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  @Override
  public void ciou(MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment losses,
      float scale, float epsilon, long from, long to) {
    boxLoss(prediction, target, gradient, losses, from, to);
    backend.ciou(prediction, target, gradient, losses, scale, epsilon, from, to);
  }

  /** The gradient of x, which may be x: apart from two other inputs, and from the losses. */
  private static void gradientOf(String name, @Nullable MemorySegment gradient, String xName, MemorySegment x,
      String yName, MemorySegment y, long n, MemorySegment losses, long rows) {
    if (gradient != null) {
      out(name, gradient, n);
      inPlaceOrApart(name, gradient, n, xName, x, n);
      apart(name, gradient, n, yName, y, n);
      apart(name, gradient, n, "losses", losses, rows);
    }
  }

  @Override
  public void tripletMargin(MemorySegment anchor, MemorySegment positive, MemorySegment negative,
      @Nullable MemorySegment anchorGradient, @Nullable MemorySegment positiveGradient,
      @Nullable MemorySegment negativeGradient, MemorySegment losses, long columns, float margin, float epsilon,
      boolean swap, float scale, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to);
    in("anchor", anchor, n);
    in("positive", positive, n);
    in("negative", negative, n);
    out("losses", losses, to);
    apart("losses", losses, to, "anchor", anchor, n);
    apart("losses", losses, to, "positive", positive, n);
    apart("losses", losses, to, "negative", negative, n);
    gradientOf("anchorGradient", anchorGradient, "anchor", anchor, "positive", positive, n, losses, to);
    gradientOf("positiveGradient", positiveGradient, "positive", positive, "negative", negative, n, losses, to);
    gradientOf("negativeGradient", negativeGradient, "negative", negative, "anchor", anchor, n, losses, to);
    apart("anchorGradient", anchorGradient, n, "negative", negative, n);
    apart("positiveGradient", positiveGradient, n, "anchor", anchor, n);
    apart("negativeGradient", negativeGradient, n, "positive", positive, n);
    apart("positiveGradient", positiveGradient, n, "anchorGradient", anchorGradient, n);
    apart("negativeGradient", negativeGradient, n, "anchorGradient", anchorGradient, n);
    apart("negativeGradient", negativeGradient, n, "positiveGradient", positiveGradient, n);
    backend.tripletMargin(anchor, positive, negative, anchorGradient, positiveGradient, negativeGradient, losses,
        columns, margin, epsilon, swap, scale, from, to);
  }

  /** n elements in rows, a label and a loss for each row. */
  private static void pairLoss(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient, @Nullable MemorySegment x2Gradient, MemorySegment losses, long n, long rows) {
    in("x1", x1, n);
    in("x2", x2, n);
    in("labels", labels, rows);
    out("losses", losses, rows);
    apart("losses", losses, rows, "x1", x1, n);
    apart("losses", losses, rows, "x2", x2, n);
    apart("losses", losses, rows, "labels", labels, rows);
    gradientOf("x1Gradient", x1Gradient, "x1", x1, "x2", x2, n, losses, rows);
    gradientOf("x2Gradient", x2Gradient, "x2", x2, "x1", x1, n, losses, rows);
    apart("x1Gradient", x1Gradient, n, "labels", labels, rows);
    apart("x2Gradient", x2Gradient, n, "labels", labels, rows);
    apart("x2Gradient", x2Gradient, n, "x1Gradient", x1Gradient, n);
  }

  @Override
  public void contrastive(MemorySegment x1, MemorySegment x2, MemorySegment labels, @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, elements("columns", columns, to), to);
    Checks.eitherLabel(labels, 1, 0, from, to);
    backend.contrastive(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  public void cosineEmbedding(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, long columns, float margin, float scale, long from,
      long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, elements("columns", columns, to), to);
    Checks.eitherLabel(labels, 1, -1, from, to);
    backend.cosineEmbedding(x1, x2, labels, x1Gradient, x2Gradient, losses, columns, margin, scale, from, to);
  }

  @Override
  public void marginRanking(MemorySegment x1, MemorySegment x2, MemorySegment labels,
      @Nullable MemorySegment x1Gradient,
      @Nullable MemorySegment x2Gradient, MemorySegment losses, float margin, float scale, long from, long to) {
    range(from, to);
    pairLoss(x1, x2, labels, x1Gradient, x2Gradient, losses, to, to);
    Checks.eitherLabel(labels, 1, -1, from, to);
    backend.marginRanking(x1, x2, labels, x1Gradient, x2Gradient, losses, margin, scale, from, to);
  }

  @Override
  public void gaussianNll(MemorySegment mean, MemorySegment variance, MemorySegment target,
      @Nullable MemorySegment meanGradient, @Nullable MemorySegment varianceGradient, @Nullable MemorySegment losses,
      MemorySegment sums, float epsilon, float constant, float scale, long from, long to) {
    GaussianChecks.nll(mean, variance, target, meanGradient, varianceGradient, losses, sums, epsilon, from, to);
    backend.gaussianNll(mean, variance, target, meanGradient, varianceGradient, losses, sums, epsilon, constant, scale,
        from, to);
  }

  @Override
  public void gaussianKl(MemorySegment mean, MemorySegment logVariance, @Nullable MemorySegment meanGradient,
      @Nullable MemorySegment logVarianceGradient, @Nullable MemorySegment losses, MemorySegment sums, float scale,
      long from, long to) {
    GaussianChecks.kl(mean, logVariance, meanGradient, logVarianceGradient, losses, sums, from, to);
    backend.gaussianKl(mean, logVariance, meanGradient, logVarianceGradient, losses, sums, scale, from, to);
  }

  @Override
  public void penalty(MemorySegment parameters, @Nullable MemorySegment reference, @Nullable MemorySegment gradient,
      MemorySegment sums, float l1, float l2, float scale, long from, long to) {
    range(from, to);
    if (from < to && from % BLOCK != 0) {
      throw new IllegalArgumentException("from is " + from + ": it must be a multiple of " + BLOCK);
    }
    long blocks = Checks.parts(to, BLOCK);
    in("parameters", parameters, to);
    out("sums", sums, blocks);
    apart("sums", sums, blocks, "parameters", parameters, to);
    if (reference != null) {
      in("reference", reference, to);
      apart("sums", sums, blocks, "reference", reference, to);
    }
    if (gradient != null) {
      out("gradient", gradient, to);
      apart("gradient", gradient, to, "parameters", parameters, to);
      apart("gradient", gradient, to, "sums", sums, blocks);
      apart("gradient", gradient, to, "reference", reference, to);
    }
    backend.penalty(parameters, reference, gradient, sums, l1, l2, scale, from, to);
  }

  @Override
  public void softmaxTileSums(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment sums, long columns,
      long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), triples = elements("sums", 3, to);
    in("x", x, n);
    out("sums", sums, triples);
    apart("sums", sums, triples, "x", x, n);
    if (classWeight != null) {
      in("classWeight", classWeight, columns);
      apart("sums", sums, triples, "classWeight", classWeight, columns);
    }
    backend.softmaxTileSums(x, classWeight, sums, columns, from, to);
  }

  @Override
  public void softmaxTileGradient(MemorySegment x, @Nullable MemorySegment classWeight, MemorySegment factors,
      MemorySegment gradient, long columns, long from, long to) {
    range(from, to);
    long n = elements("columns", columns, to), triples = elements("factors", 3, to);
    in("x", x, n);
    in("factors", factors, triples);
    out("gradient", gradient, n);
    inPlaceOrApart("gradient", gradient, n, "x", x, n);
    apart("gradient", gradient, n, "factors", factors, triples);
    if (classWeight != null) {
      in("classWeight", classWeight, columns);
      apart("gradient", gradient, n, "classWeight", classWeight, columns);
    }
    backend.softmaxTileGradient(x, classWeight, factors, gradient, columns, from, to);
  }

  private static void update(MemorySegment parameter, MemorySegment gradient, long from, long to) {
    range(from, to);
    out("parameter", parameter, to);
    in("gradient", gradient, to);
    apart("parameter", parameter, to, "gradient", gradient, to);
  }

  private static void state(String name, MemorySegment state, MemorySegment parameter, MemorySegment gradient, long n) {
    out(name, state, n);
    apart(name, state, n, "parameter", parameter, n);
    apart(name, state, n, "gradient", gradient, n);
  }

  /** Elements that units up to {@code to} hold: whole rows, and whole blocks of the last one. */
  private static long overlapped(MemorySegment prediction, MemorySegment target, long columns, long to) {
    atLeastOne("columns", columns);
    long blocks = OverlapKernels.blocks(columns), rows = to / blocks;
    long n = elements("columns", columns, rows) + to % blocks * BLOCK;
    in("prediction", prediction, n);
    in("target", target, n);
    return n;
  }

  @Override
  public void overlapSums(MemorySegment prediction, MemorySegment target, MemorySegment sums, long columns,
      boolean logits, long from, long to) {
    range(from, to);
    long n = overlapped(prediction, target, columns, to), ns = elements("sums", OverlapKernels.SUMS, to);
    out("sums", sums, ns);
    apart("sums", sums, ns, "prediction", prediction, n);
    apart("sums", sums, ns, "target", target, n);
    backend.overlapSums(prediction, target, sums, columns, logits, from, to);
  }

  @Override
  public void overlapGradient(MemorySegment prediction, MemorySegment target, MemorySegment slopes,
      MemorySegment gradient, long columns, boolean logits, long from, long to) {
    range(from, to);
    long n = overlapped(prediction, target, columns, to), rows = Checks.parts(to, OverlapKernels.blocks(columns));
    in("slopes", slopes, 2 * rows);
    out("gradient", gradient, n);
    inPlaceOrApart("gradient", gradient, n, "prediction", prediction, n);
    apart("gradient", gradient, n, "target", target, n);
    apart("gradient", gradient, n, "slopes", slopes, 2 * rows);
    backend.overlapGradient(prediction, target, slopes, gradient, columns, logits, from, to);
  }

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    update(parameter, gradient, from, to);
    backend.sgd(parameter, gradient, rate, from, to);
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    update(parameter, gradient, from, to);
    state("momentumBuffer", momentumBuffer, parameter, gradient, to);
    backend.momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, from, to);
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    update(parameter, gradient, from, to);
    state("squareAverage", squareAverage, parameter, gradient, to);
    backend.rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, from, to);
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    update(parameter, gradient, from, to);
    state("firstMoment", firstMoment, parameter, gradient, to);
    state("secondMoment", secondMoment, parameter, gradient, to);
    apart("secondMoment", secondMoment, to, "firstMoment", firstMoment, to);
    backend.adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2, step,
        correction, epsilon, from, to);
  }

  private static void pool(Window window) {
    if (window.padding() != 0) {
      throw new IllegalArgumentException("the window has padding " + window.padding() + ": pooling takes none");
    }
  }

  @Override
  public void maxPool(Window window, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    range(from, to);
    pool(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("x", x, in);
    out("y", y, out);
    out("indices", indices, out);
    apart("y", y, out, "x", x, in);
    apart("indices", indices, out, "x", x, in);
    apart("indices", indices, out, "y", y, out);
    backend.maxPool(window, x, y, indices, from, to);
  }

  @Override
  public void maxPoolBackward(Window window, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from,
      long to) {
    range(from, to);
    pool(window);
    long in = elements("image", window.image(), to), out = window.positions() * window.channels() * to;
    in("dy", dy, out);
    in("indices", indices, out);
    out("dx", dx, in);
    apart("dx", dx, in, "dy", dy, out);
    apart("dx", dx, in, "indices", indices, out);
    backend.maxPoolBackward(window, dy, indices, dx, from, to);
  }

  private static void first(long first, long from) {
    if (first < 0 || first > from) {
      throw new IndexOutOfBoundsException("first is " + first + ": it must be from 0 to from, " + from);
    }
  }

  @Override
  public void im2col(Window window, MemorySegment x, MemorySegment col, long first, long from, long to) {
    range(from, to);
    first(first, from);
    long images = to / window.positions() + (to % window.positions() == 0 ? 0 : 1);
    long in = elements("image", window.image(), images), out = elements("seen", window.seen(), to - first);
    in("x", x, in);
    out("col", col, out);
    apart("col", col, out, "x", x, in);
    backend.im2col(window, x, col, first, from, to);
  }

  @Override
  public void col2im(Window window, MemorySegment col, MemorySegment x, long first, long from, long to) {
    range(from, to);
    first(first, from);
    long in = elements("rows of an image", window.positions() * window.seen(), to - first);
    long out = elements("image", window.image(), to);
    in("col", col, in);
    out("x", x, out);
    apart("x", x, out, "col", col, in);
    backend.col2im(window, col, x, first, from, to);
  }

  @Override
  public void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    product(a, b, c, n, k, lda, ldb, ldc, transposeA, from, to);
    backend.product(a, b, c, n, k, lda, ldb, ldc, transposeA, accumulate, from, to);
  }

  /** The checks of a product, whoever computes it. */
  static void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, long from, long to) {
    range(from, to);
    atLeastOne("n", n);
    if (k < 0) {
      throw new IllegalArgumentException("k is " + k + ": it must not be negative");
    }
    long aRows = transposeA ? k : to, aColumns = transposeA ? to : k;
    long aSize = matrix("lda", aRows, aColumns, lda), bSize = matrix("ldb", k, n, ldb),
        cSize = matrix("ldc", to, n, ldc);
    in("a", a, aSize);
    in("b", b, bSize);
    out("c", c, cSize);
    apart("c", c, cSize, "a", a, aSize);
    apart("c", c, cSize, "b", b, bSize);
  }

  /** Floats that a matrix spans. */
  private static long matrix(String leadingName, long rows, long columns, long leading) {
    if (leading < columns) {
      throw new IllegalArgumentException(
          leadingName + " is " + leading + ": it must be at least the length of a row, " + columns);
    }
    return rows == 0 || columns == 0 ? 0 : elements(leadingName, leading, rows - 1) + columns;
  }

  @Override
  public void uniform(MemorySegment y, float low, float high, long seed, long stream, long from, long to) {
    range(from, to);
    out("y", y, to);
    if (!(low <= high) || Float.isInfinite(high - low)) {
      throw new IllegalArgumentException("range [" + low + ", " + high + "): low must be at most high, both finite");
    }
    backend.uniform(y, low, high, seed, stream, from, to);
  }

  @Override
  public void ctc(MemorySegment logits, MemorySegment labels, MemorySegment inputLengths, MemorySegment targetLengths,
      @Nullable MemorySegment scales, @Nullable MemorySegment gradient, MemorySegment losses, MemorySegment scratch,
      long time, long classes, long maxTarget, int blank, boolean zeroInfinity, long from, long to) {
    SequenceChecks.ctc(logits, labels, inputLengths, targetLengths, scales, gradient, losses, scratch, time, classes,
        maxTarget, blank, from, to);
    backend.ctc(logits, labels, inputLengths, targetLengths, scales, gradient, losses, scratch, time, classes,
        maxTarget, blank, zeroInfinity, from, to);
  }
}
