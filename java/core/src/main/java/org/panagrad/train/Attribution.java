package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.data.Batch;
import org.panagrad.data.Column;
import org.panagrad.graph.Value;

/**
 * Which elements of a sample an output rests on. For models of one input, made {@code withGradient()}, and one head; they
 * are used as for a prediction.
 *
 * <pre>{@code
 * Attribution why = new Attribution(model);
 * float[] slopes = why.saliency(image, digit);
 * Attribution.Path path = why.integratedGradients(image, new float[image.length], digit, 64);
 * }</pre>
 *
 * <p>The gradients of the model's parameters are overwritten: not between {@code backward} and {@code step}.
 */
public final class Attribution {
  private static final int BATCH = 32;

  private final Model model;
  private final int elements;
  private final long outputs;
  private final Batch batch;

  /**
   * What integrated gradients came to.
   *
   * @param shares   of each element of the sample in the difference of the outputs
   * @param sample   the output at the sample
   * @param baseline the output at the baseline
   */
  public record Path(float[] shares, double sample, double baseline) {
    /**
     * By how much the shares do not add up to the difference of the outputs: more steps make it smaller.
     *
     * @return sum of the shares - (sample - baseline)
     */
    public double error() {
      double sum = 0;
      for (float share : shares) {
        sum += share;
      }
      return sum - (sample - baseline);
    }
  }

  /**
   * Asks a model.
   *
   * @param model as the class says
   * @throws IllegalArgumentException if it has several inputs or heads, or one of ints
   * @throws IllegalStateException    if its input was not made {@code withGradient()}
   */
  public Attribution(Model model) {
    Value input = model.inputs().getFirst();
    if (model.inputs().size() > 1 || model.headCount() > 1 || input.isInt()) {
      throw new IllegalArgumentException(
          "a model of " + model.inputs().size() + " inputs" + (input.isInt() ? " (ints)" : "")
              + " and " + model.headCount() + " heads: one input of floats and one head are needed");
    }
    this.model = model;
    elements = Math.toIntExact(input.shape().elements());
    outputs = model.outputCount();
    batch = new Batch(List.of(Column.input("sample", elements)), BATCH);
    model.infer(batch.size(1));
    model.inputGradient(0); // says so if there is none
  }

  /**
   * The gradient of an output by the sample (Simonyan, Vedaldi and Zisserman 2013).
   *
   * @param sample elements of the input
   * @param output which; a logit, for a classifier
   * @return as many numbers
   * @throws IllegalArgumentException  if the sample has another length
   * @throws IndexOutOfBoundsException if there is no such output
   */
  public float[] saliency(float[] sample, int output) {
    requireLength("sample", sample);
    MemorySegment.copy(sample, 0, batch.input(0), JAVA_FLOAT, 0, elements);
    MemorySegment gradient = gradients(1, output);
    return gradient.asSlice(0, 4L * elements).toArray(JAVA_FLOAT);
  }

  /**
   * Integrated gradients (Sundararajan, Taly and Yan 2017): the sample's distance from a baseline, element by element, times
   * the mean of the gradient on the straight way between them, at the middles of the steps.
   *
   * @param sample   elements of the input
   * @param baseline what stands for nothing: a black image
   * @param output   which; a logit, for a classifier
   * @param steps    at least 1; 50 to 300 are usual
   * @return the shares, which add up to the difference of the outputs but for {@link Path#error}
   * @throws IllegalArgumentException  if an array has another length, or steps is less than 1
   * @throws IndexOutOfBoundsException if there is no such output
   */
  public Path integratedGradients(float[] sample, float[] baseline, int output, int steps) {
    requireLength("sample", sample);
    requireLength("baseline", baseline);
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": at least 1");
    }
    double[] sum = new double[elements];
    for (int first = 0; first < steps; first += BATCH) {
      int count = Math.min(BATCH, steps - first);
      for (int k = 0; k < count; k++) {
        place(k, (first + k + 0.5) / steps, sample, baseline);
      }
      MemorySegment gradient = gradients(count, output);
      for (long i = 0; i < (long) count * elements; i++) {
        sum[(int) (i % elements)] += gradient.getAtIndex(JAVA_FLOAT, i);
      }
    }
    float[] shares = new float[elements];
    for (int i = 0; i < elements; i++) {
      shares[i] = (float) (((double) sample[i] - baseline[i]) * sum[i] / steps);
    }
    place(0, 1, sample, baseline);
    place(1, 0, sample, baseline);
    model.infer(batch.size(2));
    return new Path(shares, model.outputs().getAtIndex(JAVA_FLOAT, output),
        model.outputs().getAtIndex(JAVA_FLOAT, outputs + output));
  }

  private void place(int row, double share, float[] sample, float[] baseline) {
    for (int i = 0; i < elements; i++) {
      batch.input(0).setAtIndex(JAVA_FLOAT, (long) row * elements + i,
          (float) (baseline[i] + share * ((double) sample[i] - baseline[i])));
    }
  }

  /** Of the first rows of the batch. */
  private MemorySegment gradients(int rows, int output) {
    if (output < 0 || output >= outputs) {
      throw new IndexOutOfBoundsException("output " + output + " of " + outputs);
    }
    model.infer(batch.size(rows));
    MemorySegment slope = model.outputGradient(0);
    slope.asSlice(0, 4 * rows * outputs).fill((byte) 0);
    for (int row = 0; row < rows; row++) {
      slope.setAtIndex(JAVA_FLOAT, row * outputs + output, 1);
    }
    model.compute().kernels().upload(slope);
    model.backward();
    return model.inputGradient(0);
  }

  private void requireLength(String name, float[] array) {
    if (array.length != elements) {
      throw new IllegalArgumentException(name + " has " + array.length + " elements, the model's input " + elements);
    }
  }
}
