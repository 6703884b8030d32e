package org.panagrad.bench.peers;

import java.util.List;
import java.util.stream.Stream;
import org.panagrad.bench.PeerPredictors;
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;

/** Every {@link PeerPredictor} for LatencyBenchmark. */
public final class AllPredictors implements PeerPredictors {
  /** Where JavaCPP unpacks libraries. */
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  @Override
  public List<String> names() {
    return Stream.of(PeerPredictor.values()).map(PeerPredictor::name).toList();
  }

  @Override
  public Predictor open(String name, Workload network) {
    return PeerPredictor.valueOf(name).open(network);
  }

  @Override
  public List<String> flags() {
    String cache = System.getProperty(CACHE);
    return cache == null ? List.of() : List.of("-D" + CACHE + "=" + cache);
  }
}
