package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The operators beneath PyTorch's {@code fused=True}, which C++ has no class for; the states are the caller's. */
final class Fused implements Peer {
  private final String rule;
  private final OptimizerOptions options;
  private final Tensor parameter;
  private final Map<String, Tensor> states = new LinkedHashMap<>();
  private float step;

  Fused(String rule, OptimizerOptions options, Tensor parameter) {
    this.rule = rule;
    this.options = options;
    this.parameter = parameter;
    switch (rule) {
      case "sgd" -> state("momentum_buffer", options.has("momentum"), 0);
      case "adagrad" -> state("sum", true, options.number("initial_accumulator_value", 0));
      default -> {
        state("exp_avg", true, 0);
        state("exp_avg_sq", true, 0);
        state("max_exp_avg_sq", options.flag("amsgrad"), 0);
      }
    }
  }

  static boolean has(String rule) {
    return !rule.equals("rmsprop");
  }

  private void state(String name, boolean used, double initial) {
    if (used) {
      states.put(name, torch.zeros_like(parameter).fill_(new Scalar(initial)));
    }
  }

  @Override
  public String name() {
    return "aten::_fused_" + rule + "_";
  }

  @Override
  public void step() {
    step++;
    List<IValue> arguments = new ArrayList<>(List.of(list(parameter), list(parameter.grad())));
    states.values().forEach(state -> arguments.add(list(state)));
    switch (rule) {
      case "sgd" -> {
        if (states.isEmpty()) {
          arguments.add(list());
        }
        add(arguments, number("weight_decay", 0), number("momentum", 0), number("lr", 0), number("dampening", 0),
            options.flag("nesterov"), options.flag("maximize"), step == 1);
      }
      case "adagrad" -> add(arguments, steps(), number("lr", 0), number("lr_decay", 0), number("weight_decay", 0),
          number("eps", 1e-10), options.flag("maximize"));
      default -> {
        if (!options.flag("amsgrad")) {
          arguments.add(list());
        }
        add(arguments, steps(), number("lr", 0), number("beta1", 0.9), number("beta2", 0.999),
            number("weight_decay", rule.equals("adamw") ? 0.01 : 0), number("eps", 1e-8), options.flag("amsgrad"),
            options.flag("maximize"));
      }
    }
    add(arguments, new IValue(), new IValue()); // neither a scale of the gradient nor a flag of infinity
    try (IValueVector stack = new IValueVector(arguments.toArray(IValue[]::new))) {
      Dispatcher.singleton().findSchemaOrThrow(name(), "").callBoxed(stack);
    }
  }

  private static void add(List<IValue> arguments, Object... more) {
    for (Object x : more) {
      arguments.add(switch (x) {
        case Boolean flag -> new IValue((boolean) flag);
        case Double number -> new IValue((double) number);
        default -> (IValue) x;
      });
    }
  }

  private double number(String name, double absent) {
    return options.number(name, absent);
  }

  private IValue steps() {
    return list(AbstractTensor.create(step));
  }

  private static IValue list(Tensor... tensors) {
    GenericList list = new GenericList(ListType.ofTensors().containedType(0));
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  @Override
  public Map<String, Tensor> states() {
    return states;
  }
}
