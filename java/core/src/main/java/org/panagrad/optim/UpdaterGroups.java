package org.panagrad.optim;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/** The groups of an {@link Updater}'s optimizer, and what their options make of a step. The first, 0, is itself. */
final class UpdaterGroups {
  private final Optimizer optimizer;
  private final List<Optimizer> groups = new ArrayList<>();
  private final List<RuleMemory> memories = new ArrayList<>();

  UpdaterGroups(Optimizer optimizer) {
    this.optimizer = optimizer;
    groups.add(optimizer);
    optimizer.groups().forEach(group -> groups.add(group.optimizer()));
    groups.forEach(_ -> memories.add(new RuleMemory()));
  }

  /** A plan without tensors. */
  UpdatePlan plan(Compute compute) {
    UpdateRule[] rules = new UpdateRule[groups.size()];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = groups.get(i).rule().kernel();
    }
    return new UpdatePlan(compute, rules);
  }

  /** The group that a parameter of this name is in. */
  int of(String name) {
    return groups.lastIndexOf(optimizer.of(name));
  }

  Optimizer get(int group) {
    return groups.get(group);
  }

  /** Sets what a step needs, whatever comes before its rules. */
  void prepare(UpdatePlan plan, long step, double rateFactor, double scale, boolean clear) {
    for (int i = 0; i < groups.size(); i++) {
      Optimizer group = groups.get(i);
      Update update = plan.update(i);
      double rate = rate(i, step, rateFactor);
      group.rule().prepare(update, rate, step, memories.get(i));
      update.gradientScale((float) (group.maximize() ? -scale : scale)).clipValue((float) group.clipValue())
          .penalties((float) group.l1(), (float) group.weightDecay())
          .shrink((float) (1 - rate * group.decoupledWeightDecay()))
          .average((float) group.averageDecay(), (float) (1 - group.averageDecay())).clearGradient(clear);
    }
  }

  double rate(int group, long step, double factor) {
    return groups.get(group).learningRate().rate(step) * factor;
  }

  /** Multiplies the gradient by a factor more. */
  void clip(UpdatePlan plan, double scale, double factor) {
    for (int i = 0; i < groups.size() && factor != 1; i++) {
      plan.update(i).gradientScale((float) ((groups.get(i).maximize() ? -scale : scale) * factor));
    }
  }

  /** A pass that writes nothing but the gradients' squares. */
  void readGradients(UpdatePlan plan) {
    for (int i = 0; i < groups.size(); i++) {
      plan.update(i).rule(UpdateRule.GRADIENT_SQUARES);
    }
    plan.run(true);
  }

  /** A pass that writes nothing but the sums that some rules want to know. */
  void readForRules(UpdatePlan plan) {
    for (int i = 0; i < groups.size(); i++) {
      UpdateRule reading = groups.get(i).rule().reading();
      plan.update(i).rule(reading != null ? reading : UpdateRule.GRADIENT_SQUARES);
    }
    plan.run(true);
  }

  /** Whether some rule wants to know sums. */
  boolean readBefore() {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).rule().reading() != null) {
        return true;
      }
    }
    return false;
  }

  /** The next pass is the rules'. */
  void rules(UpdatePlan plan) {
    for (int i = 0; i < groups.size(); i++) {
      plan.update(i).rule(groups.get(i).rule().kernel());
    }
  }
}
