package org.panagrad.kernel;

import static org.panagrad.kernel.ScalarKernels.get;
import static org.panagrad.kernel.ScalarKernels.set;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The losses of rows in canonical Java: the functions of native/src/cpu/kernels/row_loss.c, operation by operation.
 * Formulas stand in kernels.def; {@link RowLoss} makes the options.
 */
enum RowFormula {
  SOFTMAX_CROSS_ENTROPY(true, true) {
    @Override
    float at(RowCall r) {
      float target = r.target();
      float hit = r.loss.option(KEEP) * r.targetWeight, each = r.loss.option(SMOOTHING) / (float) r.columns;
      boolean smooth = r.loss.option(SMOOTHING) > 0;
      r.findMaximum();
      // before the gradient may overwrite the row
      float distance = smooth ? each * r.sum(WEIGHTED_DISTANCE) : 0;
      float total = r.classWeights == null ? (float) r.columns : r.loss.option(CLASS_WEIGHT_SUM);
      float all = smooth ? Math.fma(each, total, hit) : hit;
      r.exp();
      float l = Elementary.log(r.sum), whole = r.maximum + l;
      float loss = Math.fma(all, l, Math.fma(hit, r.maximum - target, distance));
      float z = r.loss.option(Z_LOSS);
      if (z > 0) {
        loss = Math.fma(z * whole, whole, loss);
        all = Math.fma(2 * z, whole, all);
      }
      if (r.gradient != null) {
        float factor = all * r.scale / r.sum;
        if (smooth) {
          spread(r, factor, each * r.scale);
        } else {
          r.scaleGradient(factor);
        }
        r.addAtLabel(-(hit * r.scale));
      }
      return loss;
    }

    /** gradient = gradient * factor - each * class weight. */
    private void spread(RowCall r, float factor, float each) {
      for (long c = 0; c < r.columns; c++) {
        set(r.gradient, r.row + c, Math.fma(-each, r.weight(c), get(r.gradient, r.row + c) * factor));
      }
    }
  },
  SOFTMAX_CROSS_ENTROPY_PROBABILITIES(false, true) {
    @Override
    float at(RowCall r) {
      r.findMaximum();
      float mass = r.sum(MASS), distance = r.sum(MASS_DISTANCE);
      r.exp();
      if (r.gradient != null) {
        float factor = mass * r.scale / r.sum;
        for (long c = 0; c < r.columns; c++) {
          set(r.gradient, r.row + c, Math.fma(-r.scale, r.probability(c), get(r.gradient, r.row + c) * factor));
        }
      }
      return Math.fma(mass, Elementary.log(r.sum), distance);
    }
  },
  FOCAL_SOFTMAX(true, true) {
    @Override
    float at(RowCall r) {
      float target = r.target(), gamma = r.loss.option(GAMMA);
      r.findMaximum();
      r.exp();
      float h = Elementary.log(r.sum) + (r.maximum - target);
      float missed = -Elementary.expm1(-h), hit = Elementary.exp(-h);
      float weight = gamma == 0 ? 1 : Elementary.exp(gamma * Elementary.log(missed));
      if (r.gradient != null) {
        // where the label has no probability nothing changes, even if gamma h is infinite
        float change = missed == 0 || hit == 0 ? 0 : gamma * h * hit * (weight / missed);
        float slope = r.targetWeight * (weight + change) * r.scale;
        r.scaleGradient(slope / r.sum);
        r.addAtLabel(-slope);
      }
      return r.targetWeight * (weight * h);
    }
  },
  ENTROPY(false, true) {
    @Override
    float at(RowCall r) {
      r.findMaximum();
      float distance = r.sum(EXP_DISTANCE);
      MemorySegment gradient = r.gradient;
      r.gradient = null;
      r.exp();
      r.gradient = gradient;
      float mean = distance / r.sum;
      if (gradient != null) {
        float factor = r.scale / r.sum;
        for (long c = 0; c < r.columns; c++) {
          float d = r.x(c) - r.maximum, e = Elementary.exp(d);
          set(gradient, r.row + c, e == 0 ? 0 : e * factor * (-d - mean));
        }
      }
      return Elementary.log(r.sum) + mean;
    }
  },
  NLL(true, false) {
    @Override
    float at(RowCall r) {
      float target = r.target();
      if (r.gradient != null) {
        r.clearGradient();
        r.addAtLabel(-(r.targetWeight * r.scale));
      }
      return -(r.targetWeight * target);
    }
  },
  MULTI_CLASS_HINGE(true, false) {
    @Override
    float at(RowCall r) {
      float target = r.target(), best = Float.NEGATIVE_INFINITY;
      long place = -1;
      for (long c = 0; c < r.columns; c++) {
        // a NaN is kept
        if (c != r.label && (r.x(c) > best || r.x(c) != r.x(c))) {
          best = r.x(c);
          place = c;
        }
      }
      float violation = r.loss.option(MARGIN) + (best - target);
      if (violation <= 0) {
        violation = 0;
      }
      if (r.gradient != null) {
        r.clearGradient();
        if (violation != 0 && place >= 0) {
          set(r.gradient, r.row + place, r.targetWeight * r.scale);
          r.addAtLabel(-(r.targetWeight * r.scale));
        }
      }
      return r.targetWeight * violation;
    }
  },
  ZERO_ONE(true, false) {
    @Override
    float at(RowCall r) {
      float loss = r.isCorrect() ? 0 : r.targetWeight;
      if (r.gradient != null) {
        r.clearGradient();
      }
      return loss;
    }
  };

  /** Places in {@link RowLoss#option}. */
  static final int KEEP = 1, SMOOTHING = 2, Z_LOSS = 3, CLASS_WEIGHT_SUM = 4, GAMMA = 5, MARGIN = 6;
  /** Terms that {@link RowCall#sum} adds. */
  static final int WEIGHTED_DISTANCE = 0, MASS = 1, MASS_DISTANCE = 2, EXP_DISTANCE = 3;

  private final boolean takesLabels, takesLogits;

  RowFormula(boolean takesLabels, boolean takesLogits) {
    this.takesLabels = takesLabels;
    this.takesLogits = takesLogits;
  }

  /** The loss of a row; its gradient times scale goes where it is wanted. */
  abstract float at(RowCall r);

  boolean takesLabels() {
    return takesLabels;
  }

  boolean takesLogits() {
    return takesLogits;
  }

  /** The row of the registry. */
  String symbol() {
    return name().toLowerCase(Locale.ROOT) + "_f32";
  }
}
