package org.panagrad.loss;

import java.util.List;
import java.util.Map;
import org.panagrad.loss.CustomLoss.Target;

/**
 * Barron's adaptive robust loss (CVPR 2019): {@code rho(e / c, alpha) + ln c + ln Z(alpha)} of each error e, which is
 * the negative log-likelihood of a distribution that is normal at alpha = 2 and Cauchy's at alpha = 0, with
 * {@code rho(u, alpha) = (b / alpha) ((u^2 / b + 1)^(alpha / 2) - 1)}, b = 2 - alpha. How much outliers pull is learned
 * along with the model, in two parameters, each any number:
 *
 * <p>"shape" gives {@code alpha = 0.001 + 1.998 sigmoid(shape)}, beginning at 1; "scale" gives
 * {@code c = 1e-5 + softplus(scale)}, beginning at 1. {@link #alpha} and {@link #scale} translate.
 *
 * <p>The normaliser {@code ln c + ln Z(alpha)} is what keeps them where the data is: without it the loss of any error
 * becomes smaller the greater c is, so c grows without end, and alpha goes to its least.
 */
public final class AdaptiveRobust {
  private static final double LEAST_ALPHA = 0.001, ALPHA_RANGE = 1.998, LEAST_SCALE = 1e-5;

  private AdaptiveRobust() {
  }

  /**
   * What the parameter "shape" stands for.
   *
   * @param shape any number
   * @return alpha, from 0.001 to 1.999
   */
  public static double alpha(double shape) {
    return LEAST_ALPHA + ALPHA_RANGE / (1 + StrictMath.exp(-shape));
  }

  /**
   * What the parameter "scale" stands for.
   *
   * @param scale any number
   * @return c, above 1e-5
   */
  public static double scale(double scale) {
    return LEAST_SCALE + Math.max(scale, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(scale)));
  }

  /** The loss, with parameters of its own. */
  static CustomLoss loss() {
    LossParameter shape = LossParameter.of("shape", 0);
    LossParameter scale = LossParameter.of("scale", StrictMath.log(StrictMath.expm1(1 - LEAST_SCALE)));
    return new CustomLoss((y, t, p) -> of(y.minus(t), p.get(shape), p.get(scale)), Target.NUMBERS,
        List.of(shape, scale), Map.of("name", "adaptiveRobust"));
  }

  /** The formula, on errors and what the parameters hold. */
  static Expression of(Expression error, Expression shape, Expression scale) {
    Expression c = scale.softplus().plus(LEAST_SCALE);
    return rho(error.dividedBy(c), shape).plus(c.log()).plus(
        shape.apply(RobustNormaliser::value, RobustNormaliser::slope));
  }

  /** The power less 1 by way of logarithm and expm1, which loses nothing where alpha is small. */
  static Expression rho(Expression u, Expression shape) {
    Expression alpha = shape.sigmoid().times(ALPHA_RANGE).plus(LEAST_ALPHA);
    Expression b = shape.negate().sigmoid().times(ALPHA_RANGE).plus(LEAST_ALPHA); // 2 - alpha, which cancels near 2
    Expression exponent = u.square().dividedBy(b).log1p().times(alpha.times(0.5));
    return exponent.expm1().times(b.dividedBy(alpha));
  }
}
