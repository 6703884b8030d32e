package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.panagrad.optim.GoldenInputs;

/** Trajectories of libtorch's optimizers in double: see bench/README.md. */
final class GoldenOptimizers {
  private static final Set<Integer> RECORDED = Set.of(1, 2, 10, 100, 1000);
  private static final int STEPS = 1000;
  /** Between the two ways of libtorch, whose operations come in another order. */
  private static final double TOLERANCE = 1e-11;

  private GoldenOptimizers() {
  }

  /** As they stand in the file. */
  static List<Object> cases() {
    return List.of(
        of("sgd"),
        of("sgd", "momentum", 0.9),
        of("sgd", "momentum", 0.9, "dampening", 0.3, "weight_decay", 0.1),
        of("sgd", "momentum", 0.9, "nesterov", true, "weight_decay", 0.1),
        of("sgd", "momentum", 0.9, "maximize", true),
        of("sgd", "momentum", 0.9, "clip_grad_value", 0.05),
        of("adagrad"),
        of("adagrad", "lr_decay", 0.01, "initial_accumulator_value", 0.1, "eps", 0.1, "weight_decay", 0.1),
        of("rmsprop"),
        of("rmsprop", "alpha", 0.95, "momentum", 0.5, "weight_decay", 0.1),
        of("rmsprop", "alpha", 0.95, "eps", 1e-3, "centered", true),
        of("rmsprop", "alpha", 0.95, "momentum", 0.5, "centered", true),
        of("adam"),
        of("adam", "weight_decay", 0.1),
        of("adam", "beta1", 0.8, "beta2", 0.99, "eps", 1e-3, "amsgrad", true),
        of("adam", "weight_decay", 0.1, "maximize", true),
        of("adam", "clip_grad_norm", 0.5),
        of("adamw"),
        of("adamw", "beta2", 0.99, "weight_decay", 0.1, "amsgrad", true));
  }

  private static Object of(String optimizer, Object... namesAndValues) {
    OptimizerOptions options = OptimizerOptions.of(namesAndValues);
    List<Map<String, Object>> runs = new ArrayList<>();
    List<Object> by = new ArrayList<>();
    if (!options.flag("maximize")) { // only the operators can
      runs.add(run(optimizer, options, false, by));
    }
    if (Fused.has(optimizer)) {
      runs.add(run(optimizer, options, true, by));
    }
    requireSame(runs.getFirst(), runs.getLast(), optimizer + options.map());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("optimizer", optimizer);
    json.put("options", options.map());
    json.put("by", by);
    json.putAll(runs.getFirst());
    return json;
  }

  private static Map<String, Object> run(String optimizer, OptimizerOptions options, boolean fused, List<Object> by) {
    try (PointerScope _ = new PointerScope()) {
      Tensor parameter = tensor(GoldenInputs.start());
      Peer peer = fused ? new Fused(optimizer, options, parameter) : TorchOptim.of(optimizer, options, parameter);
      by.add(peer.name());
      Map<String, Object> parameters = new LinkedHashMap<>(), states = new LinkedHashMap<>();
      double norm = 0;
      for (int step = 1; step <= STEPS; step++) {
        parameter.mutable_grad().put(tensor(GoldenInputs.gradient(step)));
        norm = clip(options, new TensorVector(parameter));
        peer.step();
        if (RECORDED.contains(step)) {
          parameters.put(String.valueOf(step), read(parameter));
        }
      }
      peer.states().forEach((name, state) -> states.put(name, read(state)));
      Map<String, Object> run = new LinkedHashMap<>(Map.of("parameters", parameters));
      run.put("states", states);
      if (options.has("clip_grad_norm")) {
        run.put("gradientNorm", norm);
      }
      return run;
    }
  }

  private static double clip(OptimizerOptions options, TensorVector parameters) {
    if (options.has("clip_grad_value")) {
      torch.clip_grad_value_(parameters, options.number("clip_grad_value"));
    }
    return options.has("clip_grad_norm") ? torch.clip_grad_norm_(parameters, options.number("clip_grad_norm")) : 0;
  }

  private static Tensor tensor(float[] floats) {
    double[] x = new double[floats.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = floats[i];
    }
    return new Values(x, x.length).tensor();
  }

  private static List<Double> read(Tensor tensor) {
    double[] x = new double[(int) tensor.numel()];
    new DoublePointer(tensor.data_ptr()).get(x);
    List<Double> list = new ArrayList<>(x.length);
    for (double one : x) {
      list.add(one);
    }
    return list;
  }

  private static void requireSame(Object x, Object y, String where) {
    if (x instanceof Map<?, ?> map) {
      if (!map.keySet().equals(((Map<?, ?>) y).keySet())) {
        throw new IllegalStateException(where + ": " + x + ", " + y);
      }
      map.forEach((name, value) -> requireSame(value, ((Map<?, ?>) y).get(name), where + " " + name));
    } else if (x instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        requireSame(list.get(i), ((List<?>) y).get(i), where + " " + i);
      }
    } else if (!(Math.abs((Double) x - (Double) y) <= TOLERANCE)) {
      throw new IllegalStateException(where + ": " + x + " by torch::optim, " + y + " fused");
    }
  }
}
