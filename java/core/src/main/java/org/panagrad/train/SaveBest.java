package org.panagrad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Saves the model whenever a figure is the best so far. One for each run. */
public final class SaveBest implements TrainingListener {
  private final Path file;
  private final Monitor monitor;
  private @Nullable Model model;
  private List<String> names = List.of();
  private double best;

  /**
   * Into a file.
   *
   * @param file    written as {@link Model#save} does
   * @param monitor the figure
   */
  public SaveBest(Path file, Monitor monitor) {
    this.file = file;
    this.monitor = monitor;
  }

  @Override
  public void onTrainingBegin(Model model, Fit fit) {
    names = model.metricNames();
    monitor.require(names);
    this.model = model;
    best = monitor.worst();
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    double value = monitor.of(epoch, names);
    if (monitor.isBetter(value, best, 0) && model != null) {
      best = value;
      try {
        model.save(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void save(ListenerState state) {
    state.put("best", best);
  }

  @Override
  public void restore(ListenerState state) {
    best = state.number("best");
  }
}
