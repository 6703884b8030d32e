package org.panagrad.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.optim.Plateau;

/**
 * Lowers the rate when a figure no longer improves: multiplies whatever the optimizer's schedule says by a
 * {@link Plateau}'s rate, which begins at 1. One for each run.
 */
public final class RateOnPlateau implements TrainingListener {
  private final Monitor monitor;
  private final Plateau plateau;
  private @Nullable Model model;
  private List<String> names = List.of();

  private RateOnPlateau(Monitor monitor, Plateau plateau) {
    this.monitor = monitor;
    this.plateau = plateau.mode(monitor.greater() ? Plateau.Mode.MAX : Plateau.Mode.MIN);
  }

  /**
   * By a plateau's options.
   *
   * @param monitor the figure
   * @param plateau of a rate of 1: {@code Plateau.of(1).factor(0.5).patience(3)}
   * @return the listener
   */
  public static RateOnPlateau of(Monitor monitor, Plateau plateau) {
    return new RateOnPlateau(monitor, plateau);
  }

  @Override
  public void onTrainingBegin(Model model, Fit fit) {
    names = model.metricNames();
    monitor.require(names);
    this.model = model;
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    apply(plateau.observe(monitor.of(epoch, names)));
  }

  private void apply(double factor) {
    if (model != null) {
      model.updater().rateFactor(factor);
    }
  }

  @Override
  public void save(ListenerState state) {
    Plateau.State now = plateau.state();
    state.put("rate", now.rate());
    state.put("best", now.best());
    state.put("badValues", now.badValues());
    state.put("cooldownLeft", now.cooldownLeft());
  }

  @Override
  public void restore(ListenerState state) {
    plateau.restore(new Plateau.State(state.number("rate"), state.number("best"), (long) state.number("badValues"),
        (long) state.number("cooldownLeft")));
    apply(plateau.rate());
  }
}
