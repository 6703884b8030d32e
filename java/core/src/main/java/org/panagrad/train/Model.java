package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Memory;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Workers;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossCall;
import org.panagrad.metric.Metric;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Updater;
import org.panagrad.optim.UpdaterFile;

/**
 * A network with an optimizer and a loss: {@link #fit}, {@link #evaluate}, {@link #predict}, {@link #save}, or a loop of
 * one's own with {@link #forward}, {@link #loss}, {@link #backward}, {@link #step}.
 *
 * <p>The model owns its memory off the heap until it is closed. One thread may use it at a time. After the first batch of
 * the greatest size, a step and a prediction allocate nothing.
 */
public final class Model implements AutoCloseable {
  private final Architecture architecture;
  private final Compute compute;
  private final Optimizer optimizer;
  private final Loss loss;
  private final List<Metric> metrics;
  private final Graph graph = new Graph();
  private final Value output;
  private final long inputs, outputs;
  private final Updater updater;
  private final LossCall lossCall;
  private int plannedBatch, batch;

  /**
   * Builds the network.
   *
   * @param architecture of the network
   * @param seed         of the initial values
   * @param compute      what to compute with; it stays the caller's to close
   * @param optimizer    update rule
   * @param loss         to be made small
   * @param metrics      to be reported
   * @throws IllegalArgumentException if the layers do not fit together, or a metric takes other targets than the loss
   */
  public Model(Architecture architecture, long seed, Compute compute, Optimizer optimizer, Loss loss,
      List<Metric> metrics) {
    this.architecture = architecture;
    this.compute = compute;
    this.optimizer = optimizer;
    this.loss = loss;
    lossCall = LossCall.on(compute);
    this.metrics = List.copyOf(metrics);
    requireSameTargets();
    Value input = graph.input(architecture.inputShape());
    output = architecture.build(graph, input);
    graph.build(seed);
    inputs = input.shape().elements();
    outputs = output.shape().elements();
    updater = new Updater(compute, optimizer);
    graph.parameters().forEach(p -> updater.add(p.name(), p.data(), p.gradient(),
        p.inside().sizes().stream().mapToLong(Long::longValue).toArray()));
  }

  private void requireSameTargets() {
    for (Metric metric : metrics) {
      if (metric.takesLabels() != loss.takesLabels()) {
        throw new IllegalArgumentException("the metric " + metric.name() + " takes "
            + (metric.takesLabels() ? "labels" : "numbers") + ", the loss " + loss.describe().get("name")
            + (loss.takesLabels() ? " labels" : " numbers") + ": they must take the same");
      }
    }
  }

  private void plan(int size) {
    graph.plan(compute, size);
    if (size > plannedBatch) {
      plannedBatch = size;
    }
  }

  // a loop of one's own

  /**
   * Computes the outputs of a batch.
   *
   * @param batch samples
   * @throws IllegalArgumentException if its samples have another size than the input
   */
  public void forward(Batch batch) {
    if (batch.features().byteSize() < 4 * inputs * batch.size()) {
      throw new IllegalArgumentException("the batch's samples are shorter than the model's input of "
          + architecture.inputShape() + " (" + inputs + " floats)");
    }
    plan(batch.capacity());
    this.batch = batch.size();
    graph.forward(batch.features(), batch.size());
  }

  /**
   * Mean loss of the batch of the last {@link #forward}, and its gradient with respect to the outputs.
   *
   * @param batch the same samples
   * @return the loss
   * @throws IllegalArgumentException if a label is out of range
   * @throws IllegalStateException    if the batch is not the one of the last forward
   */
  public double loss(Batch batch) {
    graph.requireOpen();
    if (batch.size() != this.batch) {
      throw new IllegalStateException("the batch has " + batch.size() + " samples, the last forward had " + this.batch
          + ": call forward with this batch first");
    }
    return lossCall.of(output.data(), batch.labels(), output.gradient(), batch.size(), outputs).evaluate(loss);
  }

  /** Computes the gradients of all parameters, from that of {@link #loss}. */
  public void backward() {
    graph.requireOpen();
    graph.backward(batch);
  }

  /**
   * Updates all parameters.
   *
   * @return false if the optimizer skipped the step: see {@link Updater#step}
   */
  public boolean step() {
    graph.requireOpen();
    return updater.step();
  }

  /**
   * What updates the parameters: their states, and what it measured.
   *
   * @return the model's own, closed with it
   */
  public Updater updater() {
    return updater;
  }

  /**
   * The outputs of the last {@link #forward}.
   *
   * @return batch x outputs floats; logits, for a classifier
   */
  public MemorySegment outputs() {
    return output.data();
  }

  // whole datasets

  /**
   * Trains.
   *
   * @param data    to train on
   * @param options how
   * @return the figures of each epoch
   * @throws IllegalArgumentException if the data does not fit the model
   */
  public History fit(Dataset data, Fit options) {
    requireFit(data);
    Dataset validation = options.validation();
    if (validation != null) {
      requireFit(validation);
    }
    Batches batches = new Batches(data, options.batchSize());
    List<String> names = metricNames();
    Progress progress = new Progress(metrics, outputs, options.epochs(), batches.count());
    List<History.Epoch> epochs = new ArrayList<>();
    options.listeners().forEach(listener -> listener.onTrainingBegin(this, options));
    for (int epoch = 0; epoch < options.epochs(); epoch++) {
      batches.shuffle(options.seed(), epoch);
      progress.beginEpoch(epoch + 1);
      for (int i = 0; i < batches.count(); i++) {
        trainBatch(batches.load(i), progress.totals());
        progress.endBatch();
        for (int k = 0; k < options.listeners().size(); k++) {
          options.listeners().get(k).onTrainingBatch(progress);
        }
      }
      double seconds = progress.seconds();
      Evaluation measured = validation == null ? null : evaluate(validation, options.batchSize());
      History.Epoch figures = new History.Epoch(epoch + 1, progress.totals().evaluation(), measured,
          progress.samples(), seconds);
      epochs.add(figures);
      options.listeners().forEach(listener -> listener.onEpoch(figures));
    }
    History history = new History(names, epochs);
    options.listeners().forEach(listener -> listener.onTrainingEnd(history));
    return history;
  }

  private void trainBatch(Batch batch, Totals totals) {
    forward(batch);
    totals.addBatch(loss(batch), batch.size());
    addMetrics(batch, totals);
    backward();
    step();
  }

  private void addMetrics(Batch batch, Totals totals) {
    totals.addMetrics(output.data(), batch.labels(), batch.weights(), batch.size());
  }

  /**
   * Measures loss and metrics, without training.
   *
   * @param data      to measure on
   * @param batchSize samples at a time; it changes no figure but by rounding
   * @return the figures of all samples
   * @throws IllegalArgumentException if the data does not fit the model
   */
  public Evaluation evaluate(Dataset data, int batchSize) {
    requireFit(data);
    Totals totals = new Totals(metrics, outputs);
    for (Batch batch : new Batches(data, batchSize)) {
      forward(batch);
      totals.addBatch(lossCall.of(output.data(), batch.labels(), null, batch.size(), outputs).evaluate(loss),
          batch.size());
      addMetrics(batch, totals);
    }
    return totals.evaluation();
  }

  void requireFit(Dataset data) {
    graph.requireOpen();
    if (data.features() != inputs) {
      throw new IllegalArgumentException("the data has " + data.features() + " features a sample, the model's input is "
          + architecture.inputShape() + " (" + inputs + ")");
    }
    if (!loss.takesLabels()) {
      throw new IllegalArgumentException("a dataset holds labels, and " + loss.describe().get("name")
          + " takes numbers: use a loop of your own, with a Batch whose labels hold floats");
    }
    if (data.classes() > outputs) {
      throw new IllegalArgumentException(
          "the data has " + data.classes() + " classes, the model " + outputs + " outputs");
    }
  }

  /**
   * Predicts: probabilities of the classes for a classifier, else the outputs.
   *
   * @param features    samples x inputs, finite numbers
   * @param predictions samples x outputs, written
   * @param samples     how many
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a feature is not finite; nothing is written then
   */
  public void predict(float[] features, float[] predictions, int samples) {
    requireLength("features", features, samples, inputs);
    requireLength("predictions", predictions, samples, outputs);
    for (int i = 0; i < samples * inputs; i++) {
      if (!Float.isFinite(features[i])) {
        throw new IllegalArgumentException("features[" + i + "] is " + features[i] + ": predict wants finite numbers");
      }
    }
    plan(samples);
    Memory.copy(features, graph.staging(), samples * inputs);
    graph.forward(graph.staging(), samples);
    loss.activate(compute.kernels(), output.data(), samples, outputs);
    Memory.copy(output.data(), predictions, samples * outputs);
  }

  private static void requireLength(String name, float[] array, int samples, long each) {
    if (samples < 1 || array.length < samples * each) {
      throw new IndexOutOfBoundsException(
          name + " has " + array.length + " elements, " + samples + " samples of " + each + " need " + samples * each);
    }
  }

  // files

  /**
   * Writes parameters in PyTorch's names and layouts, and a description of the layers, as safetensors. The file is
   * complete or not there: an older one stays until the new one is.
   *
   * @param file to write
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    graph.requireOpen();
    ModelFile.write(file, architecture, loss, optimizer, graph.parameters());
  }

  /**
   * Saves the optimizer's states and the number of its step. Together with {@link #save} a run can go on from there, with
   * the bits of one that never stopped.
   *
   * @param file to be written
   * @throws IOException if it cannot be written
   */
  public void saveOptimizer(Path file) throws IOException {
    graph.requireOpen();
    UpdaterFile.save(file, updater, new DiskLayout(graph.parameters()));
  }

  /**
   * Replaces the optimizer's states by those of a file. {@link #load} the parameters first: it lets averages of weights
   * begin anew.
   *
   * @param file written by {@link #saveOptimizer}
   * @throws IOException if it cannot be read, is damaged, or holds other states; the model is unchanged then
   */
  public void loadOptimizer(Path file) throws IOException {
    graph.requireOpen();
    UpdaterFile.load(file, updater, new DiskLayout(graph.parameters()));
  }

  /**
   * Replaces the parameters by those of a file.
   *
   * @param file written by {@link #save}
   * @throws IOException if it cannot be read, is damaged, or holds other parameters; the model is unchanged then
   */
  public void load(Path file) throws IOException {
    graph.requireOpen();
    ModelFile.readParameters(file, graph.parameters());
    updater.restartAverages();
  }

  // what it is

  /**
   * The architecture.
   *
   * @return as given
   */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * What it computes with.
   *
   * @return as given
   */
  public Compute compute() {
    return compute;
  }

  /**
   * The trained tensors.
   *
   * @return in the order of the layers
   */
  public List<Parameter> parameters() {
    return graph.parameters();
  }

  /**
   * Trained numbers.
   *
   * @return their count
   */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /**
   * Elements of a prediction.
   *
   * @return classes, for a classifier
   */
  public long outputCount() {
    return outputs;
  }

  /**
   * Names of the metrics.
   *
   * @return in the order given to compile
   */
  public List<String> metricNames() {
    return metrics.stream().map(Metric::name).toList();
  }

  /**
   * A copy of all parameters in the kernels' order.
   *
   * @return one after the other, with zeros between them up to multiples of 16
   */
  public float[] snapshot() {
    return graph.parameterData().toArray(JAVA_FLOAT);
  }

  /** Frees the memory. The model cannot be used afterwards. */
  @Override
  public void close() {
    graph.close();
    updater.close();
  }
}
