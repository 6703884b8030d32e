package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
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
    Checkpoints wanted = options.checkpoints();
    Checkpoint checkpoint = wanted == null ? null : new Checkpoint(wanted.file(), model, options, data.size());
    Checkpoint.Place place = checkpoint != null && Files.exists(wanted.file()) ? read(checkpoint) : null;
    if (place != null) {
      epochs.addAll(place.epochs());
    }
    for (int epoch = epochs.size(); epoch < options.epochs() && !stopping; epoch++) {
      if (options.shuffling()) {
        batches.shuffle(options.seed(), epoch);
      }
      progress.beginEpoch(epoch + 1);
      if (place != null) {
        progress.resume(place.batch(), place.totals());
        place = null;
      }
      train(batches, options, progress, checkpoint, epochs);
      double seconds = progress.seconds();
      Evaluation measured = validation == null ? null : model.evaluate(validation, options.batchSize());
      History.Epoch figures = new History.Epoch(epoch + 1, progress.totals().evaluation(), measured,
          progress.samples(), seconds);
      epochs.add(figures);
      options.listeners().forEach(listener -> listener.onEpoch(figures));
      if (checkpoint != null) {
        progress.totals().reset();
        write(checkpoint, epochs.size(), 0, progress, epochs);
      }
    }
    History history = new History(names, epochs);
    options.listeners().forEach(listener -> listener.onTrainingEnd(history));
    return history;
  }

  private static Checkpoint.Place read(Checkpoint checkpoint) {
    try {
      return checkpoint.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Checkpoint checkpoint, int epoch, int batch, Progress progress,
      List<History.Epoch> epochs) {
    try {
      checkpoint.write(epoch, batch, progress.totals(), epochs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An epoch, or what of it is left. */
  private void train(Batches batches, Fit options, Progress progress, @Nullable Checkpoint checkpoint,
      List<History.Epoch> epochs) {
    Checkpoints wanted = options.checkpoints();
    for (int i = progress.batch(); i < batches.count() && !stopping; i++) {
      Batch batch = batches.load(i);
      model.forward(batch);
      progress.totals().addBatch(model.loss(batch, weights(batch, options), true), batch.size());
      model.heads().addMetrics(batch, progress.totals());
      model.backward();
      boolean stepped = step(batch, options, i == batches.count() - 1, i);
      progress.endBatch();
      for (int k = 0; k < options.listeners().size(); k++) {
        options.listeners().get(k).onTrainingBatch(progress);
      }
      if (checkpoint != null && stepped && i < batches.count() - 1 && wanted.steps() > 0
          && model.updater().steps() % wanted.steps() == 0) {
        write(checkpoint, epochs.size(), i + 1, progress, epochs);
      }
    }
  }

  /** A step of the optimizer, or one batch nearer to it. */
  private boolean step(Batch batch, Fit options, boolean last, int index) {
    if (options.accumulation() == 1) {
      model.step();
      return true;
    }
    model.updater().accumulate(batch.size());
    if ((index + 1) % options.accumulation() != 0 && !last) {
      return false;
    }
    model.step();
    return true;
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
