package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;

/** The loop of {@link Model#fit}. */
final class Trainer {
  private final Model model;
  private boolean stopping;
  private MemorySegment weights = MemorySegment.NULL;

  Trainer(Model model) {
    this.model = model;
  }

  void stop() {
    stopping = true;
  }

  History fit(Dataset all, Fit options) {
    model.requireFit(all);
    int kept = options.validationSplit() == 0
        ? all.size()
        : (int) Math.round(all.size() * (1 - options.validationSplit()));
    Dataset data = kept == all.size() ? all : all.slice(0, kept);
    Dataset validation = kept == all.size() ? options.validation() : all.slice(kept, all.size());
    if (validation != null) {
      model.requireFit(validation);
    }
    return fit(data, validation, options);
  }

  private History fit(Dataset data, @Nullable Dataset validation, Fit options) {
    Batches batches = new Batches(data, options.batchSize());
    List<String> names = model.metricNames();
    Progress progress = new Progress(names, model.heads().start(), options.epochs(), batches.count());
    List<History.Epoch> epochs = new ArrayList<>();
    options.listeners().forEach(listener -> listener.onTrainingBegin(model, options));
    for (int epoch = 0; epoch < options.epochs() && !stopping; epoch++) {
      if (options.shuffling()) {
        batches.shuffle(options.seed(), epoch);
      }
      progress.beginEpoch(epoch + 1);
      train(batches, options, progress);
      double seconds = progress.seconds();
      Evaluation measured = validation == null ? null : model.evaluate(validation, options.batchSize());
      History.Epoch figures = new History.Epoch(epoch + 1, progress.totals().evaluation(), measured,
          progress.samples(), seconds);
      epochs.add(figures);
      options.listeners().forEach(listener -> listener.onEpoch(figures));
    }
    History history = new History(names, epochs);
    options.listeners().forEach(listener -> listener.onTrainingEnd(history));
    return history;
  }

  /** An epoch, or what of it is left. */
  private void train(Batches batches, Fit options, Progress progress) {
    for (int i = progress.batch(); i < batches.count() && !stopping; i++) {
      Batch batch = batches.load(i);
      model.forward(batch);
      progress.totals().addBatch(model.loss(batch, weights(batch, options), true), batch.size());
      model.heads().addMetrics(batch, progress.totals());
      model.backward();
      boolean last = i == batches.count() - 1;
      if (options.accumulation() == 1) {
        model.step();
      } else {
        model.updater().accumulate(batch.size());
        if ((i + 1) % options.accumulation() == 0 || last) {
          model.step();
        }
      }
      progress.endBatch();
      for (int k = 0; k < options.listeners().size(); k++) {
        options.listeners().get(k).onTrainingBatch(progress);
      }
    }
  }

  /** The samples' weights, times those of their classes. */
  private @Nullable MemorySegment weights(Batch batch, Fit options) {
    float[] classWeight = options.classWeight();
    MemorySegment own = batch.weights();
    if (classWeight.length == 0) {
      return own;
    }
    if (weights.byteSize() < 4L * batch.capacity()) {
      weights = Arena.ofAuto().allocate(4L * batch.capacity(), 4);
    }
    MemorySegment labels = batch.target(0);
    for (int i = 0; i < batch.size(); i++) {
      int label = labels.getAtIndex(JAVA_INT, i);
      if (label < 0 || label >= classWeight.length) {
        throw new IllegalArgumentException("sample " + i + " of the batch has label " + label + ", and there are "
            + classWeight.length + " class weights");
      }
      float sample = own == null ? 1 : own.getAtIndex(JAVA_FLOAT, i);
      weights.setAtIndex(JAVA_FLOAT, i, sample * classWeight[label]);
    }
    return weights;
  }
}
