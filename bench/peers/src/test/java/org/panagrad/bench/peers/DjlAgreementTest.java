package org.panagrad.bench.peers;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.bench.Data;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;
import org.panagrad.bench.Workload;

/** DJL computes what we do; in a JVM of its own, since its libtorch is another one. */
class DjlAgreementTest {

  @Test
  void crossEntropy() {
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = "32x1000";
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(Agreement.side());
    DjlCrossEntropyBenchmark theirs = new DjlCrossEntropyBenchmark();
    theirs.shape = ours.shape;
    theirs.data();
    for (int call = 0; call < 3; call++) { // gradients do not add up
      Agreement.same(value, Data.toArray(ours.gradient), theirs.collector(),
          theirs.logits.getGradient().toFloatArray());
    }
    theirs.close();
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void prediction(Workload network, PeerPredictor library) {
    Agreement.predictions(network, library);
  }

  static Stream<Arguments> predictors() {
    return Stream.of(Workload.SMALL_MLP, Workload.MLP, Workload.CNN)
        .flatMap(n -> Stream.of(PeerPredictor.DJL, PeerPredictor.DJL_BEST).map(library -> Arguments.of(n, library)));
  }
}
