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
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;

/**
 * An {@link Optimizer} at work on parameters, of any number and size, on the heap or off it. A step is one call of a
 * kernel over all that lie off the heap, and one for each that does not: scaling, clipping, penalties, decay, the rule,
 * and where they are wanted the gradient's clearing, the average of the weights and the norms, in one pass over each
 * tensor. A {@link Optimizer#clipNorm clip by norm}, {@link Optimizer#skippingNonFinite} and {@link Lamb} need a pass
 * before it that reads, {@link Adafactor} one, and for matrices two.
 *
 * <pre>{@code
 * try (Updater updater = new Updater(compute, Adam.of(1e-3).clipNorm(1))) {
 *   updater.add("weight", weight, weightGradient).add("bias", bias, biasGradient);
 *   ...
 *   updater.step();
 * }
 * }</pre>
 *
 * <p>The updater owns its states until it is closed; parameters and gradients stay the caller's. One thread may use it at
 * a time. A step allocates nothing.
 */
public final class Updater implements AutoCloseable {
  private static final int GRADIENT = 0, CHANGE = 1, PARAMETER = 2;

  /** A parameter with all that belongs to it. */
  private record Tensor(String name, int group, MemorySegment parameter, MemorySegment gradient,
      List<MemorySegment> states, @Nullable MemorySegment average, @Nullable Factors factors) {
  }

  private final Compute compute;
  private final Optimizer optimizer;
  /** The optimizer's groups; before them, at 0, itself. */
  private final List<Optimizer> groups = new ArrayList<>();
  private final List<RuleMemory> memories = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Memory memory = new Memory();
  private final UpdatePlan plan;
  private @Nullable Accumulation accumulation;
  private boolean measuring, clearing, open = true;
  private double unscale = 1, rateFactor = 1;
  private long step, skipped;
  private double gradientNorm = Double.NaN, changeNorm = Double.NaN, parameterNorm = Double.NaN;
  private @Nullable NonFinite nonFinite;

  /**
   * Where a gradient was not finite.
   *
   * @param parameter its name
   * @param index     of the first such element
   * @param value     what stood there
   */
  public record NonFinite(String parameter, long index, float value) {
  }

  /** Gradients that have been added up: arrays of the size of the gradients, and the plan of a step by them. */
  private record Accumulation(List<MemorySegment> sums, UpdatePlan plan, double[] weight) {
  }

  /**
   * Without parameters yet.
   *
   * @param compute   what to compute with; it stays the caller's to close
   * @param optimizer what to do
   */
  public Updater(Compute compute, Optimizer optimizer) {
    this.compute = compute;
    this.optimizer = optimizer;
    groups.add(optimizer);
    optimizer.groups().forEach(group -> groups.add(group.optimizer()));
    groups.forEach(_ -> memories.add(new RuleMemory()));
    plan = newPlan();
  }

  private UpdatePlan newPlan() {
    UpdateRule[] rules = new UpdateRule[groups.size()];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = groups.get(i).rule().kernel();
    }
    return new UpdatePlan(compute, rules);
  }

  /**
   * Adds a parameter, before the first step.
   *
   * @param name      unique; the groups go by it
   * @param parameter n floats
   * @param gradient  n floats
   * @param shape     of these dense, row-major arrays, which {@link Adafactor} goes by; none is a vector's
   * @return this
   * @throws IllegalArgumentException  if the name, or an element of an array, has been added before, or the shape is not
   *                                   that of n elements
   * @throws IndexOutOfBoundsException if gradient is shorter than parameter
   */
  public Updater add(String name, MemorySegment parameter, MemorySegment gradient, long... shape) {
    requireOpen();
    if (step > 0) {
      throw new IllegalStateException("parameter " + name + " comes after the first step");
    }
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
    requireShape(name, parameter.byteSize() / 4, shape);
    int group = groups.lastIndexOf(optimizer.of(name));
    Factors factors = Factors.of(groups.get(group).rule(), memory, shape);
    Tensor tensor = new Tensor(name, group, parameter, gradient,
        factors == null ? states(groups.get(group), parameter) : factors.states(),
        average(groups.get(group), parameter), factors);
    plan.add(group, parameter, gradient, tensor.states, tensor.average, factors);
    names.add(name);
    tensors.add(tensor);
    return this;
  }

  /**
   * Adds a parameter in plain arrays, before the first step.
   *
   * @param name      unique; the groups go by it
   * @param parameter n floats
   * @param gradient  n floats
   * @param shape     as above
   * @return this
   */
  public Updater add(String name, float[] parameter, float[] gradient, long... shape) {
    return add(name, MemorySegment.ofArray(parameter), MemorySegment.ofArray(gradient), shape);
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

  private static boolean overlap(MemorySegment x, MemorySegment y) {
    return x.asOverlappingSlice(y).isPresent();
  }

  private List<MemorySegment> states(Optimizer of, MemorySegment parameter) {
    List<MemorySegment> states = new ArrayList<>();
    for (int i = 0; i < of.rule().stateNames().size(); i++) {
      states.add(state(memory, of.rule(), parameter.byteSize() / 4));
    }
    return states;
  }

  /** A state before the first step. */
  static MemorySegment state(Memory memory, Rule rule, long n) {
    MemorySegment state = memory.floats(n);
    for (long i = 0; i < n && rule.initial() != 0; i++) {
      state.setAtIndex(JAVA_FLOAT, i, (float) rule.initial());
    }
    return state;
  }

  private @Nullable MemorySegment average(Optimizer of, MemorySegment parameter) {
    return of.averageDecay() == 0 ? null : memory.floats(parameter.byteSize() / 4).copyFrom(parameter);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the updater is closed");
    }
  }

  /**
   * Whether steps leave the norms of gradient, change and parameters behind.
   *
   * @param measure yes or no
   * @return this
   */
  public Updater measuring(boolean measure) {
    measuring = measure;
    return this;
  }

  /**
   * Whether steps leave gradients of 0 behind, for a backward pass that adds to them.
   *
   * @param clear yes or no
   * @return this
   */
  public Updater clearingGradients(boolean clear) {
    clearing = clear;
    return this;
  }

  /**
   * Gradients are of a loss that was scaled, to keep small ones from vanishing: the next steps undo it.
   *
   * @param scale positive
   * @return this
   */
  public Updater lossScale(double scale) {
    Options.positive("lossScale", scale);
    unscale = 1 / scale;
    return this;
  }

  /**
   * Multiplies the optimizer's rate in the next steps, beside its schedule: for {@link Plateau}.
   *
   * @param factor at least 0
   * @return this
   */
  public Updater rateFactor(double factor) {
    Options.notNegative("rateFactor", factor);
    rateFactor = factor;
    return this;
  }

  /**
   * Adds the gradients to those of earlier calls. The next {@link #step} goes by their mean, weighted, and forgets them: so
   * micro-batches, each weighted by its number of samples, give what one great batch gives, but for rounding.
   *
   * @param weight of these gradients, positive
   */
  public void accumulate(double weight) {
    requireOpen();
    Options.positive("weight", weight);
    Accumulation sums = accumulation == null ? accumulation = newAccumulation() : accumulation;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      compute.kernels().accumulate(tensor.gradient, sums.sums.get(i), (float) weight, 0,
          tensor.gradient.byteSize() / 4);
    }
    sums.weight[0] += weight;
  }

  private Accumulation newAccumulation() {
    List<MemorySegment> sums = new ArrayList<>();
    UpdatePlan by = newPlan();
    for (Tensor tensor : tensors) {
      MemorySegment sum = memory.floats(tensor.gradient.byteSize() / 4);
      sums.add(sum);
      by.add(tensor.group, tensor.parameter, sum, tensor.states, tensor.average, tensor.factors);
    }
    return new Accumulation(sums, by, new double[1]);
  }

  /**
   * Updates all parameters.
   *
   * @return false if the gradient was not finite and the optimizer skips such steps: nothing has changed, and
   *         {@link #nonFinite} tells where
   */
  public boolean step() {
    requireOpen();
    Accumulation sums = accumulation;
    boolean accumulated = sums != null && sums.weight[0] > 0;
    UpdatePlan by = sums != null && accumulated ? sums.plan : plan;
    double scale = sums != null && accumulated ? unscale / sums.weight[0] : unscale;
    boolean done = step(by, scale, clearing || accumulated);
    if (sums != null && accumulated) {
      sums.weight[0] = 0;
      if (!done) {
        sums.sums.forEach(sum -> sum.fill((byte) 0));
      }
    }
    return done;
  }

  private boolean step(UpdatePlan by, double scale, boolean clear) {
    gradientNorm = changeNorm = parameterNorm = Double.NaN;
    nonFinite = null;
    prepare(by, scale, clear);
    boolean reading = optimizer.clipNorm() < Double.POSITIVE_INFINITY || optimizer.skipNonFinite();
    if (reading) {
      read(by, false);
      gradientNorm = norm(by, scale);
      if (nonFinite != null && optimizer.skipNonFinite()) {
        skipped++;
        return false;
      }
      clip(by, scale);
    }
    by.factor(step + 1);
    if (readsBefore()) {
      read(by, true);
      setRatios(by);
    }
    rules(by);
    by.run(measuring);
    step++;
    if (measuring) {
      gradientNorm = reading ? gradientNorm : StrictMath.sqrt(by.sum(GRADIENT));
      changeNorm = StrictMath.sqrt(by.sum(CHANGE));
      parameterNorm = StrictMath.sqrt(by.sum(PARAMETER));
    }
    return true;
  }

  private void prepare(UpdatePlan by, double scale, boolean clear) {
    for (int i = 0; i < groups.size(); i++) {
      Optimizer group = groups.get(i);
      Update update = by.update(i);
      double rate = rate(group);
      group.rule().prepare(update, rate, step + 1, memories.get(i));
      update.gradientScale((float) (group.maximize() ? -scale : scale)).clipValue((float) group.clipValue())
          .penalties((float) group.l1(), (float) group.weightDecay())
          .shrink((float) (1 - rate * group.decoupledWeightDecay()))
          .average((float) group.averageDecay(), (float) (1 - group.averageDecay())).clearGradient(clear);
    }
  }

  private double rate(Optimizer group) {
    return group.learningRate().rate(step + 1) * rateFactor;
  }

  /** A pass that writes nothing but sums: of gradients, or what rules want to know. */
  private void read(UpdatePlan by, boolean forRules) {
    for (int i = 0; i < groups.size(); i++) {
      UpdateRule reading = groups.get(i).rule().reading();
      by.update(i).rule(forRules && reading != null ? reading : UpdateRule.GRADIENT_SQUARES);
    }
    by.run(true);
  }

  private void rules(UpdatePlan by) {
    for (int i = 0; i < groups.size(); i++) {
      by.update(i).rule(groups.get(i).rule().kernel());
    }
  }

  private boolean readsBefore() {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).rule().reading() != null) {
        return true;
      }
    }
    return false;
  }

  private void setRatios(UpdatePlan by) {
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      Optimizer group = groups.get(tensor.group);
      if (group.rule().reading() != null) {
        by.ratio(i, group.rule().ratio(rate(group), step + 1, tensor.parameter.byteSize() / 4, by.sum(i, PARAMETER),
            by.sum(i, CHANGE)));
      }
    }
  }

  /** Of the scaled gradient. Its squares may overflow where it does not: then they are added in double. */
  private double norm(UpdatePlan by, double scale) {
    double square = by.sum(GRADIENT);
    if (square < Double.POSITIVE_INFINITY) {
      return StrictMath.sqrt(square);
    }
    boolean accumulated = by != plan;
    double sum = 0;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      MemorySegment gradient = accumulated && accumulation != null ? accumulation.sums.get(i) : tensor.gradient;
      for (long k = 0; k < gradient.byteSize() / 4; k++) {
        float g = gradient.getAtIndex(JAVA_FLOAT, k);
        if (g - g != 0 && nonFinite == null) {
          nonFinite = new NonFinite(tensor.name, k, g);
        }
        sum += scale * g * (scale * g);
      }
    }
    return StrictMath.sqrt(sum);
  }

  private void clip(UpdatePlan by, double scale) {
    double factor = Math.min(1, optimizer.clipNorm() / (gradientNorm + 1e-6));
    for (int i = 0; i < groups.size() && factor != 1; i++) {
      by.update(i).gradientScale((float) ((groups.get(i).maximize() ? -scale : scale) * factor));
    }
  }

  /**
   * What is being done.
   *
   * @return as given
   */
  public Optimizer optimizer() {
    return optimizer;
  }

  /**
   * How many steps have been made; those that were skipped do not count.
   *
   * @return from 0
   */
  public long steps() {
    return step;
  }

  /**
   * How many steps were skipped because the gradient was not finite.
   *
   * @return from 0
   */
  public long skipped() {
    return skipped;
  }

  /**
   * Where the gradient of the last step was not finite, as far as a clip by norm or the skipping looked.
   *
   * @return null if it was, or nobody looked
   */
  public @Nullable NonFinite nonFinite() {
    return nonFinite;
  }

  /**
   * The norm of all gradients of the last step, unscaled and before clipping.
   *
   * @return NaN if nobody measured it: {@link #measuring}, or an optimizer that clips by norm or skips, does
   */
  public double gradientNorm() {
    return gradientNorm;
  }

  /**
   * The norm of what the last step added to the parameters.
   *
   * @return NaN without {@link #measuring}
   */
  public double changeNorm() {
    return changeNorm;
  }

  /**
   * The norm of all parameters after the last step.
   *
   * @return NaN without {@link #measuring}
   */
  public double parameterNorm() {
    return parameterNorm;
  }

  /**
   * The parameters' names.
   *
   * @return in the order in which they were added
   */
  public List<String> names() {
    return tensors.stream().map(Tensor::name).toList();
  }

  /**
   * The names of a parameter's arrays, PyTorch's where it has them: the states, and "average" where there is one.
   *
   * @param name of the parameter
   * @return as ["exp_avg", "exp_avg_sq"]
   */
  public List<String> stateNames(String name) {
    Tensor tensor = tensor(name);
    List<String> states = new ArrayList<>(
        tensor.factors == null ? groups.get(tensor.group).rule().stateNames() : Factors.NAMES);
    if (tensor.average != null) {
      states.add("average");
    }
    return states;
  }

  /**
   * An array of a parameter.
   *
   * @param name  of the parameter
   * @param state one of {@link #stateNames}
   * @return as many floats as the parameter has, in its order, but for {@link Adafactor}'s "row_var" and "col_var": one
   *         for each row, or column, of each matrix; writing to it changes the state
   */
  public MemorySegment state(String name, String state) {
    requireOpen();
    Tensor tensor = tensor(name);
    int index = stateNames(name).indexOf(state);
    if (index < 0) {
      throw new IllegalArgumentException(
          "parameter " + name + " has no state " + state + ", only " + stateNames(name));
    }
    MemorySegment average = tensor.average;
    return index < tensor.states.size() || average == null ? tensor.states.get(index) : average;
  }

  private Tensor tensor(String name) {
    for (Tensor tensor : tensors) {
      if (tensor.name.equals(name)) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("there is no parameter " + name);
  }

  /**
   * Goes on as after so many steps: with the states of then, the next step is what it would have been.
   *
   * @param steps at least 0
   */
  public void resume(long steps) {
    Counts.notNegative("steps", steps);
    step = steps;
  }

  /** Lets the averages of weights begin anew, from the present weights. */
  public void restartAverages() {
    requireOpen();
    for (Tensor tensor : tensors) {
      if (tensor.average != null) {
        tensor.average.copyFrom(tensor.parameter);
      }
    }
  }

  /** Frees the states. */
  @Override
  public void close() {
    if (open) {
      open = false;
      memory.close();
    }
  }
}
