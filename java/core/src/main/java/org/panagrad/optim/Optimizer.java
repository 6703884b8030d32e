package org.panagrad.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How parameters are updated: a rule, its rate, and what is the same for all rules. Immutable; {@link Updater} does it.
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.adamW(1e-3).clipNorm(1).group("*.bias", bias -> bias.decoupledWeightDecay(0));
 * }</pre>
 *
 * <p>In a step the gradient is unscaled and, to maximize, negated; clipped; added to the coupled penalties; the
 * parameter decays; then comes the rule.
 *
 * @param rule                  the update rule
 * @param learningRate          of each step
 * @param weightDecay           lambda of the coupled penalty lambda/2 p^2: lambda p is added to the gradient
 * @param decoupledWeightDecay  lambda of AdamW's decay: {@code p -= rate lambda p} before the rule
 * @param l1                    lambda of the penalty lambda |p|: lambda sign(p) is added to the gradient
 * @param maximize              goes up the gradient
 * @param clipValue             greatest |gradient| of an element; infinity cuts nothing
 * @param clipNorm              greatest norm of the gradient of all parameters together; infinity cuts nothing
 * @param averageDecay          share of an average of the weights that stays in a step; 0 keeps no average
 * @param skipNonFinite         a step whose gradient is not finite changes nothing
 * @param groups                other options of some parameters
 */
public record Optimizer(Rule rule, Schedule learningRate, double weightDecay, double decoupledWeightDecay, double l1,
    boolean maximize, double clipValue, double clipNorm, double averageDecay, boolean skipNonFinite,
    List<Group> groups) {

  /**
   * Parameters with options of their own: those of the optimizer, changed.
   *
   * @param names     a pattern in which * stands for any characters
   * @param optimizer what updates them
   */
  public record Group(String names, Optimizer optimizer) {
    /**
     * Whether a parameter is one of them.
     *
     * @param name of the parameter
     * @return whether the pattern fits the whole name
     */
    public boolean has(String name) {
      return fits(names, 0, name, 0);
    }

    private static boolean fits(String pattern, int p, String name, int n) {
      for (int i = p, k = n;; i++, k++) {
        if (i == pattern.length()) {
          return k == name.length();
        }
        if (pattern.charAt(i) == '*') {
          return fits(pattern, i + 1, name, k) || k < name.length() && fits(pattern, i, name, k + 1);
        }
        if (k == name.length() || pattern.charAt(i) != name.charAt(k)) {
          return false;
        }
      }
    }
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Optimizer {
    Options.notNegative("weightDecay", weightDecay);
    Options.notNegative("decoupledWeightDecay", decoupledWeightDecay);
    Options.notNegative("l1", l1);
    Options.limit("clipValue", clipValue);
    Options.limit("clipNorm", clipNorm);
    Options.share("averageDecay", averageDecay);
    groups = List.copyOf(groups);
    for (Group group : groups) {
      Optimizer other = group.optimizer;
      if (other.clipNorm != clipNorm || other.skipNonFinite != skipNonFinite || !other.groups.isEmpty()) {
        throw new IllegalArgumentException("group " + group.names
            + " changes clipNorm, skipNonFinite or groups: these are of all parameters together");
      }
    }
  }

  /**
   * A rule at a fixed rate, and nothing else.
   *
   * @param learningRate positive
   * @param rule         the update rule
   * @return the optimizer
   */
  public static Optimizer of(double learningRate, Rule rule) {
    Options.positive("learningRate", learningRate);
    return of(Schedule.constant(learningRate), rule);
  }

  /**
   * A rule, and nothing else.
   *
   * @param learningRate of each step
   * @param rule         the update rule
   * @return the optimizer
   */
  public static Optimizer of(Schedule learningRate, Rule rule) {
    double none = Double.POSITIVE_INFINITY;
    return new Optimizer(rule, learningRate, 0, 0, 0, false, none, none, 0, false, List.of());
  }

  /**
   * With a rate that changes.
   *
   * @param schedule rates of the steps
   * @return a copy
   */
  public Optimizer learningRate(Schedule schedule) {
    return new Optimizer(rule, schedule, weightDecay, decoupledWeightDecay, l1, maximize, clipValue, clipNorm,
        averageDecay, skipNonFinite, groups);
  }

  /**
   * With another fixed rate.
   *
   * @param fixed positive
   * @return a copy
   */
  public Optimizer learningRate(double fixed) {
    Options.positive("learningRate", fixed);
    return learningRate(Schedule.constant(fixed));
  }

  /**
   * With a coupled penalty, PyTorch's {@code weight_decay} of all optimizers but AdamW.
   *
   * @param lambda at least 0
   * @return a copy
   */
  public Optimizer weightDecay(double lambda) {
    return new Optimizer(rule, learningRate, lambda, decoupledWeightDecay, l1, maximize, clipValue, clipNorm,
        averageDecay,
        skipNonFinite, groups);
  }

  /**
   * With AdamW's decay.
   *
   * @param lambda at least 0
   * @return a copy
   */
  public Optimizer decoupledWeightDecay(double lambda) {
    return new Optimizer(rule, learningRate, weightDecay, lambda, l1, maximize, clipValue, clipNorm, averageDecay,
        skipNonFinite, groups);
  }

  /**
   * With a penalty of the absolute values. Together with {@link #weightDecay} it is the elastic net.
   *
   * @param lambda at least 0
   * @return a copy
   */
  public Optimizer l1(double lambda) {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, lambda, maximize, clipValue, clipNorm,
        averageDecay, skipNonFinite, groups);
  }

  /**
   * Up the gradient.
   *
   * @return a copy
   */
  public Optimizer maximizing() {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, l1, true, clipValue, clipNorm,
        averageDecay,
        skipNonFinite, groups);
  }

  /**
   * Cuts every element of the gradient to [-limit, limit].
   *
   * @param limit positive
   * @return a copy
   */
  public Optimizer clipValue(double limit) {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, l1, maximize, limit, clipNorm,
        averageDecay,
        skipNonFinite, groups);
  }

  /**
   * Scales the gradient down to a norm, of all parameters together (Pascanu, Mikolov and Bengio 2013), as PyTorch: by
   * {@code min(1, limit / (norm + 1e-6))}. It costs a pass that reads the gradient.
   *
   * @param limit positive
   * @return a copy
   */
  public Optimizer clipNorm(double limit) {
    List<Group> changed = changed(group -> group.withClip(limit, group.skipNonFinite));
    return withClip(limit, skipNonFinite).withGroups(changed);
  }

  /**
   * With an exponential average of the weights beside them (Polyak averaging): {@code a = decay a + (1 - decay) p},
   * from the initial weights on.
   *
   * @param decay in [0, 1)
   * @return a copy
   */
  public Optimizer averageWeights(double decay) {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, l1, maximize, clipValue, clipNorm,
        decay,
        skipNonFinite, groups);
  }

  /**
   * Leaves out the steps whose gradient holds a NaN or an infinity. It costs a pass that reads the gradient.
   *
   * @return a copy
   */
  public Optimizer skippingNonFinite() {
    List<Group> changed = changed(group -> group.withClip(group.clipNorm, true));
    return withClip(clipNorm, true).withGroups(changed);
  }

  /**
   * With other options for some parameters. Where more groups than one have a name, the last one counts.
   *
   * @param names  a pattern, as "*.bias"
   * @param change what is different: from this optimizer, to the group's
   * @return a copy
   */
  public Optimizer group(String names, UnaryOperator<Optimizer> change) {
    List<Group> more = new ArrayList<>(groups);
    more.add(new Group(names, change.apply(withGroups(List.of()))));
    return withGroups(more);
  }

  private Optimizer withClip(double norm, boolean skip) {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, l1, maximize, clipValue, norm,
        averageDecay,
        skip, List.of());
  }

  private Optimizer withGroups(List<Group> others) {
    return new Optimizer(rule, learningRate, weightDecay, decoupledWeightDecay, l1, maximize, clipValue, clipNorm,
        averageDecay, skipNonFinite, others);
  }

  private List<Group> changed(UnaryOperator<Optimizer> change) {
    return groups.stream().map(group -> new Group(group.names, change.apply(group.optimizer))).toList();
  }

  /**
   * What updates a parameter.
   *
   * @param name of the parameter
   * @return this, or the last group that has it
   */
  public Optimizer of(String name) {
    for (Group group : groups.reversed()) {
      if (group.has(name)) {
        return group.optimizer;
      }
    }
    return this;
  }

  /**
   * Name and options, for a model's file.
   *
   * @return as {"name": "adam", "beta1": 0.9, ..., "learningRate": {...}, "weightDecay": 0.0, ...}
   */
  public Map<String, Object> describe() {
    return OptimizerDescription.of(this);
  }

  /**
   * The optimizer that a description is of.
   *
   * @param description as {@link #describe} gave it, numbers being of any kind
   * @return an equal optimizer
   * @throws IllegalArgumentException if there is no such rule, or an option is missing, unknown or wrong
   */
  public static Optimizer described(Map<?, ?> description) {
    return OptimizerDescription.read(description);
  }
}
