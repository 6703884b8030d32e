package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Kernels;

/** A loss of a batch: the mean over it, with its gradient in the same pass. Immutable. */
public interface Loss {
  /**
   * What a target is.
   *
   * @return true: an int label for each sample; false: as many floats as predictions
   */
  boolean takesLabels();

  /**
   * Floats of scratch memory that {@link #evaluate} needs.
   *
   * @param batch   samples
   * @param outputs elements of a sample's prediction
   * @return their number
   */
  long scratch(long batch, long outputs);

  /**
   * Value and gradient.
   *
   * @param kernels    compute it
   * @param prediction batch x outputs floats, logits where the loss takes logits
   * @param target     what they should be: batch ints, or batch x outputs floats, as the loss says
   * @param gradient   batch x outputs floats, or null for the value alone
   * @param scratch    {@link #scratch} floats
   * @param batch      samples
   * @param outputs    elements of a sample's prediction
   * @return the mean
   */
  double evaluate(Kernels kernels, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment gradient,
      MemorySegment scratch, long batch, long outputs);

  /**
   * Turns the network's output into what {@code predict} returns: probabilities from logits.
   *
   * @param kernels compute it
   * @param output  batch x outputs floats, overwritten
   * @param batch   samples
   * @param outputs elements of a sample's output
   */
  void activate(Kernels kernels, MemorySegment output, long batch, long outputs);

  /**
   * Name and options, for a model's file.
   *
   * @return as {"name": "softmaxCrossEntropy"}
   */
  Map<String, Object> describe();
}
