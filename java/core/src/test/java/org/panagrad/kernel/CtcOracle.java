package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.util.Arrays;

/**
 * The CTC loss of one sample in double, twice: {@link #byWalks} adds up all walks that there are, straight from the
 * definition; an instance does it by the recursions over log-probabilities, for sizes where nobody can count walks, and
 * follows how far the contract's floats may be off. {@link CtcTest} holds one against the other.
 */
final class CtcOracle {
  private final KernelCases.SoftmaxRow[] rows;
  private final double[] logits;
  private final int first, frames, classes, blank, states;
  private final int[] target;
  private final Term loss;
  private final double[] gradient, gradientError;

  /** A log-probability, and how far a float may be from it. */
  private record Term(double value, double error) {
    static final Term NOWHERE = new Term(Double.NEGATIVE_INFINITY, 0), CERTAIN = new Term(0, 0);

    boolean possible() {
      return value > Double.NEGATIVE_INFINITY;
    }

    Term times(Term other) {
      double sum = value + other.value;
      return sum == Double.NEGATIVE_INFINITY
          ? NOWHERE
          : new Term(sum, error + other.error + EPS * Math.abs(sum));
    }

    /**
     * The sum of probabilities. The errors of the terms count by their shares (what is second order in them is covered
     * by the factor), and never for more than the largest of them. Of its own the sum adds the roundings of the
     * differences, of three exps within 1 ulp, of two additions, the logarithm within 1 ulp and the last addition.
     */
    static Term sum(Term... terms) {
      double m = Arrays.stream(terms).mapToDouble(Term::value).max().orElseThrow();
      if (m == Double.NEGATIVE_INFINITY) {
        return NOWHERE;
      }
      double sum = 0, error = 0, distance = 0, largest = 0;
      for (Term t : terms) {
        double share = StrictMath.exp(t.value - m);
        if (share > 0) {
          sum += share;
          error += share * t.error;
          distance += share * (m - t.value);
          largest = Math.max(largest, t.error);
        }
      }
      double log = StrictMath.log(sum), passedOn = Math.min(largest, error / sum * (1 + 2 * largest));
      return new Term(m + log, passedOn + EPS * (distance / sum + 4 + 2 * log + Math.abs(m + log)));
    }

    /** As the contract keeps its rows: relative to the greatest, which is exact in itself; the subtraction rounds. */
    static double makeRelative(Term[] row) {
      double m = Arrays.stream(row).mapToDouble(Term::value).max().orElseThrow();
      if (m == Double.NEGATIVE_INFINITY) {
        return 0;
      }
      Arrays.setAll(row, s -> row[s].possible()
          ? new Term(row[s].value - m, row[s].error + EPS * Math.abs(row[s].value - m))
          : row[s]);
      return m;
    }
  }

  /** The sample whose frames begin at logits[first]. */
  CtcOracle(double[] logits, int first, int frames, int classes, int[] target, int blank) {
    this.logits = logits;
    this.first = first;
    this.frames = frames;
    this.classes = classes;
    this.target = target;
    this.blank = blank;
    states = 2 * target.length + 1;
    rows = new KernelCases.SoftmaxRow[frames];
    Arrays.setAll(rows, t -> new KernelCases.SoftmaxRow(logits, first + (long) t * classes, classes));
    gradient = new double[frames * classes];
    gradientError = new double[frames * classes];
    Term[][] alpha = new Term[frames][];
    Term probability = forward(alpha);
    boolean possible = probability.possible(); // an infinite loss is exact
    loss = new Term(0 - probability.value,
        possible ? probability.error + EPS * Math.abs(probability.value) + TINY : 0);
    if (possible) {
      backward(alpha);
    }
  }

  double loss() {
    return loss.value;
  }

  double lossError() {
    return loss.error;
  }

  /** By logit i of the sample's frames; 0 where the loss is infinite. */
  double gradient(int i) {
    return gradient[i];
  }

  double gradientError(int i) {
    return gradientError[i];
  }

  private int classOf(int state) {
    return state % 2 == 0 ? blank : target[state / 2];
  }

  private Term emission(int t, int state) {
    KernelCases.SoftmaxRow row = rows[t];
    double distance = logits[first + t * classes + classOf(state)] - row.maximum, log = StrictMath.log(row.sum);
    return new Term(distance - log,
        row.error + EPS * (Math.abs(distance) + 2 * log + Math.abs(distance - log)));
  }

  /** Whether a walk may go from state - 2 to this one. */
  private boolean skips(int state) {
    return state >= 2 && state < states && state % 2 == 1 && classOf(state) != classOf(state - 2);
  }

  private static Term at(Term[] row, int state) {
    return state >= 0 && state < row.length ? row[state] : Term.NOWHERE;
  }

  private Term forward(Term[][] alpha) {
    double taken = 0;
    for (int frame = 0; frame < frames; frame++) {
      int t = frame;
      alpha[t] = new Term[states];
      Arrays.setAll(alpha[t], s -> waysTo(alpha, t, s).times(emission(t, s)));
      taken += Term.makeRelative(alpha[t]);
    }
    if (frames == 0) {
      return states == 1 ? Term.CERTAIN : Term.NOWHERE;
    }
    Term end = Term.sum(at(alpha[frames - 1], states - 2), alpha[frames - 1][states - 1]);
    return new Term(taken + end.value, end.error);
  }

  private Term waysTo(Term[][] alpha, int t, int s) {
    if (t == 0) {
      return s < 2 ? Term.CERTAIN : Term.NOWHERE;
    }
    Term[] before = alpha[t - 1];
    return Term.sum(skips(s) ? before[s - 2] : Term.NOWHERE, at(before, s - 1), before[s]);
  }

  private void backward(Term[][] alpha) {
    Term[] after = null;
    for (int frame = frames - 1; frame >= 0; frame--) {
      int t = frame;
      Term[] later = after, through = new Term[states], beta = new Term[states];
      for (int s = 0; s < states; s++) {
        Term ways = later == null
            ? s >= states - 2 ? Term.CERTAIN : Term.NOWHERE
            : Term.sum(later[s], at(later, s + 1), skips(s + 2) ? later[s + 2] : Term.NOWHERE);
        through[s] = alpha[t][s].times(ways);
        beta[s] = ways.times(emission(t, s));
      }
      Term.makeRelative(beta);
      after = beta;
      differentiate(t, through);
    }
  }

  /** softmax - posterior. An absolute error of a logarithm is a relative one of the share. */
  private void differentiate(int t, Term[] through) {
    double m = Arrays.stream(through).mapToDouble(Term::value).max().orElseThrow(), sum = 0, sumError = 0;
    double[] share = new double[states], relative = new double[states];
    for (int s = 0; s < states; s++) {
      share[s] = StrictMath.exp(through[s].value - m);
      relative[s] = share[s] > 0 ? through[s].error + KernelCases.SoftmaxRow.termError(m - through[s].value) : 0;
      sum += share[s];
      sumError += share[s] * relative[s];
    }
    sumError = sumError / sum + KernelCases.roundings(states) * EPS;
    for (int c = 0; c < classes; c++) {
      double y = rows[t].probability(logits[first + t * classes + c]), posterior = 0;
      double error = rows[t].probabilityError(logits[first + t * classes + c]);
      int subtractions = 0;
      for (int s = 0; s < states; s++) {
        if (classOf(s) == c) {
          double off = relative[s] + sumError + 3 * EPS;
          posterior += share[s] / sum;
          error += share[s] / sum * off * (1 + 4 * off) + 4 * TINY;
          subtractions++;
        }
      }
      gradient[t * classes + c] = y - posterior;
      gradientError[t * classes + c] = error + subtractions * EPS * Math.max(y, posterior) + 4 * TINY;
    }
  }

  /**
   * By the definition: every walk through the classes is taken, spelled, and counted if it spells the target.
   *
   * @return the loss, then its derivative by each logit: softmax - share of the walks that emit the class in the frame
   */
  static double[] byWalks(double[] logits, int frames, int classes, int[] target, int blank) {
    double[] probabilities = softmax(logits, frames, classes), emitted = new double[frames * classes];
    double all = 0;
    int[] walk = new int[frames];
    for (long number = 0; number < Math.round(Math.pow(classes, frames)); number++) {
      long rest = number;
      double probability = 1;
      for (int t = 0; t < frames; t++, rest /= classes) {
        walk[t] = (int) (rest % classes);
        probability *= probabilities[t * classes + walk[t]];
      }
      if (Arrays.equals(target, spelled(walk, blank))) {
        all += probability;
        for (int t = 0; t < frames; t++) {
          emitted[t * classes + walk[t]] += probability;
        }
      }
    }
    double[] result = new double[1 + frames * classes];
    result[0] = -StrictMath.log(all);
    for (int i = 0; i < emitted.length; i++) {
      result[1 + i] = probabilities[i] - emitted[i] / all;
    }
    return result;
  }

  private static double[] softmax(double[] logits, int frames, int classes) {
    double[] y = new double[frames * classes];
    for (int t = 0; t < frames; t++) {
      double sum = 0;
      for (int i = t * classes; i < (t + 1) * classes; i++) {
        sum += StrictMath.exp(logits[i]);
      }
      for (int i = t * classes; i < (t + 1) * classes; i++) {
        y[i] = StrictMath.exp(logits[i]) / sum;
      }
    }
    return y;
  }

  /** What a walk spells: repeats merged, then blanks dropped. */
  private static int[] spelled(int[] walk, int blank) {
    int[] labels = new int[walk.length];
    int count = 0;
    for (int t = 0; t < walk.length; t++) {
      if (walk[t] != blank && (t == 0 || walk[t] != walk[t - 1])) {
        labels[count++] = walk[t];
      }
    }
    return Arrays.copyOf(labels, count);
  }
}
