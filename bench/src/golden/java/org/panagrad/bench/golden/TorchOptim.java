package org.panagrad.bench.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Adagrad;
import org.bytedeco.pytorch.AdagradOptions;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** The optimizers of torch::optim. An option that is not given stays libtorch's default. */
record TorchOptim(Optimizer optimizer) implements Peer {

  static TorchOptim of(String name, OptimizerOptions given, Tensor parameter) {
    double rate = given.number("lr");
    TensorVector parameters = new TensorVector(parameter);
    return new TorchOptim(switch (name) {
      case "sgd" -> {
        SGDOptions o = new SGDOptions(rate);
        set(given, "momentum", o.momentum());
        set(given, "dampening", o.dampening());
        set(given, "weight_decay", o.weight_decay());
        o.nesterov().put(given.flag("nesterov"));
        yield new SGD(parameters, o);
      }
      case "adagrad" -> {
        AdagradOptions o = new AdagradOptions(rate);
        set(given, "lr_decay", o.lr_decay());
        set(given, "initial_accumulator_value", o.initial_accumulator_value());
        set(given, "weight_decay", o.weight_decay());
        set(given, "eps", o.eps());
        yield new Adagrad(parameters, o);
      }
      case "rmsprop" -> {
        RMSpropOptions o = new RMSpropOptions(rate);
        set(given, "alpha", o.alpha());
        set(given, "momentum", o.momentum());
        set(given, "weight_decay", o.weight_decay());
        set(given, "eps", o.eps());
        o.centered().put(given.flag("centered"));
        yield new RMSprop(parameters, o);
      }
      case "adam" -> {
        AdamOptions o = new AdamOptions(rate);
        setBetas(given, o.betas());
        set(given, "weight_decay", o.weight_decay());
        set(given, "eps", o.eps());
        o.amsgrad().put(given.flag("amsgrad"));
        yield new Adam(parameters, o);
      }
      case "adamw" -> {
        AdamWOptions o = new AdamWOptions(rate);
        setBetas(given, o.betas());
        set(given, "weight_decay", o.weight_decay());
        set(given, "eps", o.eps());
        o.amsgrad().put(given.flag("amsgrad"));
        yield new AdamW(parameters, o);
      }
      default -> throw new IllegalArgumentException(name);
    });
  }

  private static void set(OptimizerOptions given, String name, DoublePointer to) {
    to.put(given.number(name, to.get()));
  }

  /** A tuple of GCC's library lies in memory from its end. */
  private static void setBetas(OptimizerOptions given, DoublePointer to) {
    set(given, "beta2", to);
    set(given, "beta1", to.getPointer(1));
  }

  @Override
  public String name() {
    return "torch::optim::" + optimizer.getClass().getSimpleName();
  }

  @Override
  public void step() {
    optimizer.step();
  }

  /** They are in no method's reach, but in what the optimizer saves. */
  @Override
  public Map<String, Tensor> states() {
    Map<String, Tensor> states = new LinkedHashMap<>();
    InputArchive all = new InputArchive();
    saved().read("state", all);
    for (BytePointer address : all.keys().get()) {
      InputArchive ofTensor = new InputArchive();
      all.read(address.getString(), ofTensor);
      for (BytePointer name : ofTensor.keys().get()) {
        Tensor state = new Tensor();
        if (!name.getString().equals("step") && ofTensor.try_read(name.getString(), state, true) && state.defined()) {
          states.put(name.getString(), state);
        }
      }
    }
    return states;
  }

  private InputArchive saved() {
    try {
      Path file = Files.createTempFile("optimizer", ".pt");
      OutputArchive out = new OutputArchive();
      optimizer.save(out);
      out.save_to(file.toString());
      InputArchive in = new InputArchive();
      in.load_from(file.toString());
      Files.delete(file);
      return in;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
