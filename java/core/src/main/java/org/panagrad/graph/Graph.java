package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;

/**
 * A network: values, operations in the order they were added, and parameters. Once built, it gets memory for its
 * parameters, then a plan for the greatest batch; after that a step is a straight list of kernel calls.
 */
public final class Graph implements AutoCloseable {
  /** Parameters begin at cache lines. */
  private static final long LINE_FLOATS = 16;

  private final Memory parameterMemory = new Memory();
  private final List<Value> values = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Op> building = new ArrayList<>();
  private Op[] ops = {};
  private Memory planMemory = new Memory();
  private MemorySegment parameterData = MemorySegment.NULL, gradientData = MemorySegment.NULL;
  private @Nullable Value input;
  private MemorySegment staging = MemorySegment.NULL;
  private long parameterFloats;
  private int plannedBatch;

  /** A graph with nothing in it. */
  public Graph() {
  }

  // building

  /**
   * The value that comes from outside, batch by batch.
   *
   * @param shape of a sample
   * @return the input
   * @throws IllegalStateException if there is one already
   */
  public Value input(Shape shape) {
    if (input != null) {
      throw new IllegalStateException("the graph has an input already");
    }
    input = new Value(shape, false, null);
    return input;
  }

  /**
   * A value that an operation computes.
   *
   * @param shape of a sample
   * @return the value
   */
  public Value value(Shape shape) {
    Value value = new Value(shape, true, null);
    values.add(value);
    return value;
  }

  /**
   * The same elements in another shape.
   *
   * @param of    the value
   * @param shape with as many elements
   * @return the view
   * @throws IllegalArgumentException if the numbers of elements differ
   */
  public Value view(Value of, Shape shape) {
    if (of.shape().elements() != shape.elements()) {
      throw new IllegalArgumentException(
          "a view of " + of.shape() + " as " + shape + ": the numbers of elements differ");
    }
    return new Value(shape, of.needsGradient(), of);
  }

  /**
   * A parameter.
   *
   * @param name        unique
   * @param shape       on disk
   * @param inside      as the kernels want it, of as many elements
   * @param layout      from disk order to the kernels'
   * @param initializer of its values
   * @param fanIn       inputs of a unit
   * @param fanOut      outputs of a unit
   * @return the parameter
   */
  public Parameter parameter(String name, Shape shape, Shape inside, Parameter.Layout layout,
      Parameter.Initializer initializer, long fanIn, long fanOut) {
    for (Parameter other : parameters) {
      if (other.name().equals(name)) {
        throw new IllegalArgumentException("the parameter " + name + " is there already");
      }
    }
    Parameter parameter = new Parameter(name, shape, inside, layout, initializer, fanIn, fanOut);
    parameters.add(parameter);
    return parameter;
  }

  /**
   * Appends an operation.
   *
   * @param op its inputs come from earlier ones
   */
  public void add(Op op) {
    building.add(op);
  }

  /**
   * Ends the building: parameters get memory and initial values.
   *
   * @param seed of the initial values
   */
  public void build(long seed) {
    Map<Parameter, Long> offsets = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      offsets.put(parameter, parameterFloats);
      parameterFloats += (parameter.shape().elements() + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    }
    parameterData = parameterMemory.floats(parameterFloats);
    gradientData = parameterMemory.floats(parameterFloats);
    long stream = 0;
    for (var entry : offsets.entrySet()) {
      Parameter parameter = entry.getKey();
      long from = 4 * entry.getValue(), size = 4 * parameter.shape().elements();
      parameter.attach(parameterData.asSlice(from, size), gradientData.asSlice(from, size));
      parameter.initialize(seed, stream++);
    }
    ops = building.toArray(Op[]::new);
  }

  // running

  /**
   * Makes sure that there is memory for a batch. Grows only; the values of an earlier plan are lost then.
   *
   * @param compute what to compute with
   * @param batch   samples
   */
  public void plan(Compute compute, int batch) {
    requireOpen();
    if (batch <= plannedBatch) {
      return;
    }
    plannedBatch = 0;
    planMemory.close();
    planMemory = new Memory();
    staging = planMemory.floats(batch * input().shape().elements());
    for (Value value : values) {
      value.plan(planMemory, batch);
    }
    for (Op op : ops) {
      op.plan(compute, planMemory, batch);
    }
    plannedBatch = batch;
  }

  private Value input() {
    if (input == null) {
      throw new IllegalStateException("the graph has no input");
    }
    return input;
  }

  /**
   * Room for a batch of inputs, for callers that have none of their own.
   *
   * @return planned batch x elements floats
   */
  public MemorySegment staging() {
    return staging;
  }

  /**
   * Computes all values.
   *
   * @param features batch x elements floats off the heap; the operations read them where they lie
   * @param batch    samples, at most those planned
   */
  public void forward(MemorySegment features, int batch) {
    requireOpen();
    input().feed(features);
    for (Op op : ops) {
      op.forward(batch);
    }
  }

  /**
   * Computes the gradients of all parameters from that of the last value.
   *
   * @param batch samples
   */
  public void backward(int batch) {
    for (int i = ops.length - 1; i >= 0; i--) {
      ops[i].backward(batch);
    }
  }

  /**
   * The parameters.
   *
   * @return in the order they were added
   */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /**
   * Trained numbers, without the padding between tensors.
   *
   * @return their count
   */
  public long parameterCount() {
    return parameters.stream().mapToLong(p -> p.shape().elements()).sum();
  }

  /**
   * All parameters, one after the other, with zeros between them.
   *
   * @return one array
   */
  public MemorySegment parameterData() {
    requireOpen();
    return parameterData;
  }

  /**
   * All gradients, laid out as the parameters.
   *
   * @return one array
   */
  public MemorySegment gradientData() {
    requireOpen();
    return gradientData;
  }

  /**
   * Floats of {@link #parameterData} and of each state of an optimizer.
   *
   * @return their count, padding included
   */
  public long parameterFloats() {
    return parameterFloats;
  }

  /**
   * Where a parameter lies in {@link #parameterData}.
   *
   * @param parameter of this graph
   * @return offset in bytes
   */
  public long offset(Parameter parameter) {
    return parameter.data().address() - parameterData.address();
  }

  /**
   * Fails once the graph is closed.
   *
   * @throws IllegalStateException if it is
   */
  public void requireOpen() {
    if (!parameterMemory.isAlive()) {
      throw new IllegalStateException("the model is closed: its memory is gone");
    }
  }

  /** Frees the memory. */
  @Override
  public void close() {
    planMemory.close();
    parameterMemory.close();
  }
}
