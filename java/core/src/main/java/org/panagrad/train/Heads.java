package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Batch;
import org.panagrad.data.Column;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.CombinedCall;
import org.panagrad.loss.CombinedLoss;
import org.panagrad.loss.Loss;
import org.panagrad.loss.LossCall;
import org.panagrad.loss.LossParts;
import org.panagrad.loss.SequenceCrossEntropy;
import org.panagrad.loss.WeightedLoss;
import org.panagrad.metric.Accumulator;
import org.panagrad.metric.Metric;

/** The losses and metrics of a model's outputs: which column each reads, and what they come to. Allocates nothing. */
final class Heads {
  private final Compute compute;
  private final List<Head> heads;
  private final List<Value> outputs;
  private final CombinedCall call;
  private final LossCall[] calls;
  private final List<Head.Learned> learned = new ArrayList<>();
  private final @Nullable Parameter[] spreads;
  private final MemorySegment[] unwanted;
  private final List<Metric> metrics = new ArrayList<>();
  private final List<String> metricNames = new ArrayList<>();
  private final int[] metricHeads;
  /** Where the columns of the last batch's kind lie. */
  private List<Column> columns = List.of();
  private final int[] targets, lengths;

  /** outputs: of the network. The graph gets a reader of each, and a parameter for all that the heads learn. */
  Heads(Compute compute, List<Head> heads, Graph graph, List<Value> outputs) {
    if (heads.size() != outputs.size()) {
      throw new IllegalArgumentException(
          "the network has " + outputs.size() + " outputs, but there are " + heads.size() + " heads");
    }
    this.compute = compute;
    this.heads = List.copyOf(heads);
    this.outputs = outputs.stream().map(graph::read).toList();
    Set<String> names = new HashSet<>();
    List<WeightedLoss> losses = new ArrayList<>();
    spreads = new Parameter[heads.size()];
    unwanted = new MemorySegment[heads.size()];
    Arrays.fill(unwanted, MemorySegment.NULL);
    calls = new LossCall[heads.size()];
    targets = new int[heads.size()];
    lengths = new int[heads.size()];
    List<Integer> owners = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      Head head = heads.get(i);
      if (!names.add(head.name())) {
        throw new IllegalArgumentException("two heads are named " + head.name() + ": give each a name of its own");
      }
      losses.add(new WeightedLoss(head.name(), head.weight(), head.loss()));
      learned.add(head.declare(graph));
      spreads[i] = learned.get(i).weight();
      if (heads.size() > 1) {
        metricNames.add(head.name() + " loss");
      }
    }
    for (int i = 0; i < heads.size(); i++) {
      Head head = heads.get(i);
      for (Metric metric : head.metrics()) {
        requireSameTargets(metric, head.loss());
        metrics.add(metric);
        metricNames.add(heads.size() == 1 ? metric.name() : head.name() + " " + metric.name());
        owners.add(i);
      }
    }
    metricHeads = owners.stream().mapToInt(Integer::intValue).toArray();
    call = new CombinedLoss(losses).on(compute);
    for (int i = 0; i < calls.length; i++) {
      calls[i] = call.part(heads.get(i).name());
    }
  }

  private static void requireSameTargets(Metric metric, Loss loss) {
    if (metric.takesLabels() != loss.takesLabels()) {
      throw new IllegalArgumentException("the metric " + metric.name() + " takes "
          + (metric.takesLabels() ? "labels" : "numbers") + ", the loss " + loss.describe().get("name")
          + (loss.takesLabels() ? " labels" : " numbers") + ": they must take the same");
    }
  }

  /** Shows the losses where their parameters lie, once the graph is built. */
  void bind() {
    for (int i = 0; i < calls.length; i++) {
      LossCall call = calls[i];
      learned.get(i).ofLoss().forEach((loss, own) -> call.bind(loss, own.data(), own.gradient()));
    }
  }

  List<Head> all() {
    return heads;
  }

  /** The output that a head's loss reads: its gradient is where the loss writes it. */
  Value output(int head) {
    return outputs.get(head);
  }

  List<String> metricNames() {
    return metricNames;
  }

  LossParts parts() {
    return call.parts();
  }

  // what a batch has for them

  /** Finds each head's columns, and refuses data that does not fit. */
  void require(List<Column> columns) {
    if (this.columns == columns) {
      return;
    }
    for (int i = 0; i < heads.size(); i++) {
      targets[i] = target(columns, i);
      String name = heads.get(i).lengths();
      lengths[i] = name == null ? -1 : place(columns, name);
    }
    this.columns = columns;
  }

  private static int place(List<Column> columns, String name) {
    for (int k = 0; k < columns.size(); k++) {
      if (columns.get(k).name().equals(name)) {
        return k;
      }
    }
    throw new IllegalArgumentException("the data has no column " + name + ": its columns are " + columns);
  }

  private int target(List<Column> columns, int head) {
    Head wanted = heads.get(head);
    if (!wanted.loss().takesTarget()) {
      return -1;
    }
    List<Integer> candidates = new ArrayList<>();
    for (int k = 0; k < columns.size(); k++) {
      if (columns.get(k).role() == Column.Role.TARGET) {
        if (columns.get(k).name().equals(wanted.name())) {
          return fitting(columns, k, head);
        }
        candidates.add(k);
      }
    }
    if (head >= candidates.size()) {
      throw new IllegalArgumentException(
          "head " + wanted.name() + " needs a target, the data's columns are " + columns);
    }
    return fitting(columns, candidates.get(head), head);
  }

  private int fitting(List<Column> columns, int place, int head) {
    Column column = columns.get(place);
    Shape shape = outputs.get(head).shape();
    String who = heads.size() == 1 ? "the loss" : "the loss of head " + heads.get(head).name();
    if (heads.get(head).loss().takesLabels()) {
      if (!column.isInt()) {
        throw new IllegalArgumentException(
            who + " takes labels, and the column " + column + " holds numbers");
      }
      if (column.classes() > shape.last()) {
        throw new IllegalArgumentException(
            "the data has " + column.classes() + " classes, the model " + shape.last() + " outputs");
      }
      requireElements(column, shape.elements() / shape.last(), who);
    } else {
      if (column.isInt()) {
        throw new IllegalArgumentException(who + " (" + heads.get(head).loss().describe().get("name")
            + ") takes numbers, and the column " + column + " holds labels: give the data a column of numbers");
      }
      requireElements(column, shape.elements(), who);
    }
    return place;
  }

  private static void requireElements(Column column, long wanted, String who) {
    if (column.elements() != wanted) {
      throw new IllegalArgumentException(
          who + " takes " + wanted + " elements a sample, and the column " + column + " has another number");
    }
  }

  /** Brings the targets to a GPU ahead of the way forward, which goes on with the losses then. */
  void expect(Batch batch) {
    if (!compute.kernels().onDevice() || batch.columns() != columns) {
      return; // else the loss brings them, and refuses those that do not fit
    }
    for (int i = 0; i < calls.length; i++) {
      if (targets[i] >= 0) {
        calls[i].expect(batch.column(targets[i]));
      }
    }
  }

  // what they come to

  /** The total; with gradients, those of the outputs and of the weights that are learned are written. */
  double loss(Batch batch, @Nullable MemorySegment weights, boolean gradients) {
    require(batch.columns());
    double spread = 0;
    for (int i = 0; i < calls.length; i++) {
      fill(i, batch, weights, gradients);
      if (spreads[i] != null) {
        compute.kernels().download(spreads[i].data());
        double s = spreads[i].data().getAtIndex(JAVA_FLOAT, 0);
        call.weight(i, StrictMath.exp(-s));
        spread += s;
      }
    }
    double total = call.evaluate() + spread;
    for (int i = 0; i < calls.length && gradients; i++) {
      if (spreads[i] != null) {
        double s = spreads[i].data().getAtIndex(JAVA_FLOAT, 0);
        spreads[i].gradient().setAtIndex(JAVA_FLOAT, 0, (float) (1 - StrictMath.exp(-s) * call.parts().value(i)));
        compute.kernels().upload(spreads[i].gradient());
      }
    }
    return total;
  }

  private void fill(int head, Batch batch, @Nullable MemorySegment weights, boolean gradients) {
    Value output = outputs.get(head);
    MemorySegment gradient = gradients ? gradient(head, batch) : null;
    long columns = columns(head), rows = batch.size() * (output.shape().elements() / columns);
    LossCall call = calls[head];
    if (targets[head] < 0) {
      call.of(output.data(), gradient, rows, columns);
    } else {
      call.of(output.data(), batch.column(targets[head]), gradient, rows, columns);
    }
    if (weights != null) {
      requireWholeSamples(head);
      call.sampleWeight(weights);
    }
    if (lengths[head] >= 0) {
      call.lengths(batch.column(lengths[head]), output.shape().size(0));
    } else if (heads.get(head).loss() instanceof SequenceCrossEntropy) {
      call.steps(output.shape().size(0));
    }
  }

  /** Where the gradient of an output goes; of one that needs none it is by the way, where the loss has parameters. */
  private @Nullable MemorySegment gradient(int head, Batch batch) {
    Value output = outputs.get(head);
    if (output.needsGradient() || learned.get(head).ofLoss().isEmpty()) {
      return output.needsGradient() ? output.gradient() : null;
    }
    long bytes = 4 * output.shape().elements() * batch.capacity();
    if (unwanted[head].byteSize() < bytes) {
      unwanted[head] = compute.kernels().allocate(bytes);
    }
    return unwanted[head];
  }

  /** Elements of a row as the loss sees it: a whole sample, or the last size. */
  private long columns(int head) {
    Shape shape = outputs.get(head).shape();
    return heads.get(head).loss().takesWholeSamples() ? shape.elements() : shape.last();
  }

  private void requireWholeSamples(int head) {
    if (columns(head) != outputs.get(head).shape().elements()) {
      throw new IllegalArgumentException("head " + heads.get(head).name()
          + " has several rows for each sample: its loss has no use for a weight of the whole sample");
    }
  }

  /** What has seen no sample yet. */
  Totals start() {
    Accumulator[] accumulators = new Accumulator[metrics.size()];
    for (int k = 0; k < accumulators.length; k++) {
      accumulators[k] = metrics.get(k).start(columns(metricHeads[k]));
    }
    return new Totals(metricNames.size() - accumulators.length, accumulators);
  }

  /** Adds the batch whose loss was computed last: the losses of several heads, and the metrics. */
  void addMetrics(Batch batch, Totals totals) {
    require(batch.columns());
    for (int i = 0; i < metricNames.size() - metrics.size(); i++) {
      totals.addPart(i, call.parts().value(i), batch.size());
    }
    for (int k = 0; k < metrics.size(); k++) {
      int head = metricHeads[k];
      Value output = outputs.get(head);
      if (k == 0 || head != metricHeads[k - 1]) {
        compute.kernels().download(output.data());
      }
      long rows = output.shape().elements() / columns(head);
      totals.addMetric(k, output.data(), target(batch, head), rows == 1 ? batch.weights() : null, batch.size() * rows);
    }
  }

  private MemorySegment target(Batch batch, int head) {
    return targets[head] < 0 ? MemorySegment.NULL : batch.column(targets[head]);
  }

  /** Turns the outputs into predictions. */
  void activate(int batch) {
    for (int i = 0; i < calls.length; i++) {
      Value output = outputs.get(i);
      long columns = columns(i);
      heads.get(i).loss().activate(compute.kernels(), output.data(),
          batch * (output.shape().elements() / columns), columns);
    }
  }
}
