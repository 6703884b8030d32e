package org.panagrad.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * An update rule with its own options; the rate, the decay and what else all rules have in common belong to the
 * {@link Optimizer}. Immutable. The records' factories {@code of} give an optimizer with PyTorch's defaults,
 * {@code keras} one with Keras's.
 */
public sealed interface Rule permits Sgd, AdaGrad, Adadelta, RmsProp, Adam, Adamax, NAdam, Lion, Lamb, Ftrl, Adafactor {

  /**
   * The kernel.
   *
   * @return its formula stands in kernels.def
   */
  UpdateRule kernel();

  /**
   * A pass that it needs before, which only reads: its sums say how long each tensor's step is.
   *
   * @return null for most rules
   */
  default @Nullable UpdateRule reading() {
    return null;
  }

  /**
   * The length of a tensor's step, of a rule that reads before.
   *
   * @param rate            of this step
   * @param step            its number, from 1
   * @param elements        of the tensor
   * @param parameterSquare what that pass summed of the parameter
   * @param directionSquare and of where it would go
   * @return the kernel's ratio
   */
  default float ratio(double rate, long step, long elements, double parameterSquare, double directionSquare) {
    return 1;
  }

  /**
   * The arrays that it keeps for each parameter, by PyTorch's names where it has the rule.
   *
   * @return as "exp_avg", in the kernel's order
   */
  List<String> stateNames();

  /**
   * What a state holds before the first step.
   *
   * @return 0, but for rules that say otherwise
   */
  default double initial() {
    return 0;
  }

  /**
   * Writes the rule's scalars.
   *
   * @param update  receives them
   * @param rate    of this step
   * @param step    its number, from 1
   * @param memory  what the rule keeps from step to step
   */
  void prepare(Update update, double rate, long step, RuleMemory memory);
}
