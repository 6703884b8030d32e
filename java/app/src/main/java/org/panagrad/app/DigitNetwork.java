package org.panagrad.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.panagrad.io.DataException;
import org.panagrad.kernel.Compute;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

/** The convolutional network that tells digits apart. */
final class DigitNetwork {
  static final int SIDE = 28, CLASSES = 10;
  static final List<String> DESCRIPTION = List.of(
      "28x28x1 -> Conv2D 32@3x3 relu -> MaxPool 2 -> Conv2D 64@3x3 relu",
      "-> MaxPool 2 -> Conv2D 64@3x3 relu -> Flatten -> Dense 64 relu -> Dense 10");

  private DigitNetwork() {
  }

  static Sequential create() {
    return Sequential.of(Input.image(SIDE, SIDE, 1), //
        Conv2D.of(32, 3).relu(), MaxPool2D.of(2), //
        Conv2D.of(64, 3).relu(), MaxPool2D.of(2), //
        Conv2D.of(64, 3).relu(), Flatten.of(), //
        Dense.of(64).relu(), Dense.of(CLASSES));
  }

  /** A model that takes pictures of digits and gives ten probabilities, whatever its layers; to be closed. */
  static Model load(Path file, Compute compute) throws IOException {
    Model model = Sequential.load(file, compute, Sgd.of(1)); // the optimizer is never used
    List<Long> input = model.inputShape().sizes();
    boolean classifier = model.metricNames().contains("accuracy");
    if (input.equals(List.of((long) SIDE, (long) SIDE, 1L)) && model.outputCount() == CLASSES && classifier) {
      return model;
    }
    model.close();
    throw new DataException(file, "this model takes " + input + " and gives " + model.outputCount()
        + (classifier ? " classes" : " numbers") + "; needed is one from [28, 28, 1] to 10 classes");
  }
}
