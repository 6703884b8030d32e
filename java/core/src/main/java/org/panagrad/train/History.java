package org.panagrad.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What training gave, epoch by epoch.
 *
 * @param metricNames in the order given to compile
 * @param epochs      in order
 */
public record History(List<String> metricNames, List<Epoch> epochs) {

  /** Copies the lists. */
  public History {
    metricNames = List.copyOf(metricNames);
    epochs = List.copyOf(epochs);
  }

  /**
   * One epoch.
   *
   * @param number     from 1
   * @param training   means over the epoch's steps, each before its update
   * @param validation over the validation data, or null without any
   * @param samples    trained on
   * @param seconds    of training, without validation
   */
  public record Epoch(int number, Evaluation training, @Nullable Evaluation validation, long samples, double seconds) {
    /**
     * Speed of training.
     *
     * @return samples a second
     */
    public double samplesPerSecond() {
      return samples / seconds;
    }
  }

  /**
   * The last epoch.
   *
   * @return its figures
   */
  public Epoch last() {
    return epochs.getLast();
  }
}
