package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.panagrad.kernel.Compute;

/** A graph of one recurrent operation, whose inputs and gradients of outputs are random numbers. */
final class RecurrentNetwork implements AutoCloseable {
  private static final long SEED = 11;

  final Graph graph = new Graph();
  final Recurrence.Weights weights;
  final Value x, lengths, initialHidden, initialCell, sequence, lastHidden, lastCell;
  private final RecurrentCase test;

  /** Planned for more samples than the case has, if wanted. */
  RecurrentNetwork(RecurrentCase test, Compute compute, int planned) {
    this.test = test;
    x = graph.value(Shape.of(test.steps(), test.features()), true);
    weights = test.gru()
        ? GruOp.weights(this::named, "_l0", test.features(), test.hidden(), RecurrentNetwork::fill)
        : LstmOp.weights(this::named, "_l0", test.features(), test.hidden(), RecurrentNetwork::fill);
    Shape state = Shape.of(test.hidden());
    lengths = graph.value(Shape.of(1), false);
    initialHidden = graph.value(state, true);
    initialCell = graph.value(state, true);
    sequence = graph.value(Shape.of(test.steps(), test.hidden()), true);
    lastHidden = graph.value(state, true);
    lastCell = graph.value(state, true);
    Recurrence recurrence = Recurrence.of(x, weights);
    recurrence = test.reverse() ? recurrence.reverse() : recurrence;
    recurrence = test.lengths() ? recurrence.lengths(lengths) : recurrence;
    recurrence = test.initial() ? recurrence.initial(initialHidden, test.gru() ? null : initialCell) : recurrence;
    recurrence = test.sequence() ? recurrence.sequence(sequence) : recurrence;
    recurrence = test.last() ? recurrence.last(lastHidden, test.gru() ? null : lastCell) : recurrence;
    graph.add(test.gru() ? new GruOp(recurrence) : new LstmOp(recurrence));
    outputs().forEach(graph::read);
    graph.build(SEED);
    graph.plan(compute, planned);
    long stream = 100;
    for (Value value : List.of(x, initialHidden, initialCell)) {
      fill(value.data(), value.data().byteSize() / 4, 0, 0, SEED, stream++);
    }
    for (Value value : outputs()) {
      fill(value.gradient(), value.gradient().byteSize() / 4, 0, 0, SEED, stream++);
    }
    for (int i = 0; i < planned; i++) {
      lengths.data().setAtIndex(JAVA_INT, i, test.length(i));
    }
  }

  private Parameter named(String name, Shape shape, Shape inside, Parameter.Layout layout,
      Parameter.Initializer initializer, long fanIn, long fanOut) {
    return graph.parameter("layer." + name, shape, inside, layout, initializer, fanIn, fanOut);
  }

  /** The layer's initial values: not so small that a gate is nearly linear. */
  private static void fill(MemorySegment values, long n, long fanIn, long fanOut, long seed, long stream) {
    Random random = new Random(seed * 31 + stream);
    for (long i = 0; i < n; i++) {
      values.setAtIndex(JAVA_FLOAT, i, random.nextFloat(-0.8f, 0.8f));
    }
  }

  /** What the operation writes. */
  List<Value> outputs() {
    List<Value> outputs = new ArrayList<>();
    if (test.sequence()) {
      outputs.add(sequence);
    }
    if (test.last()) {
      outputs.add(lastHidden);
      if (!test.gru()) {
        outputs.add(lastCell);
      }
    }
    return outputs;
  }

  void step(int batch) {
    graph.forward(batch, true);
    graph.backward();
  }

  /** Input k of {@link ReferenceRecurrence}, in its order; 0 where there is none. */
  double[] input(int k) {
    return !test.has(k)
        ? new double[test.floats(k)]
        : k < 4 ? disk(parameter(k), parameter(k).data()) : doubles(value(k).data(), test.floats(k));
  }

  /** Its gradient. */
  double[] gradient(int k) {
    return k < 4 ? disk(parameter(k), parameter(k).gradient()) : doubles(value(k).gradient(), test.floats(k));
  }

  private Parameter parameter(int k) {
    return List.of(weights.input(), weights.recurrent(), weights.inputBias(), weights.recurrentBias()).get(k);
  }

  private Value value(int k) {
    return List.of(x, initialHidden, initialCell).get(k - 4);
  }

  private static double[] disk(Parameter parameter, MemorySegment inside) {
    int n = (int) parameter.shape().elements();
    MemorySegment disk = MemorySegment.ofArray(new float[n]);
    parameter.toDisk(inside, disk);
    return doubles(disk, n);
  }

  static double[] doubles(MemorySegment x, int n) {
    double[] values = new double[n];
    java.util.Arrays.setAll(values, i -> x.getAtIndex(JAVA_FLOAT, i));
    return values;
  }

  @Override
  public void close() {
    graph.close();
  }
}
