package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;
import org.panagrad.train.Networks;
import org.panagrad.train.Networks.Samples;

/** Outputs, losses and gradients of whole networks against a double reference and its finite differences. */
class NetworkGradientTest {
  /** Relative rounding of a float. */
  private static final double U = 0x1p-24;
  /**
   * The longest chain of roundings: a sum of some hundred terms (one for each tile position of a weight's gradient) in
   * each of up to ten passes forward and backward. Roundings are of random sign, so that errors grow with the root of
   * their number; four times that, relative to the greatest element of the tensor, leaves room for unlucky seeds.
   */
  private static final double TOLERANCE = 4 * Math.sqrt(10 * 200) * U;
  /** Central differences: their error is H^2 times the third derivative (some units) plus 2^-53 / H: below 1e-9. */
  private static final double H = 1e-5, DIFFERENCE_ERROR = 1e-9;
  /** A step of H moves no value further than this, and rounding neither, so that no relu or maximum switches. */
  private static final double MARGIN = 2e-4;

  private record Case(String name, Sequential network, int batch, boolean classifier) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("mlp", Sequential.of(Input.features(11), Dense.of(7).relu(), Dense.of(5).relu(), Dense.of(3)), 9,
        true));
    cases.add(new Case("linear regression", Sequential.of(Input.features(6), Dense.of(1)), 10, false));
    cases.add(new Case("regression", Sequential.of(Input.image(5, 4, 1), Conv2D.of(3, 2).relu(), Flatten.of(),
        Dense.of(1)), 6, false));
    cases.add(new Case("stride, padding, odd channels", Sequential.of(Input.image(7, 6, 3),
        Conv2D.of(5, 3).stride(2).padding(1).relu(), Flatten.of(), Dense.of(4)), 3, true));
    cases.add(new Case("two convolutions with padding", Sequential.of(Input.image(5, 6, 2),
        Conv2D.of(3, 3).padding(2).relu(), Conv2D.of(5, 2).stride(3).padding(1), Flatten.of(), Dense.of(3)), 3, true));
    cases.add(new Case("overlapping windows", Sequential.of(Input.image(8, 7, 2), Conv2D.of(3, 2).relu(),
        MaxPool2D.of(3).stride(2), Conv2D.of(4, 2), Flatten.of(), Dense.of(5).relu(), Dense.of(3)), 3, true));
    cases.add(
        new Case("windows with gaps", Sequential.of(Input.image(9, 8, 1), Conv2D.of(3, 1), MaxPool2D.of(2).stride(3),
            Flatten.of(), Dense.of(2)), 3, true));
    cases.add(new Case("pooling first, one window at last", Sequential.of(Input.image(6, 6, 3), MaxPool2D.of(2),
        Conv2D.of(17, 3), Flatten.of(), Dense.of(2)), 3, true));
    cases.add(new Case("several tiles", Sequential.of(Input.image(24, 24, 1), Conv2D.of(1, 9),
        new MaxPool2D(8, 8), Conv2D.of(2, 2), Flatten.of(), Dense.of(2)), 9, true));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithDifferences(Case test) {
    for (Product.Choice product : List.of(Product.Choice.BUILTIN, Product.Choice.OPENBLAS)) {
      if (product != Product.Choice.OPENBLAS || Product.missing() == null) {
        check(test, product);
      }
    }
  }

  private static void check(Case test, Product.Choice product) {
    Loss loss = test.classifier ? Losses.softmaxCrossEntropy() : Losses.meanSquaredError();
    for (long seed = 0;; seed++) {
      try (Compute compute = Compute.of(Backend.AUTO, product, 2);
          Model model = test.network.seed(seed).on(compute).compile(Sgd.of(1), loss)) {
        Samples data = data(test, model, seed);
        // biases other than 0
        for (Parameter parameter : model.parameters()) {
          for (long i = 0; i < parameter.shape().elements() && parameter.name().endsWith("bias"); i++) {
            parameter.data().setAtIndex(JAVA_FLOAT, i, 0.1f * (i % 5 - 2.3f));
          }
        }
        ReferenceNetwork reference = new ReferenceNetwork(test.network, model.parameters());
        double expected = loss(test, reference, data);
        assertTrue(seed < 10_000, "no seed keeps away from the kinks");
        if (reference.margin < MARGIN) {
          continue;
        }
        String where = test + ", " + product + ", seed " + seed;
        Batch batch = new Batches(data, test.batch).load(0);
        model.forward(batch);
        double[] outputs = new double[(int) (test.batch * model.outputCount())],
            wanted = outputs(test, reference, data);
        Arrays.setAll(outputs, i -> model.outputs().getAtIndex(JAVA_FLOAT, i));
        compare(where + ", outputs", wanted, outputs, 0);
        compare(where + ", loss", new double[]{expected}, new double[]{model.loss(batch)}, 0);
        model.backward();
        for (int p = 0; p < model.parameters().size(); p++) {
          Parameter parameter = model.parameters().get(p);
          compare(where + ", " + parameter.name(), differences(test, reference, data, p),
              ReferenceNetwork.disk(parameter, parameter.gradient()), DIFFERENCE_ERROR);
        }
        return;
      }
    }
  }

  private static Samples data(Case test, Model model, long seed) {
    int features = (int) test.network.inputShape().elements();
    Samples data = Networks.random(test.batch, features, (int) model.outputCount(), seed);
    if (test.classifier) {
      return data;
    }
    for (int i = 0; i < test.batch; i++) {
      data.labels()[i] = Float.floatToRawIntBits(i % 3 - 0.7f);
    }
    return new Samples(data.rows(), data.labels(), List.of(data.columns().getFirst(), Column.numbers("target", 1)));
  }

  private static void compare(String what, double[] expected, double[] actual, double absolute) {
    double greatest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], TOLERANCE * greatest + absolute, what + "[" + i + "]");
    }
  }

  private static double[] outputs(Case test, ReferenceNetwork reference, Samples data) {
    return Arrays.stream(data.rows()).flatMapToDouble(row -> Arrays.stream(reference.outputs(row))).toArray();
  }

  /** The mean over the batch, from the formulas; leaves the least margin. */
  private static double loss(Case test, ReferenceNetwork reference, Samples data) {
    double sum = 0, margin = Double.POSITIVE_INFINITY;
    for (int i = 0; i < test.batch; i++) {
      double[] y = reference.outputs(data.rows()[i]);
      margin = Math.min(margin, reference.margin);
      sum += test.classifier
          ? Math.log(Arrays.stream(y).map(Math::exp).sum()) - y[data.labels()[i]]
          : Math.pow(y[0] - Float.intBitsToFloat(data.labels()[i]), 2);
    }
    reference.margin = margin;
    return sum / test.batch;
  }

  private static double[] differences(Case test, ReferenceNetwork reference, Samples data, int parameter) {
    double[] values = reference.parameters.get(parameter), gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      values[i] = value + H;
      double above = loss(test, reference, data);
      values[i] = value - H;
      gradient[i] = (above - loss(test, reference, data)) / (2 * H);
      values[i] = value;
    }
    return gradient;
  }
}
