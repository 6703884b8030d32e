package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Memory;
import org.panagrad.kernel.Storage;

/** The parameters of an {@link Updater}, each with all that belongs to it; it owns their states. */
final class UpdaterTensors implements AutoCloseable {
  /** A parameter. */
  record Tensor(String name, int group, MemorySegment parameter, MemorySegment gradient, List<MemorySegment> states,
      @Nullable MemorySegment average, @Nullable Factors factors) {

    long elements() {
      return parameter.byteSize() / 4;
    }

    /** All that is saved of it. */
    List<MemorySegment> arrays() {
      List<MemorySegment> arrays = new ArrayList<>(states);
      if (average != null) {
        arrays.add(average);
      }
      return arrays;
    }

    /** Adds it to a plan, with its own gradient or another. */
    void addTo(UpdatePlan plan, MemorySegment by) {
      plan.add(group, parameter, by, states, average, factors);
    }
  }

  private final UpdaterGroups groups;
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Storage storage;
  private final Memory memory;

  UpdaterTensors(Storage storage, UpdaterGroups groups) {
    this.storage = storage;
    memory = new Memory(storage);
    this.groups = groups;
  }

  /** {@link Updater#add(String, MemorySegment, MemorySegment, long...)}. */
  Tensor add(String name, MemorySegment parameter, MemorySegment gradient, long... shape) {
    requireNew(name, parameter, gradient);
    requireShape(name, parameter.byteSize() / 4, shape);
    int group = groups.of(name);
    Optimizer optimizer = groups.get(group);
    Factors factors = Factors.of(optimizer.rule(), memory, shape);
    Tensor tensor = new Tensor(name, group, parameter, gradient,
        factors == null ? states(optimizer, parameter) : factors.states(), average(optimizer, parameter), factors);
    names.add(name);
    tensors.add(tensor);
    return tensor;
  }

  private void requireNew(String name, MemorySegment parameter, MemorySegment gradient) {
    if (names.contains(name)) {
      throw new IllegalArgumentException("parameter " + name + " is listed twice");
    }
    if (gradient.byteSize() != parameter.byteSize()) {
      throw new IndexOutOfBoundsException("parameter " + name + " has " + parameter.byteSize() / 4
          + " elements, its gradient " + gradient.byteSize() / 4);
    }
    for (Tensor other : tensors) {
      if (overlap(parameter, other.parameter) || overlap(parameter, other.gradient)
          || overlap(gradient, other.parameter) || overlap(gradient, other.gradient)) {
        throw new IllegalArgumentException(
            "parameter " + name + " shares memory with " + other.name + ": each is listed once");
      }
    }
  }

  private static boolean overlap(MemorySegment x, MemorySegment y) {
    return x.asOverlappingSlice(y).isPresent();
  }

  private static void requireShape(String name, long elements, long... shape) {
    long product = shape.length == 0 ? elements : 1, least = 0;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
      least = Math.min(least, size);
    }
    if (least < 0 || product != elements) {
      throw new IllegalArgumentException(
          "parameter " + name + " has " + elements + " elements, not the shape " + Arrays.toString(shape));
    }
  }

  private List<MemorySegment> states(Optimizer of, MemorySegment parameter) {
    List<MemorySegment> states = new ArrayList<>();
    for (int i = 0; i < of.rule().stateNames().size(); i++) {
      states.add(state(storage, memory, of.rule(), parameter.byteSize() / 4));
    }
    return states;
  }

  /** A state before the first step. */
  static MemorySegment state(Storage storage, Memory memory, Rule rule, long n) {
    MemorySegment state = memory.floats(n);
    for (long i = 0; i < n && rule.initial() != 0; i++) {
      state.setAtIndex(JAVA_FLOAT, i, (float) rule.initial());
    }
    storage.upload(state);
    return state;
  }

  private @Nullable MemorySegment average(Optimizer of, MemorySegment parameter) {
    if (of.averageDecay() == 0) {
      return null;
    }
    MemorySegment average = memory.floats(parameter.byteSize() / 4);
    storage.copy(parameter, average);
    return average;
  }

  /** Zeros, as many as a tensor has elements. */
  MemorySegment zeros(Tensor tensor) {
    return memory.floats(tensor.elements());
  }

  int size() {
    return tensors.size();
  }

  Tensor get(int i) {
    return tensors.get(i);
  }

  List<String> names() {
    return tensors.stream().map(Tensor::name).toList();
  }

  /** {@link Updater#stateNames}. */
  List<String> stateNames(String name) {
    Tensor tensor = of(name);
    List<String> states = new ArrayList<>(
        tensor.factors == null ? groups.get(tensor.group).rule().stateNames() : Factors.NAMES);
    if (tensor.average != null) {
      states.add("average");
    }
    return states;
  }

  /** {@link Updater#state(String, String)}. */
  MemorySegment state(String name, String state) {
    Tensor tensor = of(name);
    int index = stateNames(name).indexOf(state);
    if (index < 0) {
      throw new IllegalArgumentException(
          "parameter " + name + " has no state " + state + ", only " + stateNames(name));
    }
    MemorySegment average = tensor.average;
    return index < tensor.states.size() || average == null ? tensor.states.get(index) : average;
  }

  private Tensor of(String name) {
    for (Tensor tensor : tensors) {
      if (tensor.name.equals(name)) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("there is no parameter " + name);
  }

  /** {@link Updater#restartAverages}. */
  void restartAverages() {
    for (Tensor tensor : tensors) {
      if (tensor.average != null) {
        storage.copy(tensor.parameter, tensor.average);
      }
    }
  }

  /** Shows here what the states are on a GPU. */
  void download() {
    tensors.forEach(tensor -> tensor.arrays().forEach(storage::download));
  }

  /** Shows a GPU what the states are here. */
  void upload() {
    tensors.forEach(tensor -> tensor.arrays().forEach(storage::upload));
  }

  /** Frees the states. */
  @Override
  public void close() {
    memory.close();
  }
}
