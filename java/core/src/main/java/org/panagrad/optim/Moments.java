package org.panagrad.optim;

import org.panagrad.kernel.Update;

/** The scalars that Adam and its kin have in common. */
final class Moments {
  private Moments() {
  }

  static void check(double beta1, double beta2, double epsilon) {
    Options.share("beta1", beta1);
    Options.share("beta2", beta2);
    Options.notNegative("epsilon", epsilon);
  }

  /** Scalars 1 to 6: the shares, and the second moment's correction beside its epsilon. */
  static Update prepare(Update update, double beta1, double beta2, double epsilon, long step,
      RuleMemory memory) {
    return update.scalar(1, beta1).scalar(2, 1 - beta1).scalar(3, beta2).scalar(4, 1 - beta2)
        .scalar(5, 1 / StrictMath.sqrt(1 - memory.beta2.of(beta2, step))).scalar(6, epsilon);
  }
}
