package org.panagrad.app;

import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** The optimizers of the command line, each with a rate that trains the digits well. */
enum OptimizerChoice {
  SGD(0.1, "SGD"), MOMENTUM(0.02, "SGD with momentum 0.9"), RMSPROP(1e-3, "RMSProp"), ADAM(1e-3, "Adam");

  private final double defaultRate;
  private final String title;

  OptimizerChoice(double defaultRate, String title) {
    this.defaultRate = defaultRate;
    this.title = title;
  }

  double defaultRate() {
    return defaultRate;
  }

  String title() {
    return title;
  }

  Optimizer create(double rate) {
    return switch (this) {
      case SGD -> Sgd.of(rate);
      case MOMENTUM -> Sgd.momentum(rate, 0.9);
      case RMSPROP -> RmsProp.of(rate);
      case ADAM -> Adam.of(rate);
    };
  }
}
