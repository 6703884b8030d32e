package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;

/**
 * The losses of a generator and its critic, the discriminator. d is the critic's score of a sample: a logit, or for
 * {@link Form#WASSERSTEIN} just a number. Each side minimises its own loss, in turn, while the other stands still.
 *
 * <pre>{@code
 * Adversarial gan = Adversarial.of(Adversarial.Form.NON_SATURATING);
 * LossCall real = LossCall.on(compute), fake = LossCall.on(compute);
 * double critic = gan.discriminator(real.of(d1, gradient1, rows, 1), fake.of(d2, gradient2, rows, 1));
 * double generator = gan.generator(fake.of(d2, gradient2, rows, 1));
 * }</pre>
 *
 * <p>Calls hold scores and no target. Weights, single losses and statistics work as for elementwise losses. Immutable.
 *
 * @param form      what is minimised
 * @param reduction of each side for itself: MEAN of the real samples plus MEAN of the generated ones, whose numbers may
 *                  differ; NONE and SUM give the sum
 * @param empty     what a mean over nothing is
 */
public record Adversarial(Form form, Reduction reduction, EmptyPolicy empty) {

  /** What critic and generator minimise. */
  public enum Form {
    /**
     * Critic {@code softplus(-d) + softplus(d)}, generator {@code -softplus(d)}: the game of Goodfellow et al. (2014),
     * equation 1. The generator's gradient fades while it is bad.
     */
    MINIMAX(ElementLoss.binaryCrossEntropyLogits(1, 0), 0),
    /** The same critic, generator {@code softplus(-d)}: their section 3. */
    NON_SATURATING(ElementLoss.binaryCrossEntropyLogits(1, 0), 0),
    /** Critic {@code (d - 1)^2 / 2 + d^2 / 2}, generator {@code (d - 1)^2 / 2} (Mao et al. 2017, a = 0, b = c = 1). */
    LEAST_SQUARES(ElementLoss.leastSquares(), 0),
    /** Critic {@code max(0, 1 - d) + max(0, 1 + d)}, generator {@code -d} (Lim and Ye 2017). */
    HINGE(ElementLoss.hinge(1), -1),
    /**
     * Critic {@code -d + d}, generator {@code -d} (Arjovsky et al. 2017). Keeping the critic smooth, by clipped weights
     * or a gradient penalty, is the caller's.
     */
    WASSERSTEIN(ElementLoss.wasserstein(), -1);

    private static final ElementLoss SCORE = ElementLoss.wasserstein();
    private final ElementLoss function;
    private final float fakeTarget;

    Form(ElementLoss function, float fakeTarget) {
      this.function = function;
      this.fakeTarget = fakeTarget;
    }

    private boolean takesLogits() {
      return this == MINIMAX || this == NON_SATURATING;
    }
  }

  /** Whose loss of which samples. */
  public enum Side {
    /** The critic's, of real samples. */
    REAL,
    /** The critic's, of generated ones. */
    FAKE,
    /** The generator's, of generated ones. */
    GENERATOR
  }

  /** Checks that nothing is null. */
  public Adversarial {
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(reduction, "reduction");
    Objects.requireNonNull(empty, "empty");
  }

  /**
   * Reduced to means, NaN over nothing.
   *
   * @param form what is minimised
   * @return the losses
   */
  public static Adversarial of(Form form) {
    return new Adversarial(form, Reduction.MEAN, EmptyPolicy.NAN);
  }

  /**
   * The same with another reduction.
   *
   * @param other how the losses of a side become one value
   * @return the losses
   */
  public Adversarial reduction(Reduction other) {
    return new Adversarial(form, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what a mean over nothing is
   * @return the losses
   */
  public Adversarial empty(EmptyPolicy other) {
    return new Adversarial(form, reduction, other);
  }

  /**
   * The critic's loss, and its gradients where the calls want them. Each term stands in its call's evaluation alone:
   * {@link #loss} gives them apart.
   *
   * @param real scores of real samples
   * @param fake scores of generated ones, another call
   * @return the sum of both terms
   * @throws IllegalArgumentException if both are one call, or a weight is wrong
   * @throws IllegalStateException    for a mean over nothing, where the policy says so
   */
  public double discriminator(LossCall real, LossCall fake) {
    if (real == fake) {
      throw new IllegalArgumentException("real and fake are the same LossCall: each side needs its own");
    }
    return evaluate(Side.REAL, real) + evaluate(Side.FAKE, fake);
  }

  /**
   * The generator's loss, and its gradient where the call wants it.
   *
   * @param fake scores of generated samples
   * @return the reduced value
   * @throws IllegalArgumentException if a weight is wrong
   * @throws IllegalStateException    for a mean over nothing, where the policy says so
   */
  public double generator(LossCall fake) {
    return evaluate(Side.GENERATOR, fake);
  }

  /**
   * One side as a loss of its own, to be combined with others.
   *
   * @param side whose, of which samples
   * @return a loss without target
   */
  public Loss loss(Side side) {
    return new OneSide(this, Objects.requireNonNull(side, "side"));
  }

  /** A known loss with the side's target everywhere. */
  private double evaluate(Side side, LossCall call) {
    boolean unsure = side == Side.GENERATOR && form == Form.MINIMAX; // minimises minus what the critic does
    ElementLoss function = side == Side.GENERATOR && form == Form.HINGE ? Form.SCORE : form.function;
    MemorySegment given = call.target();
    call.target(call.scratch().constants(side == Side.FAKE || unsure ? form.fakeTarget : 1));
    try {
      return reduce(function, unsure ? -1 : 1, call);
    } finally {
      call.target(given);
    }
  }

  private double reduce(ElementLoss function, float sign, LossCall call) {
    double divisor = !reduction.divides()
        ? 1
        : reduction == Reduction.MEAN ? call.weights().sumOfElements() : call.weights().keptElements();
    double sum = sign * call.elements(function, sign * reduction.scale(divisor));
    if (sign < 0 && call.losses() != null) {
      negate(call.compute().kernels(), call.losses(), call.rows() * call.columns());
    }
    return reduction.value(sum, divisor, empty);
  }

  private static void negate(Kernels kernels, MemorySegment losses, long n) {
    kernels.download(losses);
    for (long i = 0; i < n; i++) {
      losses.setAtIndex(ValueLayout.JAVA_FLOAT, i, -losses.getAtIndex(ValueLayout.JAVA_FLOAT, i));
    }
    kernels.upload(losses);
  }

  private record OneSide(Adversarial losses, Side side) implements Loss {
    @Override
    public boolean takesLabels() {
      return false;
    }

    @Override
    public boolean takesTarget() {
      return false;
    }

    @Override
    public double evaluate(LossCall call) {
      return losses.evaluate(side, call);
    }

    @Override
    public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
      if (losses.form.takesLogits()) {
        kernels.sigmoid(output, output, 0, batch * outputs);
      }
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of("name", "adversarial", "form", losses.form.name().toLowerCase(Locale.ROOT), "side",
          side.name().toLowerCase(Locale.ROOT));
    }
  }
}
