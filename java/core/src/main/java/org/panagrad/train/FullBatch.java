package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Parameter;
import org.panagrad.optim.Objective;

/**
 * The mean loss of a model over a whole data set, as a function of its parameters: for the methods that want one, as
 * {@link org.panagrad.optim.Lbfgs} and {@link org.panagrad.optim.BacktrackingLineSearch}.
 *
 * <pre>{@code
 * FullBatch objective = new FullBatch(model, data, 256);
 * Lbfgs.Result result = Lbfgs.of().minimise(objective, objective.point());
 * objective.set(result.x());
 * }</pre>
 *
 * <p>A point is all parameters, one behind the other in the kernels' order, rounded to float where the model computes
 * with them: steps below some 1e-7 of a parameter change nothing. Batches are added in double, in order. An evaluation
 * leaves the model at its point.
 */
public final class FullBatch implements Objective {
  private final Model model;
  private final Batches batches;
  private final List<Parameter> parameters;
  private final int size;

  /**
   * Of a model and a data set.
   *
   * @param model     whose loss is a mean over samples
   * @param data      to be gone through in each evaluation
   * @param batchSize samples at a time; it changes no figure but by rounding
   * @throws IllegalArgumentException if the data does not fit the model
   */
  public FullBatch(Model model, Dataset data, int batchSize) {
    model.requireFit(data);
    this.model = model;
    batches = new Batches(data, batchSize);
    parameters = model.parameters();
    size = Math.toIntExact(model.parameterCount());
  }

  /**
   * The model's present parameters.
   *
   * @return a point
   */
  public double[] point() {
    model.downloadParameters();
    double[] point = new double[size];
    int at = 0;
    for (Parameter parameter : parameters) {
      for (long i = 0; i < parameter.shape().elements(); i++) {
        point[at++] = parameter.data().getAtIndex(JAVA_FLOAT, i);
      }
    }
    return point;
  }

  /**
   * Puts a point into the model.
   *
   * @param point as many numbers as the model has parameters
   * @throws IllegalArgumentException if it has others
   */
  public void set(double[] point) {
    if (point.length != size) {
      throw new IllegalArgumentException("the point has " + point.length + " numbers, the model " + size
          + " parameters");
    }
    int at = 0;
    for (Parameter parameter : parameters) {
      for (long i = 0; i < parameter.shape().elements(); i++) {
        parameter.data().setAtIndex(JAVA_FLOAT, i, (float) point[at++]);
      }
    }
    model.uploadParameters();
  }

  @Override
  public double evaluate(double[] x, double @Nullable [] gradient) {
    set(x);
    if (gradient != null) {
      Arrays.fill(gradient, 0);
    }
    double sum = 0;
    long samples = 0;
    for (Batch batch : batches) {
      model.forward(batch);
      sum += batch.size() * model.loss(batch);
      samples += batch.size();
      if (gradient != null) {
        model.backward();
        add(gradient, batch.size());
      }
    }
    if (gradient != null) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] /= samples;
      }
    }
    return sum / samples;
  }

  private void add(double[] gradient, int weight) {
    int at = 0;
    for (Parameter parameter : parameters) {
      MemorySegment slope = parameter.gradient();
      model.compute().kernels().download(slope);
      for (long i = 0; i < parameter.shape().elements(); i++) {
        gradient[at++] += (double) weight * slope.getAtIndex(JAVA_FLOAT, i);
      }
    }
  }
}
