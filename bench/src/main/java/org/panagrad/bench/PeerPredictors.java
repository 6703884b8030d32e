package org.panagrad.bench;

import java.util.List;

/** Other libraries' predictions for LatencyBenchmark, found by ServiceLoader where they are on the class path. */
public interface PeerPredictors {
  /** The libraries. */
  List<String> names();

  /** A network with our initial parameters. */
  Predictor open(String name, Workload network);

  /** What a JVM is started with that runs them. */
  List<String> flags();
}
