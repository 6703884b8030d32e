package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;

/** LSTM and GRU against PyTorch's formulas in double: outputs, and all gradients by finite differences of those. */
class RecurrentOpTest {
  /**
   * As of NetworkGradientTest: a chain of at most some thousand roundings of random sign, four times over, relative to
   * the greatest element of the tensor.
   */
  private static final double TOLERANCE = 4 * Math.sqrt(10 * 200) * 0x1p-24;
  /** Of central differences: H^2 times the third derivative of a sum of outputs, and 2^-53 / H times that sum. */
  private static final double H = 1e-5, DIFFERENCE_ERROR = 1e-8;

  static List<RecurrentCase> cases() {
    List<RecurrentCase> cases = new ArrayList<>();
    for (boolean gru : new boolean[]{false, true}) {
      cases.add(new RecurrentCase(gru, 3, 5, 3, 4, false, false, false, true, false));
      cases.add(new RecurrentCase(gru, 3, 5, 3, 4, false, false, false, false, true));
      cases.add(new RecurrentCase(gru, 3, 5, 3, 4, true, false, false, true, false));
      cases.add(new RecurrentCase(gru, 1, 6, 2, 3, false, false, true, true, true));
      cases.add(new RecurrentCase(gru, 1, 1, 1, 1, true, false, true, true, true));
      cases.add(new RecurrentCase(gru, 5, 4, 2, 3, false, true, false, true, false));
      cases.add(new RecurrentCase(gru, 5, 4, 2, 3, true, true, true, true, true));
      cases.add(new RecurrentCase(gru, 5, 4, 2, 3, false, true, true, false, true));
      cases.add(new RecurrentCase(gru, 66, 2, 2, 3, true, true, true, true, true)); // several groups
      cases.add(new RecurrentCase(gru, 2, 3, 2, 17, false, false, false, true, true));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheFormulas(RecurrentCase test) {
    double[][] differences = new double[RecurrentCase.INPUTS.length][];
    for (Product.Choice product : List.of(Product.Choice.BUILTIN, Product.Choice.OPENBLAS)) {
      if (product == Product.Choice.BUILTIN || Product.missing() == null) {
        check(test, product, differences);
      }
    }
  }

  /** The differences are computed by the first one who needs them. */
  private static void check(RecurrentCase test, Product.Choice product, double[][] differences) {
    try (Compute compute = Compute.of(Backend.AUTO, product, 2);
        RecurrentNetwork network = new RecurrentNetwork(test, compute, test.batch())) {
      ReferenceRecurrence reference = new ReferenceRecurrence(test);
      Arrays.setAll(reference.in, network::input);
      reference.run();
      network.step(test.batch());
      String where = test + ", " + product + ", ";
      List<Value> outputs = network.outputs();
      List<double[]> wanted = wanted(test, reference), weights = new ArrayList<>();
      for (int k = 0; k < outputs.size(); k++) {
        int n = wanted.get(k).length;
        compare(where + "output " + k, wanted.get(k), RecurrentNetwork.doubles(outputs.get(k).data(), n), 0);
        weights.add(RecurrentNetwork.doubles(outputs.get(k).gradient(), n));
      }
      for (int k = 0; k < reference.in.length; k++) {
        if (test.has(k)) {
          differences[k] = differences[k] == null ? differences(test, reference, weights, k) : differences[k];
          compare(where + RecurrentCase.INPUTS[k], differences[k], network.gradient(k), DIFFERENCE_ERROR);
        }
      }
    }
  }

  /** The outputs that the case asks for. */
  private static List<double[]> wanted(RecurrentCase test, ReferenceRecurrence reference) {
    List<double[]> wanted = new ArrayList<>();
    if (test.sequence()) {
      wanted.add(reference.out[0]);
    }
    if (test.last()) {
      wanted.add(reference.out[1]);
      if (!test.gru()) {
        wanted.add(reference.out[2]);
      }
    }
    return wanted;
  }

  private static double[] differences(RecurrentCase test, ReferenceRecurrence reference, List<double[]> weights,
      int input) {
    double[] values = reference.in[input], gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      values[i] = value + H;
      double above = weighted(test, reference, weights);
      values[i] = value - H;
      gradient[i] = (above - weighted(test, reference, weights)) / (2 * H);
      values[i] = value;
    }
    return gradient;
  }

  private static double weighted(RecurrentCase test, ReferenceRecurrence reference, List<double[]> weights) {
    reference.run();
    List<double[]> outputs = wanted(test, reference);
    double sum = 0;
    for (int k = 0; k < weights.size(); k++) {
      for (int i = 0; i < weights.get(k).length; i++) {
        sum += weights.get(k)[i] * outputs.get(k)[i];
      }
    }
    return sum;
  }

  private static void compare(String what, double[] expected, double[] actual, double absolute) {
    assertEquals(expected.length, actual.length, what);
    double greatest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertTrue(greatest > 1e-3, what + " vanishes");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], TOLERANCE * greatest + absolute, what + "[" + i + "]");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sameBitsOnAnyBackendAndThreads(boolean gru) {
    RecurrentCase test = new RecurrentCase(gru, 70, 4, 5, 19, true, true, true, true, true);
    float[][] expected = null;
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 3; threads++) {
        float[][] got = step(test, kernels, Product.Choice.BUILTIN, threads, 70);
        expected = expected == null ? got : expected;
        assertSame(expected, got, kernels.name() + " on " + threads + " threads");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sameBitsOnAnyThreadsWithOpenBlas(boolean gru) {
    RecurrentCase test = new RecurrentCase(gru, 70, 4, 5, 19, false, true, true, true, true);
    Kernels kernels = Backends.of(Backend.AUTO);
    float[][] expected = step(test, kernels, Product.Choice.AUTO, 1, 70);
    for (int threads = 2; threads <= 3; threads++) {
      assertSame(expected, step(test, kernels, Product.Choice.AUTO, threads, 70), threads + " threads");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sameBitsWhateverWasPlannedOrRanBefore(boolean gru) {
    RecurrentCase test = new RecurrentCase(gru, 35, 4, 2, 3, true, true, true, true, true);
    Kernels kernels = Backends.of(Backend.AUTO);
    assertSame(step(test, kernels, Product.Choice.BUILTIN, 1, 35), step(test, kernels, Product.Choice.BUILTIN, 1, 100),
        "planned for 100");
  }

  /** All outputs and gradients of a step, after one of the whole planned batch. */
  private static float[][] step(RecurrentCase test, Kernels kernels, Product.Choice product, int threads,
      int planned) {
    try (Compute compute = Compute.of(kernels, product, threads);
        RecurrentNetwork network = new RecurrentNetwork(test, compute, planned)) {
      network.step(planned);
      network.step(test.batch());
      List<float[]> all = new ArrayList<>();
      for (Value value : network.outputs()) {
        all.add(value.data().asSlice(0, 4 * test.batch() * value.shape().elements()).toArray(JAVA_FLOAT));
      }
      for (int k = 0; k < RecurrentCase.INPUTS.length; k++) {
        if (test.has(k)) {
          double[] gradient = network.gradient(k);
          float[] floats = new float[gradient.length];
          for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) gradient[i];
          }
          all.add(floats);
        }
      }
      return all.toArray(float[][]::new);
    }
  }

  private static void assertSame(float[][] expected, float[][] got, String where) {
    for (int k = 0; k < expected.length; k++) {
      assertArrayEquals(expected[k], got[k], where + ", array " + k);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsNothingBeyondALength(boolean gru) {
    RecurrentCase test = new RecurrentCase(gru, 5, 4, 2, 3, true, true, true, true, true);
    try (Compute compute = Compute.of(Backend.AUTO);
        RecurrentNetwork network = new RecurrentNetwork(test, compute, test.batch())) {
      network.step(test.batch());
      double[] weights = network.gradient(1);
      for (int sample = 0; sample < test.batch(); sample++) {
        for (int step = test.length(sample); step < test.steps(); step++) {
          for (int i = 0; i < test.features(); i++) {
            network.x.data().setAtIndex(JAVA_FLOAT, (sample * test.steps() + step) * test.features() + i, Float.NaN);
          }
          for (int i = 0; i < test.hidden(); i++) {
            network.sequence.gradient().setAtIndex(JAVA_FLOAT, (sample * test.steps() + step) * test.hidden() + i,
                Float.NaN);
          }
        }
      }
      network.step(test.batch());
      assertArrayEquals(weights, network.gradient(1));
    }
  }

  @Test
  void goesBackOnceForEachWayForward() {
    RecurrentCase test = new RecurrentCase(true, 2, 3, 2, 3, false, false, false, true, false);
    try (Compute compute = Compute.of(Backend.AUTO);
        RecurrentNetwork network = new RecurrentNetwork(test, compute, test.batch())) {
      network.step(test.batch());
      assertThrows(IllegalStateException.class, () -> network.graph.backward());
    }
  }

  @Test
  void refusesLengthsOutOfRange() {
    RecurrentCase test = new RecurrentCase(false, 5, 4, 2, 3, false, true, false, true, false);
    try (Compute compute = Compute.of(Backend.AUTO);
        RecurrentNetwork network = new RecurrentNetwork(test, compute, test.batch())) {
      for (int length : new int[]{-1, 5}) {
        network.lengths.data().setAtIndex(JAVA_INT, 3, length);
        String message = assertThrows(IllegalArgumentException.class, () -> network.step(test.batch())).getMessage();
        assertEquals("length " + length + " of sample 3: it must be from 0 to 4", message);
      }
    }
  }

  @Test
  void refusesShapesThatDoNotFit() {
    try (Graph graph = new Graph()) {
      Value x = graph.value(Shape.of(4, 3), true), flat = graph.value(Shape.of(12), true),
          state = graph.value(Shape.of(5), true);
      Value y = graph.value(Shape.of(4, 5), true), other = graph.value(Shape.of(3, 5), true);
      Recurrence.Weights lstm = LstmOp.weights(maker(graph, "lstm."), "", 3, 5, (_, _, _, _, _, _) -> {
      }), gru = GruOp.weights(maker(graph, "gru."), "", 3, 5, (_, _, _, _, _, _) -> {
      });
      assertEquals(Shape.of(20, 3), lstm.input().shape());
      assertEquals("gru.weight_hh", gru.recurrent().name());
      refused("no output", () -> new LstmOp(Recurrence.of(x, lstm)));
      refused("weight_ih has shape 3x15 inside: it must be 3x20",
          () -> new LstmOp(Recurrence.of(x, gru).sequence(y)));
      refused("weight_ih", () -> new GruOp(Recurrence.of(y, gru).sequence(y)));
      refused("x has shape 12", () -> new LstmOp(Recurrence.of(flat, lstm).sequence(y)));
      refused("sequence has shape 3x5: it must be 4x5", () -> new LstmOp(Recurrence.of(x, lstm).sequence(other)));
      refused("lengths has shape 5", () -> new LstmOp(Recurrence.of(x, lstm).sequence(y).lengths(state)));
      refused("initialHidden", () -> new LstmOp(Recurrence.of(x, lstm).sequence(y).initial(flat, null)));
      refused("initialCell", () -> new LstmOp(Recurrence.of(x, lstm).sequence(y).initial(state, flat)));
      refused("lastHidden", () -> new LstmOp(Recurrence.of(x, lstm).last(y, null)));
      refused("lastCell", () -> new LstmOp(Recurrence.of(x, lstm).last(state, y)));
      refused("no cell state", () -> new GruOp(Recurrence.of(x, gru).last(state, state)));
    }
  }

  private static void refused(String message, Runnable construction) {
    String said = assertThrows(IllegalArgumentException.class, construction::run).getMessage();
    assertTrue(said.contains(message), said);
  }

  private static Parameter.Maker maker(Graph graph, String prefix) {
    return (name, shape, inside, layout, initializer, in, out) -> graph.parameter(prefix + name, shape, inside, layout,
        initializer, in, out);
  }
}
