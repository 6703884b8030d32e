package org.panagrad.bench;

import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.train.Model;

/** A network that predicts one sample at a time, as a service has it; for one thread. */
public interface Predictor extends AutoCloseable {
  /**
   * Predicts.
   *
   * @param features      of a sample, the caller's
   * @param probabilities of the classes, written
   */
  void predict(float[] features, float[] probabilities);

  @Override
  void close();

  /** Ours, on one thread. */
  static Predictor ours(Workload network, Backend backend) {
    Compute compute = Compute.of(backend);
    Model model = network.model(compute);
    return new Predictor() {
      @Override
      public void predict(float[] features, float[] probabilities) {
        model.predict(features, probabilities, 1);
      }

      @Override
      public void close() {
        model.close();
        compute.close();
      }
    };
  }
}
