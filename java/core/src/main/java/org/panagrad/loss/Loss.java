package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.panagrad.kernel.Kernels;

/** A loss of a batch, with its gradient in the same pass. Immutable; a {@link LossCall} evaluates it. */
public interface Loss {
  /**
   * What a target is.
   *
   * @return true: an int label for each row; false: as many floats as predictions, or nothing
   */
  boolean takesLabels();

  /**
   * Whether there is a target at all.
   *
   * @return false for a loss of the prediction alone, which reads none
   */
  default boolean takesTarget() {
    return true;
  }

  /**
   * What a model takes for a row.
   *
   * @return true: all elements of a sample; false: its last axis
   */
  default boolean takesWholeSamples() {
    return false;
  }

  /**
   * What the loss learns along with the model. Their gradients are written with that of the predictions.
   *
   * @return each once, with a name of its own
   */
  default List<LossParameter> parameters() {
    return List.of();
  }

  /**
   * Value and gradient of what a call holds.
   *
   * @param call predictions, targets and what else there is
   * @return the reduced value
   * @throws IllegalArgumentException if a label, weight or target is wrong; nothing is written then
   */
  double evaluate(LossCall call);

  /**
   * Turns the network's output into what {@code predict} returns: probabilities from logits.
   *
   * @param kernels compute it
   * @param output  batch x outputs floats, overwritten
   * @param batch   rows
   * @param outputs elements of a row
   */
  void activate(Kernels kernels, MemorySegment output, long batch, long outputs);

  /**
   * Name and options, for a model's file. {@link Losses#described} makes a loss of this package from them; a loss of
   * one's own can be saved with its model, but the file's network is then built and compiled by hand.
   *
   * @return as {"name": "huber", "delta": 1.0}
   */
  Map<String, Object> describe();
}
