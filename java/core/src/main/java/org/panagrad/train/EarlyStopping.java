package org.panagrad.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends training once a figure no longer improves, and puts the parameters of the best epoch back. One for each run.
 *
 * <pre>{@code
 * Fit.epochs(100).validationSplit(0.1).listener(EarlyStopping.of(Monitor.validationLoss(), 5))
 * }</pre>
 */
public final class EarlyStopping implements TrainingListener {
  private final Monitor monitor;
  private final int patience;
  private double margin;
  private boolean restoring = true;
  private @Nullable Model model;
  private List<String> names = List.of();
  private double best;
  private int bestEpoch, waited;
  private float @Nullable [] bestParameters;

  private EarlyStopping(Monitor monitor, int patience) {
    if (patience < 0) {
      throw new IllegalArgumentException("patience is " + patience + ": it must not be negative");
    }
    this.monitor = monitor;
    this.patience = patience;
  }

  /**
   * Stops after more than so many epochs in a row without a better figure.
   *
   * @param monitor  the figure
   * @param patience epochs, at least 0
   * @return the listener
   */
  public static EarlyStopping of(Monitor monitor, int patience) {
    return new EarlyStopping(monitor, patience);
  }

  /**
   * Sets how much better a better figure is.
   *
   * @param minDelta in the figure's unit, at least 0; 0 unless set
   * @return this
   */
  public EarlyStopping minDelta(double minDelta) {
    if (!(minDelta >= 0)) {
      throw new IllegalArgumentException("minDelta is " + minDelta + ": it must not be negative");
    }
    margin = minDelta;
    return this;
  }

  /**
   * Leaves the model with the parameters of the last epoch.
   *
   * @return this
   */
  public EarlyStopping keepingLast() {
    restoring = false;
    return this;
  }

  @Override
  public void onTrainingBegin(Model model, Fit fit) {
    names = model.metricNames();
    monitor.require(names);
    this.model = model;
    best = monitor.worst();
    bestEpoch = 0;
    waited = 0;
    bestParameters = null;
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    double value = monitor.of(epoch, names);
    if (monitor.isBetter(value, best, margin)) {
      best = value;
      bestEpoch = epoch.number();
      waited = 0;
      bestParameters = restoring && model != null ? model.snapshot() : null;
    } else if (++waited > patience && model != null) {
      model.stop();
    }
  }

  @Override
  public void onTrainingEnd(History history) {
    if (bestParameters != null && model != null && bestEpoch < history.epochs().size()) {
      model.restore(bestParameters);
    }
  }

  @Override
  public void save(ListenerState state) {
    state.put("best", best);
    state.put("bestEpoch", bestEpoch);
    state.put("waited", waited);
    if (bestParameters != null) {
      state.put("parameters", bestParameters);
    }
  }

  @Override
  public void restore(ListenerState state) {
    best = state.number("best");
    bestEpoch = (int) state.number("bestEpoch");
    waited = (int) state.number("waited");
    bestParameters = state.array("parameters");
    if (waited > patience && model != null) {
      model.stop();
    }
  }

  /**
   * The epoch with the best figure.
   *
   * @return from 1; 0 before there is one
   */
  public int bestEpoch() {
    return bestEpoch;
  }

  /**
   * The best figure.
   *
   * @return infinite before there is one
   */
  public double best() {
    return best;
  }
}
