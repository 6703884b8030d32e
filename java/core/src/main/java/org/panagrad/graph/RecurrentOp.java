package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.RecurrentKernels;
import org.panagrad.kernel.Workers;

/**
 * What LSTM and GRU share: everything but the cell. The samples of a batch are cut into groups ({@link
 * RecurrentGroup}), each of which runs through all of its positions on one thread.
 *
 * <p>The product of the inputs with their weights is one for all positions of a group, and so are those that give the
 * gradients of inputs and weights; the recurrent product is one for each position. The gradients of the weights are cut
 * by gate and add up the groups in order.
 *
 * <p>The way back turns the gates into their gradients, so that it can be gone once for each way forward.
 *
 * <p>A row of gates has four of them, also where the weights have three: then the recurrent part begins at the second.
 */
abstract sealed class RecurrentOp implements Op permits LstmOp, GruOp {
  /** Samples of a group: enough that a product makes good use of the weights it reads. */
  private static final int GROUP = 32;

  private final Recurrence io;
  private final int gates;
  private final boolean hasCell;
  private final long steps, features;
  /**
   * Floats of a state, of a row of gates, of a row of the weights; where the recurrent part of a row of gates begins.
   */
  private final long hidden, width, columns, recurrentColumn;
  private final Workers.Task forwardGroup = this::forwardGroup, backwardGroup = this::backwardGroup,
      weightGate = this::weightGate;
  private Compute compute;
  private Kernels kernels;
  private RecurrentGroup[] groups = {};
  private MemorySegment[] inputGradients = {}, inputWeightGates = {}, recurrentWeightGates = {};
  private MemorySegment bias, recurrentBias, biasSums, biasGradient, inputBiasGradient, recurrentBiasGradient;
  private MemorySegment inputTransposed, recurrentTransposed, zeros;
  private int[] lengths = {};
  private int groupCount;
  /** Whether the groups hold what a way forward left, not the gradients of a way back. */
  private boolean holdsGates;

  RecurrentOp(Recurrence io, int gates, boolean hasCell) {
    io.require(gates);
    this.io = io;
    this.gates = gates;
    this.hasCell = hasCell;
    steps = io.steps();
    features = io.features();
    hidden = io.hidden();
    width = RecurrentKernels.GATES * hidden;
    columns = gates * hidden;
    recurrentColumn = width - columns;
  }

  /** Computes the states after the rows of a position. */
  abstract void cell(Kernels kernels, RecurrentGroup group, MemorySegment bias, long units, long from, long to);

  /** Turns gates into their gradients, and computes those of the states before, but for the recurrent product. */
  abstract void cellBackward(Kernels kernels, RecurrentGroup group, long units, long from, long to);

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    kernels = compute.kernels();
    holdsGates = false;
    lengths = new int[batch];
    groups = new RecurrentGroup[Math.toIntExact(Panels.count(batch, GROUP))];
    long most = Math.min(GROUP, batch), sums = Float.BYTES * width * Panels.count(steps * most, Kernels.BLOCK);
    biasSums = memory.floats(groups.length * sums / Float.BYTES);
    for (int i = 0; i < groups.length; i++) {
      int first = i * GROUP;
      groups[i] = new RecurrentGroup(memory, first, Math.min(GROUP, batch - first), io, recurrentColumn, hasCell,
          biasSums.asSlice(i * sums, sums));
    }
    inputGradients = new MemorySegment[io.x().needsGradient() ? compute.threads() : 0];
    for (int i = 0; i < inputGradients.length; i++) {
      inputGradients[i] = memory.floats(steps * most * features);
    }
    inputWeightGates = byGate(io.weights().input());
    recurrentWeightGates = byGate(io.weights().recurrent());
    bias = memory.floats(width);
    recurrentBias = bias.asSlice(Float.BYTES * recurrentColumn);
    biasGradient = memory.floats(width);
    inputBiasGradient = biasGradient.asSlice(0, Float.BYTES * columns);
    recurrentBiasGradient = biasGradient.asSlice(Float.BYTES * recurrentColumn);
    inputTransposed = memory.floats(columns * features);
    recurrentTransposed = memory.floats(columns * hidden);
    zeros = memory.floats(Math.max(features, hidden));
  }

  /** The columns of each gate in a weight's gradient. */
  private MemorySegment[] byGate(Parameter weight) {
    MemorySegment[] slices = new MemorySegment[gates];
    for (int gate = 0; gate < gates; gate++) {
      slices[gate] = weight.gradient().asSlice(Float.BYTES * gate * hidden);
    }
    return slices;
  }

  // forward

  @Override
  public void forward(Pass pass) {
    int batch = pass.batch();
    holdsGates = false;
    readLengths(batch);
    groupCount = (int) Panels.count(batch, GROUP);
    for (int i = 0; i < groupCount; i++) {
      groups[i].begin(batch, lengths);
    }
    sumBiases();
    kernels.download(io.x().data());
    download(io.initialHidden());
    download(io.initialCell());
    compute.run(forwardGroup, groupCount);
    holdsGates = true;
  }

  private void readLengths(int batch) {
    Value given = io.lengths();
    for (int i = 0; i < batch; i++) {
      int length = given == null ? (int) steps : given.data().getAtIndex(JAVA_INT, i);
      if (length < 0 || length > steps) {
        throw new IllegalArgumentException(
            "length " + length + " of sample " + i + ": it must be from 0 to " + steps);
      }
      lengths[i] = length;
    }
  }

  /** Both biases, each from the column on where its part of the gates begins. */
  private void sumBiases() {
    kernels.sumPartials(bias, bias, 0, width, 0, width);
    kernels.copy(io.weights().inputBias().data(), bias);
    kernels.accumulate(io.weights().recurrentBias().data(), recurrentBias, 1, 0, columns);
  }

  private void download(@Nullable Value state) {
    if (state != null) {
      kernels.download(state.data());
    }
  }

  private void forwardGroup(long index, int worker) {
    RecurrentGroup group = groups[(int) index];
    gather(group, io.x().data(), group.inputs, 0, features);
    kernels.upload(group.inputs);
    clearRecurrentOnly(group);
    compute.product().multiply(group.inputs, io.weights().input().data(), group.gates, columns, features, features,
        columns, width, false, false, 0, group.rows());
    begin(group, io.initialHidden(), group.hidden);
    begin(group, io.initialCell(), group.cell);
    for (int position = 0; position < group.positions; position++) {
      long from = group.row(position), to = group.row(position + 1);
      if (position > 0 || io.initialHidden() != null) { // else it is 0
        compute.product().multiply(group.hidden.before(), io.weights().recurrent().data(), group.recurrentGates,
            columns, hidden, hidden, columns, width, false, true, from, to);
      }
      cell(kernels, group, bias, hidden, from, to);
    }
    if (io.sequence() != null) {
      kernels.download(group.hidden.before());
      scatter(group, group.hidden.before(), group.samples, io.sequence().data(), hidden);
    }
    end(group, group.hidden, io.lastHidden());
    end(group, group.cell, io.lastCell());
  }

  /** The columns of gates that the input has no part in: the recurrent product adds to them. A GPU clears all at once. */
  private void clearRecurrentOnly(RecurrentGroup group) {
    if (kernels.onDevice()) {
      long n = group.rows() * width;
      kernels.sumPartials(group.gates, group.gates, 0, n, 0, n);
      return;
    }
    for (long row = 0; row < group.rows() && recurrentColumn > 0; row++) {
      copy(zeros, 0, group.gates, row * width + columns, recurrentColumn);
    }
  }

  /** The states before the first position. */
  private void begin(RecurrentGroup group, @Nullable Value initial, @Nullable States states) {
    if (states == null) {
      return;
    }
    for (int i = 0; i < group.samples; i++) {
      if (initial == null) {
        copy(zeros, 0, states.before(), i * hidden, hidden);
      } else {
        copy(initial.data(), (group.first + i) * hidden, states.before(), i * hidden, hidden);
      }
    }
    upload(states.before(), 0, group.samples * hidden);
  }

  /** The states after each sample's last position that counts. */
  private void end(RecurrentGroup group, @Nullable States states, @Nullable Value last) {
    if (states == null || last == null) {
      return;
    }
    kernels.download(states.before());
    for (int i = 0; i < group.samples; i++) {
      int sample = group.first + i;
      copy(states.before(), (group.row(lengths[sample]) + i) * hidden, last.data(), sample * hidden, hidden);
    }
    upload(last.data(), group.first * hidden, group.samples * hidden);
  }

  // backward

  @Override
  public void backward(Pass pass) {
    if (!holdsGates) {
      throw new IllegalStateException("no way back without a way forward before it");
    }
    holdsGates = false;
    kernels.transpose(io.weights().recurrent().data(), recurrentTransposed, hidden, columns, 0, columns);
    if (io.x().needsGradient()) {
      kernels.transpose(io.weights().input().data(), inputTransposed, features, columns, 0, columns);
    }
    long sums = biasSums.byteSize() / Float.BYTES;
    kernels.sumPartials(biasSums, biasSums, 0, sums, 0, sums); // a group's last blocks, where its samples are short
    downloadGradients(io.sequence());
    downloadGradients(io.lastHidden());
    downloadGradients(io.lastCell());
    compute.run(backwardGroup, groupCount);
    if (io.weights().trained()) {
      compute.run(weightGate, 2L * gates);
      sumBiasGradients();
    }
  }

  private void downloadGradients(@Nullable Value output) {
    if (output != null) {
      kernels.download(output.gradient());
    }
  }

  private void sumBiasGradients() {
    long blocks = groupCount * groups[0].biasSums.byteSize() / (Float.BYTES * width);
    kernels.sumPartials(biasSums, biasGradient, blocks, width, 0, width);
    kernels.copy(inputBiasGradient, io.weights().inputBias().gradient());
    kernels.copy(recurrentBiasGradient, io.weights().recurrentBias().gradient());
  }

  private void backwardGroup(long index, int worker) {
    RecurrentGroup group = groups[(int) index];
    beginBackward(group);
    for (int position = group.positions - 1; position >= 0; position--) {
      long from = group.row(position), to = group.row(position + 1);
      cellBackward(kernels, group, hidden, from, to);
      if (position > 0 || io.initialHidden() != null) {
        compute.product().multiply(group.recurrentGates, recurrentTransposed, group.hiddenGradient.before(), hidden,
            columns, width, hidden, hidden, false, true, from, to);
      }
      addLastGradients(group, position);
    }
    endBackward(group, group.hiddenGradient, io.initialHidden());
    endBackward(group, group.cellGradient, io.initialCell());
    kernels.columnSums(group.gates, group.biasSums, group.rows(), width, Kernels.BLOCK, 0,
        Panels.count(group.rows(), Kernels.BLOCK));
    if (io.x().needsGradient()) {
      MemorySegment dx = inputGradients[worker];
      compute.product().multiply(group.gates, inputTransposed, dx, features, columns, width, features, features, false,
          false, 0, group.rows());
      kernels.download(dx);
      scatter(group, dx, 0, io.x().gradient(), features);
    }
  }

  /**
   * The gradients of the states as far as they come from outputs, those of the last states before the last position.
   */
  private void beginBackward(RecurrentGroup group) {
    MemorySegment gradient = group.hiddenGradient.before();
    for (int i = 0; i < group.samples; i++) {
      copy(zeros, 0, gradient, i * hidden, hidden);
      if (group.cellGradient != null) {
        copy(zeros, 0, group.cellGradient.before(), (group.rows() + i) * hidden, hidden);
      }
    }
    gather(group, io.sequence() == null ? null : io.sequence().gradient(), gradient, group.samples, hidden);
    kernels.upload(gradient);
    if (group.cellGradient != null) {
      upload(group.cellGradient.before(), group.rows() * hidden, group.samples * hidden);
    }
    addLastGradients(group, group.positions);
  }

  /** Of the samples that have so many steps: their last states' gradients. The cell's is 0 there until then. */
  private void addLastGradients(RecurrentGroup group, int length) {
    for (int i = 0; i < group.samples; i++) {
      long sample = group.first + i, at = (group.row(length) + i) * hidden;
      if (lengths[(int) sample] == length) {
        if (io.lastHidden() != null) {
          download(group.hiddenGradient.before(), at, hidden);
          add(io.lastHidden().gradient(), sample * hidden, group.hiddenGradient.before(), at, hidden);
          upload(group.hiddenGradient.before(), at, hidden);
        }
        if (io.lastCell() != null) {
          copy(io.lastCell().gradient(), sample * hidden, group.cellGradient.before(), at, hidden);
          upload(group.cellGradient.before(), at, hidden);
        }
      }
    }
  }

  private void endBackward(RecurrentGroup group, @Nullable States gradient, @Nullable Value initial) {
    if (gradient != null && initial != null && initial.needsGradient()) {
      download(gradient.before(), 0, group.samples * hidden);
      copy(gradient.before(), 0, initial.gradient(), group.first * hidden, group.samples * hidden);
      upload(initial.gradient(), group.first * hidden, group.samples * hidden);
    }
  }

  /** The gradient of one gate's columns of the input's weights, or behind those of the recurrent ones. */
  private void weightGate(long part, int worker) {
    boolean ofInput = part < gates;
    int gate = (int) part % gates;
    for (int i = 0; i < groupCount; i++) {
      RecurrentGroup group = groups[i];
      if (ofInput) {
        compute.product().multiply(group.inputs, group.byGate[gate], inputWeightGates[gate], hidden, group.rows(),
            features, width, columns, true, i > 0, 0, features);
      } else {
        compute.product().multiply(group.hidden.before(), group.byGate[gate + RecurrentKernels.GATES - gates],
            recurrentWeightGates[gate], hidden, group.rows(), hidden, width, columns, true, i > 0, 0, hidden);
      }
    }
  }

  // between the batch, sample by sample, and a group, position by position

  /** The position of a step, or the step of a position, where it counts. */
  private int turned(int length, int step) {
    return io.isReverse() ? length - 1 - step : step;
  }

  /** Copies the batch's rows, or 0 where a step does not count or there are none, to the group's from a row on. */
  private void gather(RecurrentGroup group, @Nullable MemorySegment batch, MemorySegment rows, int firstRow,
      long floats) {
    for (int position = 0; position < group.positions; position++) {
      for (int i = 0; i < group.samples; i++) {
        long sample = group.first + i, to = (firstRow + group.row(position) + i) * floats;
        int length = lengths[(int) sample];
        if (batch != null && position < length) {
          copy(batch, (sample * steps + turned(length, position)) * floats, rows, to, floats);
        } else {
          copy(zeros, 0, rows, to, floats);
        }
      }
    }
  }

  /** Copies the group's rows from one on to the batch, and 0 to steps that do not count. */
  private void scatter(RecurrentGroup group, MemorySegment rows, int firstRow, MemorySegment batch, long floats) {
    for (int i = 0; i < group.samples; i++) {
      long sample = group.first + i;
      int length = lengths[(int) sample];
      for (int step = 0; step < steps; step++) {
        long to = (sample * steps + step) * floats;
        if (step < length) {
          copy(rows, (firstRow + group.row(turned(length, step)) + i) * floats, batch, to, floats);
        } else {
          copy(zeros, 0, batch, to, floats);
        }
      }
    }
    upload(batch, group.first * steps * floats, group.samples * steps * floats);
  }

  /** A part of an array: slices are made where there is something to copy only. */
  private void upload(MemorySegment array, long from, long floats) {
    if (kernels.onDevice()) {
      kernels.upload(array.asSlice(Float.BYTES * from, Float.BYTES * floats));
    }
  }

  private void download(MemorySegment array, long from, long floats) {
    if (kernels.onDevice()) {
      kernels.download(array.asSlice(Float.BYTES * from, Float.BYTES * floats));
    }
  }

  private static void copy(MemorySegment from, long fromIndex, MemorySegment to, long toIndex, long floats) {
    MemorySegment.copy(from, Float.BYTES * fromIndex, to, Float.BYTES * toIndex, Float.BYTES * floats);
  }

  private static void add(MemorySegment from, long fromIndex, MemorySegment to, long toIndex, long floats) {
    for (long i = 0; i < floats; i++) {
      to.setAtIndex(JAVA_FLOAT, toIndex + i,
          to.getAtIndex(JAVA_FLOAT, toIndex + i) + from.getAtIndex(JAVA_FLOAT, fromIndex + i));
    }
  }
}
