package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;

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
 * <p>The updater owns its states until it is closed; parameters and gradients stay the caller's. One thread may use it
 * at a time. A step allocates nothing.
 */
public final class Updater implements AutoCloseable {
  private static final int GRADIENT = 0, CHANGE = 1, PARAMETER = 2;

  private final Compute compute;
  private final Optimizer optimizer;
  private final UpdaterGroups groups;
  private final UpdaterTensors tensors;
  private final UpdatePlan plan;
  /** Made when gradients are first added up. */
  private @Nullable GradientSums sums;
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

  /**
   * Without parameters yet.
   *
   * @param compute   what to compute with; it stays the caller's to close
   * @param optimizer what to do
   */
  public Updater(Compute compute, Optimizer optimizer) {
    this.compute = compute;
    this.optimizer = optimizer;
    groups = new UpdaterGroups(optimizer);
    tensors = new UpdaterTensors(compute.kernels(), groups);
    plan = groups.plan(compute);
  }

  /**
   * Adds a parameter, before the first step.
   *
   * @param name      unique; the groups go by it
   * @param parameter n floats
   * @param gradient  n floats
   * @param shape     of these dense, row-major arrays, which {@link Adafactor} goes by; none is a vector's
   * @return this
   * @throws IllegalArgumentException  if the name, or an element of an array, has been added before, or the shape is
   *                                   not that of n elements
   * @throws IndexOutOfBoundsException if gradient is shorter than parameter
   */
  public Updater add(String name, MemorySegment parameter, MemorySegment gradient, long... shape) {
    requireOpen();
    if (step > 0) {
      throw new IllegalStateException("parameter " + name + " comes after the first step");
    }
    compute.kernels().requireReached(name, parameter);
    compute.kernels().requireReached("gradient of " + name, gradient);
    tensors.add(name, parameter, gradient, shape).addTo(plan, gradient);
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
   * Adds the gradients to those of earlier calls. The next {@link #step} goes by their mean, weighted, and forgets
   * them: so micro-batches, each weighted by its number of samples, give what one great batch gives, but for rounding.
   *
   * @param weight of these gradients, positive
   */
  public void accumulate(double weight) {
    requireOpen();
    Options.positive("weight", weight);
    GradientSums by = sums;
    if (by == null) {
      by = sums = new GradientSums(compute, groups, tensors);
    }
    by.add(weight);
  }

  /**
   * Updates all parameters.
   *
   * @return false if the gradient was not finite and the optimizer skips such steps: nothing has changed, and
   *         {@link #nonFinite} tells where
   */
  public boolean step() {
    requireOpen();
    GradientSums by = sums;
    if (by == null || by.weight() == 0) {
      return step(plan, unscale, clearing);
    }
    boolean done = step(by.plan, unscale / by.weight(), true);
    by.forget(done);
    return done;
  }

  private boolean step(UpdatePlan by, double scale, boolean clear) {
    gradientNorm = changeNorm = parameterNorm = Double.NaN;
    nonFinite = null;
    groups.prepare(by, step + 1, rateFactor, scale, clear);
    boolean reading = optimizer.clipNorm() < Double.POSITIVE_INFINITY || optimizer.skipNonFinite();
    if (reading) {
      groups.readGradients(by);
      gradientNorm = norm(by, scale);
      if (nonFinite != null && optimizer.skipNonFinite()) {
        skipped++;
        return false;
      }
      groups.clip(by, scale, Math.min(1, optimizer.clipNorm() / (gradientNorm + 1e-6)));
    }
    by.factor(step + 1);
    if (groups.readBefore()) {
      groups.readForRules(by);
      setRatios(by);
    }
    groups.rules(by);
    by.run(measuring);
    step++;
    if (measuring) {
      gradientNorm = reading ? gradientNorm : StrictMath.sqrt(by.sum(GRADIENT));
      changeNorm = StrictMath.sqrt(by.sum(CHANGE));
      parameterNorm = StrictMath.sqrt(by.sum(PARAMETER));
    }
    return true;
  }

  private void setRatios(UpdatePlan by) {
    for (int i = 0; i < tensors.size(); i++) {
      UpdaterTensors.Tensor tensor = tensors.get(i);
      Rule rule = groups.get(tensor.group()).rule();
      if (rule.reading() != null) {
        double rate = groups.rate(tensor.group(), step + 1, rateFactor);
        by.ratio(i, rule.ratio(rate, step + 1, tensor.elements(), by.sum(i, PARAMETER), by.sum(i, CHANGE)));
      }
    }
  }

  /** Of the scaled gradient. Its squares may overflow where it does not: then they are added in double. */
  private double norm(UpdatePlan by, double scale) {
    double square = by.sum(GRADIENT);
    if (square < Double.POSITIVE_INFINITY) {
      return StrictMath.sqrt(square);
    }
    GradientSums added = by == plan ? null : sums;
    double sum = 0;
    for (int i = 0; i < tensors.size(); i++) {
      MemorySegment gradient = added == null ? tensors.get(i).gradient() : added.of(i);
      compute.kernels().download(gradient);
      for (long k = 0; k < gradient.byteSize() / 4; k++) {
        float g = gradient.getAtIndex(JAVA_FLOAT, k);
        if (g - g != 0 && nonFinite == null) {
          nonFinite = new NonFinite(tensors.get(i).name(), k, g);
        }
        sum += scale * g * (scale * g);
      }
    }
    return StrictMath.sqrt(sum);
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
    return tensors.names();
  }

  /**
   * The names of a parameter's arrays, PyTorch's where it has them: the states, and "average" where there is one.
   *
   * @param name of the parameter
   * @return as ["exp_avg", "exp_avg_sq"]
   */
  public List<String> stateNames(String name) {
    return tensors.stateNames(name);
  }

  /**
   * An array of a parameter.
   *
   * @param name  of the parameter
   * @param state one of {@link #stateNames}
   * @return as many floats as the parameter has, in its order, but for {@link Adafactor}'s "row_var" and "col_var": one
   *         for each row, or column, of each matrix; writing to it changes the state. On a GPU it is to be downloaded
   *         before it is read, and uploaded once it is written: see {@link org.panagrad.kernel.Storage}
   */
  public MemorySegment state(String name, String state) {
    requireOpen();
    return tensors.state(name, state);
  }

  /** The states, for a file. */
  UpdaterTensors tensors() {
    return tensors;
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
    tensors.restartAverages();
  }

  /** Frees the states. */
  @Override
  public void close() {
    if (open) {
      open = false;
      tensors.close();
    }
  }
}
