package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Storage;
import org.panagrad.kernel.Workers;

/**
 * A network: values, operations in the order they were added, and parameters. Once built, it gets memory for its
 * parameters, then a plan for the greatest batch; after that a step is a straight list of kernel calls.
 */
public final class Graph implements AutoCloseable {
  /** Parameters begin at cache lines. */
  private static final long LINE_FLOATS = 16;

  private static final long PART = 16 * Kernels.BLOCK;

  private final Storage storage;
  private final Supplier<Memory> memory;
  private final Memory parameterMemory;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Shared> shared = new ArrayList<>();
  private final List<Step> building = new ArrayList<>();
  private final Pass pass = new Pass();
  private final Workers.Task addShared = this::addShared;
  private Step next = new Step();
  private List<Value> values = List.of();
  private Op[] ops = {}, backwardOps = {};
  private Memory planMemory;
  private MemorySegment parameterData = MemorySegment.NULL, gradientData = MemorySegment.NULL;
  private MemorySegment[] staging = {};
  private @Nullable Compute compute;
  private @Nullable Shared adding;
  private long parameterFloats, trainingPasses;
  private int plannedBatch;

  /** An operation, and the values that were made for it. */
  private static final class Step {
    private final List<Value> outputs = new ArrayList<>();
    private @Nullable Op op;
  }

  /** A parameter that another operation uses too: its gradient is added to the first one's. */
  private record Shared(Parameter first, Parameter other) {
  }

  /** A graph for a processor, with nothing in it. */
  public Graph() {
    this(Storage.HERE);
  }

  /**
   * A graph with nothing in it, whose memory is there until it is closed.
   *
   * @param storage of the kernels that it will be computed with
   */
  public Graph(Storage storage) {
    this(storage, () -> new Memory(storage));
  }

  private Graph(Storage storage, Supplier<Memory> memory) {
    this.storage = storage;
    this.memory = memory;
    parameterMemory = memory.get();
    planMemory = memory.get();
  }

  /**
   * A graph that nobody closes, as that of a loss inside a call: its memory goes with it, on a GPU with the
   * session, or by {@link #close}.
   *
   * @param storage of the kernels that it will be computed with
   * @return with nothing in it
   */
  public static Graph collected(Storage storage) {
    return new Graph(storage, () -> Memory.collected(storage));
  }

  // building

  /**
   * A value that comes from outside, batch by batch.
   *
   * @param shape         of a sample
   * @param isInt         whether its elements are ints
   * @param needsGradient whether the gradient of the loss with respect to it is wanted
   * @return the input
   * @throws IllegalArgumentException if the gradient of ints is wanted
   * @throws IllegalStateException    if an operation was added already
   */
  public Value input(Shape shape, boolean isInt, boolean needsGradient) {
    if (isInt && needsGradient) {
      throw new IllegalArgumentException("there is no gradient with respect to whole numbers");
    }
    return input(Value.of(shape, isInt, needsGradient));
  }

  /**
   * A value that comes from outside and stands once for the batch.
   *
   * @param shape         of it
   * @param needsGradient whether the gradient of the loss with respect to it is wanted
   * @return the input
   * @throws IllegalStateException if an operation was added already
   */
  public Value unbatchedInput(Shape shape, boolean needsGradient) {
    return input(Value.unbatched(shape, needsGradient));
  }

  private Value input(Value input) {
    if (!building.isEmpty()) {
      throw new IllegalStateException("inputs come before operations");
    }
    inputs.add(input);
    return input;
  }

  /**
   * Numbers that stay what they are, once for the batch.
   *
   * @param numbers at least one
   * @return the value
   */
  public Value constant(float... numbers) {
    Value constant = Value.unbatched(Shape.of(numbers.length), false);
    MemorySegment data = parameterMemory.floats(numbers.length);
    Memory.copy(numbers, data, numbers.length);
    storage.upload(data);
    constant.feed(data);
    return constant;
  }

  /**
   * A value that the operation which is added next computes.
   *
   * @param shape         of a sample
   * @param needsGradient whether anything that it is computed from does
   * @return the value
   */
  public Value value(Shape shape, boolean needsGradient) {
    return output(Value.of(shape, false, needsGradient));
  }

  /**
   * A value that stands once for the batch, and that the operation which is added next computes.
   *
   * @param shape         of it
   * @param needsGradient whether anything that it is computed from does
   * @return the value
   */
  public Value unbatched(Shape shape, boolean needsGradient) {
    return output(Value.unbatched(shape, needsGradient));
  }

  private Value output(Value value) {
    next.outputs.add(value);
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
    return of.view(shape);
  }

  /**
   * A value for one more reader: every operation and every loss that reads a value gets its own, so that several may
   * read the same.
   *
   * @param of the value
   * @return the same data, with a gradient of its own
   */
  public Value read(Value of) {
    return of.read();
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
   * A parameter for one more operation, whose gradient is added to those of the others.
   *
   * @param parameter of this graph
   * @return the same data
   */
  public Parameter share(Parameter parameter) {
    Parameter other = parameter.share();
    shared.add(new Shared(parameter, other));
    return other;
  }

  /**
   * Appends an operation.
   *
   * @param op its inputs come from earlier ones, its outputs are the values made since the last one
   */
  public void add(Op op) {
    next.op = op;
    building.add(next);
    next = new Step();
  }

  /**
   * Ends the building: parameters get memory and initial values.
   *
   * @param seed of the initial values
   */
  public void build(long seed) {
    pass.seed(seed);
    placeParameters(seed);
    for (Shared share : shared) {
      MemorySegment own = share.first.trained()
          ? parameterMemory.floats(share.first.shape().elements())
          : share.first.gradient();
      share.other.attach(share.first.data(), own);
    }
    List<Value> made = new ArrayList<>();
    List<Op> forward = new ArrayList<>(), backward = new ArrayList<>();
    inputs.forEach(input -> join(input, backward));
    for (Step step : building) {
      made.addAll(step.outputs);
      forward.add(step.op);
      if (step.outputs.stream().anyMatch(Value::needsGradient)) {
        backward.add(step.op);
      }
      step.outputs.forEach(output -> join(output, backward));
    }
    values = made;
    ops = forward.toArray(Op[]::new);
    backwardOps = backward.reversed().toArray(Op[]::new);
  }

  /** One reader writes the gradient where it is; else the readers' are added up before they are used. */
  private static void join(Value value, List<Op> backward) {
    if (value.needsGradient() && value.readers().size() != 1) {
      backward.add(new JoinOp(value));
    }
  }

  private void placeParameters(long seed) {
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
    storage.upload(parameterData);
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
    this.compute = compute;
    plannedBatch = 0;
    planMemory.close();
    planMemory = memory.get();
    staging = new MemorySegment[inputs.size()];
    for (int i = 0; i < staging.length; i++) {
      staging[i] = planMemory.floats(inputs.get(i).elements(batch));
      inputs.get(i).planGradients(planMemory, batch);
    }
    for (Value value : values) {
      value.planData(planMemory, batch);
      value.planGradients(planMemory, batch);
    }
    for (Op op : ops) {
      op.plan(compute, planMemory, batch);
    }
    for (Op op : backwardOps) {
      if (op instanceof JoinOp) {
        op.plan(compute, planMemory, batch);
      }
    }
    plannedBatch = batch;
  }

  /**
   * The inputs.
   *
   * @return in the order in which they were made
   */
  public List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /**
   * Room for a batch of an input, for callers that have none of their own. What is written there is to be uploaded
   * before it is fed.
   *
   * @param input which
   * @return planned batch x elements floats or ints, of what is not batched the elements alone
   */
  public MemorySegment staging(int input) {
    return staging[input];
  }

  /**
   * Says where the samples of an input lie, until something else is said.
   *
   * @param input which
   * @param batch as many floats or ints as {@link #staging} has room for, or fewer samples; the operations read them
   *              where they lie
   */
  public void feed(int input, MemorySegment batch) {
    inputs.get(input).feed(batch);
  }

  /**
   * Computes all values.
   *
   * @param batch    samples, at most those planned
   * @param training whether they are trained on
   */
  public void forward(int batch, boolean training) {
    requireOpen();
    pass.set(batch, training, training ? ++trainingPasses : trainingPasses);
    for (Op op : ops) {
      op.forward(pass);
    }
  }

  /**
   * Computes the gradients of all parameters, and the inputs' where they are wanted, from those of the last readers.
   */
  public void backward() {
    for (Op op : backwardOps) {
      op.backward(pass);
    }
    for (int i = 0; i < shared.size(); i++) {
      Shared share = shared.get(i);
      if (share.first.trained()) {
        adding = share;
        compute.run(addShared, Panels.count(share.first.shape().elements(), compute.part(PART)));
      }
    }
  }

  private void addShared(long part, int worker) {
    long n = adding.first.shape().elements(), size = compute.part(PART), from = part * size;
    compute.kernels().accumulate(adding.other.gradient(), adding.first.gradient(), 1, from, Math.min(n, from + size));
  }

  /**
   * Training passes so far: what is random depends on it.
   *
   * @return their number
   */
  public long trainingPasses() {
    return trainingPasses;
  }

  /**
   * Goes on as after so many training passes.
   *
   * @param passes of a checkpoint
   */
  public void resume(long passes) {
    trainingPasses = passes;
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
    try {
      planMemory.close();
    } finally {
      parameterMemory.close();
    }
  }
}
