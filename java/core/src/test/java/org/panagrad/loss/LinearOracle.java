package org.panagrad.loss;

/**
 * Softmax-cross-entropy of a dense layer in double, from the formula, with what a float result may be off by: an error
 * of a logit (the chain of its product) moves every probability of its row; the rest are the roundings of a softmax, of
 * the gradient, and of the chains that end in the gradients.
 */
final class LinearOracle {
  private static final double EPS = 0x1p-24, TINY = 0x1p-140;

  final double[] losses, lossErrors, xGradient, xErrors, weightGradient, weightErrors, biasGradient, biasErrors;
  private final float[] x, weight, bias;
  private final int rows, inputs, classes;
  private final double[] logit;
  private final double[] gradient, gradientError;

  /** Options as the loss has them; classWeight and sampleWeight may be null. */
  record Options(float[] classWeight, float[] sampleWeight, int ignore, double smoothing, double z) {
    double weight(int c) {
      return classWeight == null ? 1 : classWeight[c];
    }

    double row(int r) {
      return sampleWeight == null ? 1 : sampleWeight[r];
    }
  }

  LinearOracle(float[] x, float[] weight, float[] bias, int[] labels, int rows, int inputs, int classes,
      Options options, double scale) {
    this.x = x;
    this.weight = weight;
    this.bias = bias;
    this.rows = rows;
    this.inputs = inputs;
    this.classes = classes;
    losses = new double[rows];
    lossErrors = new double[rows];
    xGradient = new double[rows * inputs];
    xErrors = new double[rows * inputs];
    weightGradient = new double[inputs * classes];
    weightErrors = new double[inputs * classes];
    biasGradient = new double[classes];
    biasErrors = new double[classes];
    logit = new double[classes];
    gradient = new double[classes];
    gradientError = new double[classes];
    for (int r = 0; r < rows; r++) {
      if (options.row(r) != 0 && labels[r] != options.ignore) {
        row(r, labels[r], options, scale);
      }
    }
    // the chains: over classes, over rows, and over rows in canonical order and by tiles
    for (int i = 0; i < xErrors.length; i++) {
      xErrors[i] += TINY;
    }
    for (int i = 0; i < weightErrors.length; i++) {
      weightErrors[i] += TINY;
    }
    for (int c = 0; c < classes; c++) {
      biasErrors[c] += TINY;
    }
  }

  /** Roundings of a canonical sum of at most so many terms, over tiles. */
  private static double roundings(int n) {
    return n / 64.0 + 9;
  }

  private double logits(int r) {
    double worst = 0;
    for (int c = 0; c < classes; c++) {
      double sum = 0, size = 0;
      for (int i = 0; i < inputs; i++) {
        double product = (double) x[r * inputs + i] * weight[i * classes + c];
        sum += product;
        size += Math.abs(product);
      }
      double b = bias == null ? 0 : bias[c];
      logit[c] = sum + b;
      worst = Math.max(worst, (inputs + 1) * EPS * (size + Math.abs(b)));
    }
    return worst;
  }

  private void row(int r, int label, Options o, double scale) {
    double logitError = logits(r), maximum = Double.NEGATIVE_INFINITY, sum = 0, mean = 0;
    for (int c = 0; c < classes; c++) {
      maximum = Math.max(maximum, logit[c]);
    }
    for (int c = 0; c < classes; c++) {
      double e = StrictMath.exp(logit[c] - maximum);
      sum += e;
      mean += e * (maximum - logit[c]);
    }
    // relative, of the sum: its terms (distance and 1 ulp of exp), and adding them
    double sumError = EPS * (mean / sum + 2 + roundings(classes)) + 2 * logitError;
    double logarithm = StrictMath.log(sum), whole = maximum + logarithm;
    double each = o.smoothing / classes, hit = (1 - o.smoothing) * o.weight(label), all = hit;
    double loss = hit * (whole - logit[label]);
    double error = hit * (sumError + 2 * logitError
        + EPS * (3 * logarithm + 3 * (maximum - logit[label]) + 3 * (whole - logit[label])));
    for (int c = 0; c < classes && o.smoothing > 0; c++) {
      double a = each * o.weight(c), h = whole - logit[c];
      all += a;
      loss += a * h;
      error += a * (sumError + 2 * logitError + EPS * (roundings(classes) + 8) * (h + maximum - logit[c] + logarithm));
    }
    double wholeError = sumError + logitError + EPS * (2 * logarithm + Math.abs(maximum) + Math.abs(whole));
    loss += o.z * whole * whole;
    error += o.z * (2 * Math.abs(whole) * wholeError + wholeError * wholeError + 4 * EPS * whole * whole);
    losses[r] = loss * o.row(r);
    lossErrors[r] = o.row(r) * (error + 3 * EPS * Math.abs(loss)) + TINY;

    double factor = all + 2 * o.z * whole;
    double factorError = 2 * o.z * wholeError + EPS * ((roundings(classes) + 6) * all + 6 * o.z * Math.abs(whole));
    double outer = o.row(r) * scale;
    for (int c = 0; c < classes; c++) {
      double p = StrictMath.exp(logit[c] - maximum) / sum;
      double relative = sumError + 2 * logitError + EPS * (maximum - logit[c] + 8);
      double a = each * o.weight(c) + (c == label ? hit : 0);
      gradient[c] = outer * (factor * p - a);
      gradientError[c] = outer * (Math.abs(factor) * p * relative + factorError * p * (1 + relative) + 6 * EPS * a)
          + 4 * EPS * (Math.abs(gradient[c]) + outer * (Math.abs(factor) * p + a)) + TINY;
    }
    for (int i = 0; i < inputs; i++) {
      double sumX = 0, within = 0;
      double xi = x[r * inputs + i];
      for (int c = 0; c < classes; c++) {
        double w = weight[i * classes + c], g = gradient[c], ge = gradientError[c];
        sumX += g * w;
        within += Math.abs(w) * ge + (classes + 1) * EPS * Math.abs(w) * (Math.abs(g) + ge);
        weightGradient[i * classes + c] += xi * g;
        weightErrors[i * classes + c] += Math.abs(xi) * (ge + (rows + 1) * EPS * (Math.abs(g) + ge));
      }
      xGradient[r * inputs + i] = sumX;
      xErrors[r * inputs + i] = within;
    }
    for (int c = 0; c < classes; c++) {
      biasGradient[c] += gradient[c];
      // each tile of rows is one more addition; tiles of the tests have at least 8 rows
      biasErrors[c] += gradientError[c]
          + (roundings(rows) + rows / 8.0 + 1) * EPS * (Math.abs(gradient[c]) + gradientError[c]);
    }
  }
}
