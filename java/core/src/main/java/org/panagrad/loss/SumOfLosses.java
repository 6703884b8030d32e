package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.LossStatistics;
import org.panagrad.loss.LossScratch.Use;

/**
 * Several losses of one prediction: value and gradient are the sums over the parts of weight times theirs. For heads
 * with predictions of their own see {@link CombinedLoss}.
 *
 * <pre>{@code
 * SumOfLosses loss = SumOfLosses.of(
 *     CombinedLoss.part("class", 1, Losses.softmaxCrossEntropy()),
 *     CombinedLoss.part("entropy", 0.1, Losses.entropy()));
 * double total = call.of(logits, labels, gradient, rows, classes).evaluate(loss);
 * double entropy = call.parts().value("entropy");
 * }</pre>
 *
 * <p>The parts share the call: its target, which all of them take that take any, and its weights. Gradients are added
 * in the order of the parts, {@code total = fma(weight, gradient, total)} from 0. The call's {@link LossCall#parts}
 * reports each part. Its statistics see the first part, before the weight.
 *
 * @param parts in the order in which they are evaluated and added
 */
public record SumOfLosses(List<WeightedLoss> parts) implements Loss {

  /**
   * Copies the parts.
   *
   * @throws IllegalArgumentException if there is none, two have one name, or parameters of one name, one is a sum
   *                                  itself, or one takes labels and another numbers
   */
  public SumOfLosses {
    parts = WeightedLoss.distinct(parts);
    CustomLoss.distinct(parameters(parts));
    @Nullable
    WeightedLoss labelled = null, numbered = null;
    for (WeightedLoss part : parts) {
      if (part.loss() instanceof SumOfLosses) {
        throw new IllegalArgumentException("part " + part.name() + " is a sum of losses: give its parts instead");
      }
      if (part.loss().takesTarget()) {
        labelled = part.loss().takesLabels() ? part : labelled;
        numbered = part.loss().takesLabels() ? numbered : part;
      }
    }
    if (labelled != null && numbered != null) {
      throw new IllegalArgumentException("part " + labelled.name() + " takes labels and part " + numbered.name()
          + " numbers: losses of one call share their target; CombinedLoss has a call for each");
    }
  }

  /**
   * From its parts.
   *
   * @param parts in the order in which they are evaluated and added; {@link CombinedLoss#part} makes them
   * @return the loss
   * @throws IllegalArgumentException if there is none, two have one name, or parameters of one name, one is a sum
   *                                  itself, or one takes labels and another numbers
   */
  public static SumOfLosses of(WeightedLoss... parts) {
    return new SumOfLosses(List.of(parts));
  }

  @Override
  public boolean takesLabels() {
    for (WeightedLoss part : parts) {
      if (part.loss().takesTarget() && part.loss().takesLabels()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean takesTarget() {
    for (WeightedLoss part : parts) {
      if (part.loss().takesTarget()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<LossParameter> parameters() {
    return parameters(parts);
  }

  private static List<LossParameter> parameters(List<WeightedLoss> parts) {
    return parts.stream().flatMap(part -> part.loss().parameters().stream()).toList();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a label, weight or target is wrong, or single losses are wanted: the parts'
   *                                  differ in number
   */
  @Override
  public double evaluate(LossCall call) {
    if (call.losses() != null) {
      throw new IllegalArgumentException("losses are wanted of a sum of losses: its parts have their own");
    }
    MemorySegment gradient = call.gradient();
    LossStatistics statistics = call.statistics();
    call.parts().begin(parts.size());
    try {
      return gradient == null ? addValues(call) : addGradients(call, gradient);
    } finally {
      call.gradient(gradient);
      call.statistics(statistics);
    }
  }

  private double addValues(LossCall call) {
    double total = 0;
    for (int i = 0; i < parts.size(); i++) {
      total += evaluate(parts.get(i), call);
    }
    return total;
  }

  /** The place of the gradient may be the prediction's, so it is written last. */
  private double addGradients(LossCall call, MemorySegment gradient) {
    long n = call.rows() * call.columns();
    MemorySegment sum = call.scratch().memory(Use.TOTAL, n), own = call.scratch().memory(Use.PART, n);
    call.scratch().passes().clear(sum, n);
    double total = 0;
    for (int i = 0; i < parts.size(); i++) {
      WeightedLoss part = parts.get(i);
      call.gradient(part.weight() == 0 ? null : own);
      total += evaluate(part, call);
      if (part.weight() != 0) {
        call.scratch().passes().add(own, sum, (float) part.weight(), n);
      }
      call.places().weigh(part.loss().parameters(), part.weight());
    }
    call.scratch().passes().copy(sum, gradient, n);
    return total;
  }

  private static double evaluate(WeightedLoss part, LossCall call) {
    double value = call.evaluate(part.loss());
    call.parts().add(part.name(), value);
    call.statistics(null); // seen once
    return part.share(value);
  }

  /** As the first part does. */
  @Override
  public void activate(Kernels kernels, MemorySegment output, long batch, long outputs) {
    parts.getFirst().loss().activate(kernels, output, batch, outputs);
  }

  @Override
  public Map<String, Object> describe() {
    List<Object> described = new ArrayList<>();
    for (WeightedLoss part : parts) {
      described.add(part.describe());
    }
    return Map.of("name", "sumOfLosses", "parts", List.copyOf(described));
  }
}
