package org.panagrad.bench.golden;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.l1_loss;
import static org.bytedeco.pytorch.global.torch.log_sigmoid;
import static org.bytedeco.pytorch.global.torch.one_hot;
import static org.bytedeco.pytorch.global.torch.smooth_l1_loss;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Losses that libtorch does not have as one function, from its primitives. */
final class Formulas {
  private Formulas() {
  }

  static Tensor difference(Inputs in) {
    return in.prediction().sub(in.target());
  }

  static Tensor plus(Tensor x, double y) {
    return x.add(new Scalar(y));
  }

  static Tensor times(Tensor x, double y) {
    return x.mul(new Scalar(y));
  }

  static Tensor over(Tensor x, double y) {
    return x.div(new Scalar(y));
  }

  static Tensor power(Tensor x, double y) {
    return x.pow(new Scalar(y));
  }

  /** y - x. */
  static Tensor from(double y, Tensor x) {
    return plus(x.neg(), y);
  }

  /** At beta 0 L1, as PyTorch has it; libtorch's own smooth_l1_loss differs there: its gradient at 0 is -1. */
  static Tensor smoothL1(Inputs in, Reduce reduce) {
    double beta = in.number("beta");
    return beta == 0
        ? l1_loss(in.prediction(), in.target(), reduce.code())
        : smooth_l1_loss(in.prediction(), in.target(), reduce.code(), beta);
  }

  /** |d| + log(1 + exp(-2 |d|)) - log 2. */
  static Tensor logCosh(Tensor d) {
    return plus(d.abs().add(times(d.abs(), -2).exp().log1p()), -Math.log(2));
  }

  /** max(q (t - x), (q - 1) (t - x)). */
  static Tensor quantile(Inputs in) {
    Tensor d = in.target().sub(in.prediction());
    return times(d, in.number("q")).maximum(times(d, in.number("q") - 1));
  }

  /**
   * 1/2 (log v + (x - t)^2 / v) + full ? 1/2 log 2 pi; v is the variance, at least eps, and as in PyTorch that bound does
   * not count for the gradient.
   */
  static Tensor gaussianNll(Inputs in) {
    Tensor variance = in.get("variance");
    Tensor lift = variance.detach().clamp_min(new Scalar(in.number("eps"))).sub(variance.detach());
    Tensor v = variance.add(lift);
    Tensor loss = times(v.log().add(difference(in).square().div(v)), 0.5);
    return in.flag("full") ? plus(loss, 0.5 * Math.log(2 * Math.PI)) : loss;
  }

  /** Barron 2019, equation 8, with its limits at alpha 2, 0 and -inf. */
  static Tensor generalRobust(Inputs in) {
    Tensor z = over(difference(in), in.number("scale")).square();
    if ("-inf".equals(in.options().get("alpha"))) {
      return from(1, times(z, -0.5).exp());
    }
    double alpha = in.number("alpha");
    if (alpha == 2) {
      return times(z, 0.5);
    }
    if (alpha == 0) {
      return times(z, 0.5).log1p();
    }
    double b = Math.abs(alpha - 2);
    return times(plus(power(plus(over(z, b), 1), alpha / 2), -1), b / alpha);
  }

  static Tensor binaryCrossEntropyWithLogits(Inputs in, Reduce reduce) {
    double smoothing = in.number("labelSmoothing", 0);
    Tensor target = plus(times(in.target(), 1 - smoothing), smoothing / 2);
    return binary_cross_entropy_with_logits(in.prediction(), target, new TensorOptional(), in.optional("posWeight"),
        reduce.code());
  }

  /** torchvision.ops.sigmoid_focal_loss; without alpha where it is absent. */
  static Tensor focal(Inputs in) {
    Tensor x = in.prediction();
    Tensor t = in.target();
    Tensor crossEntropy = binary_cross_entropy_with_logits(x, t, new TensorOptional(), new TensorOptional(), 0);
    Tensor loss = crossEntropy.mul(power(from(1, mix(t, x.sigmoid(), from(1, x.sigmoid()))), in.number("gamma")));
    double alpha = in.number("alpha", -1);
    return alpha < 0 ? loss : loss.mul(plus(times(t, 2 * alpha - 1), 1 - alpha));
  }

  /** t a + (1 - t) b. */
  private static Tensor mix(Tensor t, Tensor a, Tensor b) {
    return t.mul(a).add(from(1, t).mul(b));
  }

  /** libtorch's cross entropy, and per kept row zLoss times the square of log sum exp; MEAN is over the kept rows. */
  static Tensor softmaxCrossEntropy(Inputs in, Reduce reduce) {
    Tensor x = in.prediction();
    long ignoreIndex = (long) in.number("ignoreIndex", -100);
    double smoothing = in.number("labelSmoothing", 0);
    TensorOptional classWeight = in.optional("classWeight");
    if (!in.options().containsKey("zLoss")) {
      return cross_entropy_loss(x, in.labels(), classWeight, reduce.code(), ignoreIndex, smoothing);
    }
    Tensor kept = in.labels().ne(new Scalar(ignoreIndex)).to(ScalarType.Double);
    Tensor losses = cross_entropy_loss(x, in.labels(), classWeight, 0, ignoreIndex, smoothing)
        .add(times(x.logsumexp(1).square().mul(kept), in.number("zLoss")));
    return reduce == Reduce.MEAN ? losses.sum().div(kept.sum()) : reduce.of(losses);
  }

  private static Tensor ofLabel(Tensor x, Inputs in) {
    return x.gather(1, in.labels().unsqueeze(1)).squeeze(1);
  }

  private static Tensor without(Tensor x, Tensor mask) {
    return x.masked_fill(mask.to(ScalarType.Bool), new Scalar(Double.NEGATIVE_INFINITY));
  }

  /** max(0, margin + max_{j != t} x_j - x_t). */
  static Tensor multiClassHinge(Inputs in) {
    Tensor x = in.prediction();
    Tensor others = without(x, one_hot(in.labels(), x.size(1)));
    return plus(others.amax(new long[]{1}, false).sub(ofLabel(x, in)), in.number("margin")).relu();
  }

  /** -alpha_t (1 - p_t)^gamma log p_t. */
  static Tensor focalSoftmax(Inputs in) {
    Tensor logP = ofLabel(in.prediction().log_softmax(1), in);
    Tensor loss = power(from(1, logP.exp()), in.number("gamma")).mul(logP).neg();
    return in.tensors().containsKey("alpha") ? loss.mul(in.get("alpha").index_select(0, in.labels())) : loss;
  }

  /** -sum p log p of a row. */
  static Tensor entropy(Tensor x) {
    return x.softmax(1).mul(x.log_softmax(1)).sum(1).neg();
  }

  /** 1 - (2 sum p t + s) / (sum p + sum t + s) of a row. */
  static Tensor dice(Inputs in) {
    Tensor both = times(in.prediction().mul(in.target()).sum(1), 2);
    Tensor all = in.prediction().sum(1).add(in.target().sum(1));
    return from(1, plus(both, in.number("smooth")).div(plus(all, in.number("smooth"))));
  }

  /** 1 - (TP + s) / (TP + alpha FP + beta FN + s) of a row, FP = sum p (1 - t), FN = sum (1 - p) t. */
  static Tensor tversky(Inputs in) {
    Tensor p = in.prediction();
    Tensor t = in.target();
    Tensor hit = plus(p.mul(t).sum(1), in.number("smooth"));
    Tensor missed = times(p.mul(from(1, t)).sum(1), in.number("alpha"))
        .add(times(from(1, p).mul(t).sum(1), in.number("beta")));
    return from(1, hit.div(hit.add(missed)));
  }

  static Tensor unit(Tensor x) {
    return x.div(x.square().sum(1).sqrt().unsqueeze(1));
  }

  /** Row i of the similarities belongs to column i. */
  static Tensor infoNce(Tensor similarities, Inputs in, Reduce reduce) {
    long[] labels = LongStream.range(0, similarities.size(0)).toArray();
    return crossEntropy(over(similarities, in.number("temperature")), labels, reduce);
  }

  /** SimCLR: of 2 N rows, i belongs to i + N and i + N to i; the diagonal is left out. */
  static Tensor ntXent(Tensor similarities, Inputs in, Reduce reduce) {
    long count = similarities.size(0);
    Tensor logits = without(over(similarities, in.number("temperature")), eye(count));
    long[] labels = LongStream.range(0, count).map(i -> (i + count / 2) % count).toArray();
    return crossEntropy(logits, labels, reduce);
  }

  private static Tensor crossEntropy(Tensor logits, long[] labels, Reduce reduce) {
    return cross_entropy_loss(logits, AbstractTensor.create(labels), new TensorOptional(), reduce.code(), -100, 0);
  }

  /** 1/2 y d^2 + 1/2 (1 - y) max(0, margin - d)^2, d the distance of two rows. */
  static Tensor contrastive(Inputs in) {
    Tensor d = in.get("first").sub(in.get("second")).square().sum(1).sqrt();
    Tensor y = in.target();
    return times(mix(y, d.square(), from(in.number("margin"), d).relu().square()), 0.5);
  }

  /** What a discriminator minimises: large logits for real ones, small for fake ones. */
  static Tensor adversarialDiscriminator(Inputs in) {
    Tensor real = in.get("real");
    Tensor fake = in.get("fake");
    return switch (in.word("form")) {
      case "logistic" -> log_sigmoid(real).add(log_sigmoid(fake.neg())).neg();
      case "hinge" -> from(1, real).relu().add(plus(fake, 1).relu());
      case "leastSquares" -> times(plus(real, -1).square().add(fake.square()), 0.5);
      case "wasserstein" -> fake.sub(real);
      default -> throw new IllegalArgumentException(in.word("form"));
    };
  }

  /** What a generator minimises. */
  static Tensor adversarialGenerator(Inputs in) {
    Tensor fake = in.get("fake");
    return switch (in.word("form")) {
      case "nonSaturating" -> log_sigmoid(fake).neg();
      case "minimax" -> log_sigmoid(fake.neg());
      case "leastSquares" -> times(plus(fake, -1).square(), 0.5);
      case "wasserstein" -> fake.neg();
      default -> throw new IllegalArgumentException(in.word("form"));
    };
  }
}
