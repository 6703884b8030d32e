package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Column;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Memory;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Reached;
import org.panagrad.loss.LossParts;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Updater;
import org.panagrad.optim.UpdaterFile;

/**
 * A network with an optimizer and losses: {@link #fit}, {@link #evaluate}, {@link #predict}, {@link #save}, or a loop of
 * one's own with {@link #forward}, {@link #loss}, {@link #backward}, {@link #step}.
 *
 * <p>The model owns its memory off the heap until it is closed. One thread may use it at a time. After the first batch of
 * the greatest size, a step and a prediction on a processor allocate nothing.
 */
public final class Model implements AutoCloseable {
  private final Architecture architecture;
  private final Compute compute;
  private final Optimizer optimizer;
  private final Graph graph;
  private final Architecture.Ends ends;
  private final Heads heads;
  private final Updater updater;
  private Trainer trainer = new Trainer(this);
  private final MemorySegment sumOfFeatures;
  private final Reached reached;
  private int batch;

  /**
   * Builds the network.
   *
   * @param architecture of the network
   * @param seed         of the initial values
   * @param compute      what to compute with; it stays the caller's to close
   * @param optimizer    update rule
   * @param heads        losses and metrics, one for each output
   * @throws IllegalArgumentException if the layers do not fit together, or the heads do not fit the outputs
   */
  public Model(Architecture architecture, long seed, Compute compute, Optimizer optimizer, List<Head> heads) {
    this.architecture = architecture;
    this.compute = compute;
    this.optimizer = optimizer;
    graph = new Graph(compute.kernels());
    sumOfFeatures = compute.kernels().allocate(4);
    ends = architecture.build(graph);
    reached = new Reached(compute.kernels(), ends.inputs().size());
    this.heads = new Heads(compute, heads, graph, ends.outputs());
    graph.build(seed);
    this.heads.bind();
    updater = new Updater(compute, optimizer);
    graph.parameters().stream().filter(Parameter::trained).forEach(p -> updater.add(p.name(), p.data(), p.gradient(),
        p.inside().sizes().stream().mapToLong(Long::longValue).toArray()));
  }

  // a loop of one's own

  /**
   * Computes the outputs of a batch that is trained on.
   *
   * @param batch samples
   * @throws IllegalArgumentException if its inputs are not the model's
   */
  public void forward(Batch batch) {
    forward(batch, true);
  }

  /**
   * Computes the outputs of a batch as for a prediction: nothing is dropped, and normalisation uses what it has learned.
   *
   * @param batch samples
   * @throws IllegalArgumentException if its inputs are not the model's
   */
  public void infer(Batch batch) {
    forward(batch, false);
  }

  private void forward(Batch batch, boolean training) {
    graph.plan(compute, batch.capacity());
    for (int i = 0; i < ends.inputs().size(); i++) {
      MemorySegment samples = batch.input(i);
      if (samples.byteSize() < 4 * ends.inputs().get(i).shape().elements() * batch.size()) {
        throw new IllegalArgumentException("the batch's samples are shorter than the model's input " + input(i));
      }
      graph.feed(i, reached.of(i, samples));
    }
    heads.expect(batch);
    this.batch = batch.size();
    graph.forward(batch.size(), training);
  }

  private String input(int i) {
    Value input = ends.inputs().get(i);
    return ends.names().get(i) + " of " + input.shape() + " (" + input.shape().elements()
        + (input.isInt() ? " ints)" : " floats)");
  }

  /**
   * Loss of the batch of the last {@link #forward}, weighted over the heads, and its gradient with respect to the outputs.
   *
   * @param batch the same samples
   * @return the loss
   * @throws IllegalArgumentException if a label is out of range, or the batch has not the targets that the losses need
   * @throws IllegalStateException    if the batch is not the one of the last forward
   */
  public double loss(Batch batch) {
    return loss(batch, batch.weights(), true);
  }

  double loss(Batch batch, @Nullable MemorySegment weights, boolean gradients) {
    graph.requireOpen();
    if (batch.size() != this.batch) {
      throw new IllegalStateException("the batch has " + batch.size() + " samples, the last forward had " + this.batch
          + ": call forward with this batch first");
    }
    return heads.loss(batch, weights, gradients);
  }

  /**
   * What the heads' losses came to.
   *
   * @return names and values of the last {@link #loss}, before weights
   */
  public LossParts lossParts() {
    return heads.parts();
  }

  /** Computes the gradients of all parameters, from that of {@link #loss} or what was written to {@link #outputGradient}. */
  public void backward() {
    graph.requireOpen();
    graph.backward();
  }

  /**
   * Updates all parameters.
   *
   * @return false if the optimizer skipped the step: see {@link Updater#step}
   */
  public boolean step() {
    graph.requireOpen();
    boolean done = updater.step();
    compute.kernels().begin();
    return done;
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
   * The outputs of the last {@link #forward}, of the first head. On a GPU each call copies them here.
   *
   * @return batch x elements floats; logits, for a classifier
   */
  public MemorySegment outputs() {
    return outputs(0);
  }

  /**
   * The outputs of the last {@link #forward}. On a GPU each call copies them here.
   *
   * @param head which
   * @return batch x elements floats
   */
  public MemorySegment outputs(int head) {
    return downloaded(heads.output(head).data());
  }

  private MemorySegment downloaded(MemorySegment array) {
    compute.kernels().download(array);
    return array;
  }

  int headCount() {
    return heads.all().size();
  }

  /**
   * Where the gradient of the loss with respect to an output lies: {@link #loss} writes it, and so may a program with a
   * loss of its own, as one that goes on into another model; on a GPU, what is written here is then to be shown there by
   * {@code compute().kernels().upload(gradient)}.
   *
   * @param head which output
   * @return batch x elements floats
   */
  public MemorySegment outputGradient(int head) {
    return heads.output(head).gradient();
  }

  /**
   * The gradient of the loss with respect to an input, after {@link #backward}. On a GPU each call copies it here.
   *
   * @param input which; the network's input was made {@code withGradient()}
   * @return batch x elements floats
   * @throws IllegalStateException if it was not
   */
  public MemorySegment inputGradient(int input) {
    Value value = ends.inputs().get(input);
    if (!value.needsGradient()) {
      throw new IllegalStateException(
          "the gradient of the input " + ends.names().get(input) + " is not computed: make it with withGradient()");
    }
    return downloaded(value.gradient());
  }

  // whole datasets

  /**
   * Trains.
   *
   * @param data    to train on
   * @param options how
   * @return the figures of each epoch
   * @throws IllegalArgumentException if the data does not fit the model
   * @throws java.io.UncheckedIOException if a checkpoint or a log cannot be written or read; the model can be used further,
   *                                  and the checkpoint before stays
   */
  public History fit(Dataset data, Fit options) {
    trainer = new Trainer(this);
    return trainer.fit(data, options);
  }

  /** Ends {@link #fit} once the step that is under way and its epoch's validation are done; for listeners. */
  public void stop() {
    trainer.stop();
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
    Totals totals = heads.start();
    for (Batch batch : new Batches(data, batchSize)) {
      infer(batch);
      totals.addBatch(loss(batch, batch.weights(), false), batch.size());
      heads.addMetrics(batch, totals);
    }
    return totals.evaluation();
  }

  void requireFit(Dataset data) {
    graph.requireOpen();
    List<Column> inputs = data.columns().stream().filter(c -> c.role() == Column.Role.INPUT).toList();
    if (inputs.size() < ends.inputs().size()) {
      throw new IllegalArgumentException("the data has the inputs " + inputs + ", the model needs "
          + ends.inputs().size());
    }
    for (int i = 0; i < ends.inputs().size(); i++) {
      Column column = inputs.get(i);
      Value input = ends.inputs().get(i);
      if (column.elements() != input.shape().elements()) {
        throw new IllegalArgumentException(
            "the data has " + column.elements() + " features a sample, the model's input "
                + "is " + input.shape() + " (" + input.shape().elements() + ")");
      }
      if (column.isInt() != input.isInt()) {
        throw new IllegalArgumentException("the data's column " + column + " is for the model's input " + input(i));
      }
    }
    heads.require(data.columns());
  }

  /**
   * Predicts: probabilities of the classes for a classifier, else the outputs. For models with one input and one output;
   * with more, {@link #infer} a batch and read {@link #outputs}.
   *
   * @param features    samples x inputs, finite numbers
   * @param predictions samples x outputs, written
   * @param samples     how many
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if a feature is not finite; nothing is written then
   * @throws IllegalStateException     if the model has several inputs or outputs, or reads whole numbers
   */
  public void predict(float[] features, float[] predictions, int samples) {
    if (ends.inputs().size() != 1 || ends.outputs().size() != 1 || ends.inputs().getFirst().isInt()) {
      throw new IllegalStateException("predict is for one input of numbers and one output: use infer and outputs");
    }
    long inputs = ends.inputs().getFirst().shape().elements(), outputs = outputCount();
    requireLength("features", features, samples, inputs);
    requireLength("predictions", predictions, samples, outputs);
    graph.plan(compute, samples);
    Memory.copy(features, graph.staging(0), samples * inputs);
    compute.kernels().upload(graph.staging(0));
    requireFinite(features, graph.staging(0), samples * inputs);
    graph.feed(0, graph.staging(0));
    graph.forward(samples, false);
    heads.activate(samples);
    compute.kernels().download(heads.output(0).data());
    Memory.copy(heads.output(0).data(), predictions, samples * outputs);
  }

  /** The sum tells of a number that is not finite in a fraction of the time; huge ones may overflow it as well. */
  private void requireFinite(float[] features, MemorySegment copy, long count) {
    compute.kernels().rowSums(copy, sumOfFeatures, count, 0, 1);
    compute.kernels().download(sumOfFeatures);
    if (Float.isFinite(sumOfFeatures.get(JAVA_FLOAT, 0))) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(features[i])) {
        throw new IllegalArgumentException("features[" + i + "] is " + features[i] + ": predict wants finite numbers");
      }
    }
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
    downloadParameters();
    ModelFile.write(file, architecture, heads.all(), optimizer, graph.parameters());
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
    uploadParameters();
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
   * The network's inputs.
   *
   * @return in the order in which a batch has them
   */
  public List<Value> inputs() {
    return ends.inputs();
  }

  /**
   * Shape of a sample of the first input.
   *
   * @return without the batch
   */
  public Shape inputShape() {
    return ends.inputs().getFirst().shape();
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
   * The parameters, with those that are frozen and what layers keep by themselves. On a GPU their arrays are downloaded
   * before they are read, and uploaded once they are written: see {@link org.panagrad.kernel.Storage}.
   *
   * @return in the order of the layers
   */
  public List<Parameter> parameters() {
    return graph.parameters();
  }

  /**
   * Numbers in all parameters.
   *
   * @return their count
   */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /**
   * Elements of the first output.
   *
   * @return classes, for a classifier
   */
  public long outputCount() {
    return ends.outputs().getFirst().shape().elements();
  }

  /**
   * Names of the metrics.
   *
   * @return in the order given to compile
   */
  public List<String> metricNames() {
    return List.copyOf(heads.metricNames());
  }

  /**
   * A copy of all parameters in the kernels' order.
   *
   * @return one after the other, with zeros between them up to multiples of 16
   */
  public float[] snapshot() {
    downloadParameters();
    return graph.parameterData().toArray(JAVA_FLOAT);
  }

  /**
   * Puts all parameters back.
   *
   * @param snapshot as {@link #snapshot} gave it
   * @throws IllegalArgumentException if it is of another model
   */
  public void restore(float[] snapshot) {
    if (snapshot.length != graph.parameterFloats()) {
      throw new IllegalArgumentException("the snapshot has " + snapshot.length + " numbers, the model "
          + graph.parameterFloats());
    }
    Memory.copy(snapshot, graph.parameterData(), snapshot.length);
    uploadParameters();
  }

  /** Shows here what they are on a GPU. */
  void downloadParameters() {
    compute.kernels().download(graph.parameterData());
  }

  /** Shows a GPU what they are here. */
  void uploadParameters() {
    compute.kernels().upload(graph.parameterData());
  }

  Graph graph() {
    return graph;
  }

  Heads heads() {
    return heads;
  }

  /** Frees the memory. The model cannot be used afterwards. */
  @Override
  public void close() {
    try {
      graph.close();
    } finally {
      updater.close();
    }
  }
}
