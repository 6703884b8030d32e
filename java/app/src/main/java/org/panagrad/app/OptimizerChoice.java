package org.panagrad.app;

import org.panagrad.optim.AdaGrad;
import org.panagrad.optim.Adadelta;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Adamax;
import org.panagrad.optim.Lamb;
import org.panagrad.optim.Lion;
import org.panagrad.optim.NAdam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** The optimizers of the command line, each with a rate that trains the digits well. */
enum OptimizerChoice {
  SGD, MOMENTUM, NESTEROV, ADAGRAD, ADADELTA, RMSPROP, ADAM, ADAMW, AMSGRAD, ADAMAX, NADAM, LION, LAMB;

  double defaultRate() {
    return switch (this) {
      case SGD -> 0.1;
      case MOMENTUM, NESTEROV, ADAGRAD -> 0.02;
      case ADADELTA -> 1;
      case RMSPROP, ADAM, ADAMW, AMSGRAD, NADAM -> 1e-3;
      case ADAMAX -> 2e-3;
      case LION -> 1e-4;
      case LAMB -> 5e-3;
    };
  }

  String title() {
    return switch (this) {
      case SGD -> "SGD";
      case MOMENTUM -> "SGD with momentum 0.9";
      case NESTEROV -> "SGD with Nesterov's momentum 0.9";
      case ADAGRAD -> "AdaGrad";
      case ADADELTA -> "Adadelta";
      case RMSPROP -> "RMSProp";
      case ADAM -> "Adam";
      case ADAMW -> "AdamW, decay 0.01";
      case AMSGRAD -> "AMSGrad";
      case ADAMAX -> "Adamax";
      case NADAM -> "NAdam";
      case LION -> "Lion";
      case LAMB -> "LAMB";
    };
  }

  Optimizer create(double rate) {
    return switch (this) {
      case SGD -> Sgd.of(rate);
      case MOMENTUM -> Sgd.momentum(rate, 0.9);
      case NESTEROV -> Sgd.nesterov(rate, 0.9);
      case ADAGRAD -> AdaGrad.of(rate);
      case ADADELTA -> Adadelta.of(rate);
      case RMSPROP -> RmsProp.of(rate);
      case ADAM -> Adam.of(rate);
      case ADAMW -> Adam.adamW(rate);
      case AMSGRAD -> Adam.amsgrad(rate);
      case ADAMAX -> Adamax.of(rate);
      case NADAM -> NAdam.of(rate);
      case LION -> Lion.of(rate);
      case LAMB -> Lamb.of(rate);
    };
  }
}
