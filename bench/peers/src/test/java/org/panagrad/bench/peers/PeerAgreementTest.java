package org.panagrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.bench.Data;
import org.panagrad.bench.ElementLossBenchmark;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;
import org.panagrad.bench.UpdaterBenchmark;
import org.panagrad.bench.Workload;
import org.panagrad.data.Batch;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.train.Model;

/** Peers compute what we do, before anybody compares the times: to 1e-5 of the greatest number, theirs being floats too. */
class PeerAgreementTest {
  private static final int BATCH = 4;
  private static final double RATE = 1e-3;

  @Test
  void crossEntropy() {
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = "32x1000";
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(Agreement.side());
    LibtorchCrossEntropyBenchmark theirs = new LibtorchCrossEntropyBenchmark();
    theirs.shape = ours.shape;
    theirs.data();
    Agreement.same(value, Data.toArray(ours.gradient), theirs.operators(), Libtorch.toArray(theirs.gradient));
    Agreement.same(value, Data.toArray(ours.gradient), theirs.autograd(), Libtorch.toArray(theirs.leaf.grad()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"meanSquaredError", "huber", "binaryCrossEntropy"})
  void elementLoss(String loss) {
    ElementLossBenchmark ours = new ElementLossBenchmark();
    ours.loss = loss;
    ours.elements = 4096;
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(Agreement.side());
    LibtorchElementLossBenchmark theirs = new LibtorchElementLossBenchmark();
    theirs.loss = loss;
    theirs.elements = ours.elements;
    theirs.data();
    Agreement.same(value, Data.toArray(ours.gradient), theirs.operators(), Libtorch.toArray(theirs.gradient));
    Agreement.same(value, Data.toArray(ours.gradient), theirs.autograd(), Libtorch.toArray(theirs.leaf.grad()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "adamW", "adamWClipped"})
  void adam(String rule) {
    UpdaterBenchmark ours = new UpdaterBenchmark();
    ours.shape = "3x1000";
    ours.rule = rule;
    ours.prepare(Agreement.side());
    LibtorchAdamBenchmark optim = libtorch(ours), fused = libtorch(ours);
    for (int step = 0; step < 3; step++) {
      ours.step();
      optim.optim();
      fused.fused();
    }
    for (int i = 0; i < ours.parameters.size(); i++) {
      float[] parameters = Data.toArray(ours.parameters.get(i));
      assertArrayEquals(parameters, Libtorch.toArray(optim.tensors[i]), 1e-6f, "optim");
      assertArrayEquals(parameters, Libtorch.toArray(fused.tensors[i]), 1e-6f, "fused");
    }
    ours.close();
  }

  private static LibtorchAdamBenchmark libtorch(UpdaterBenchmark ours) {
    LibtorchAdamBenchmark theirs = new LibtorchAdamBenchmark();
    theirs.shape = ours.shape;
    theirs.rule = ours.rule;
    theirs.data();
    return theirs;
  }

  /**
   * Networks agree to the rounding of their longest sums (of a convolution's weights, over windows and samples), a few units
   * of the greatest number; and after three steps the losses still do.
   */
  @ParameterizedTest
  @MethodSource("steps")
  void trainingStep(Workload network, MemoryFormat format) {
    Batch batch = network.batch(BATCH);
    LibtorchStepBenchmark optim = libtorch(network, format), fused = libtorch(network, format);
    try (Compute compute = Compute.of(Backend.AUTO); Model ours = network.model(compute, RATE)) {
      for (int step = 0; step < 3; step++) {
        ours.forward(batch);
        double loss = ours.loss(batch);
        ours.backward();
        assertEquals(loss, optim.optim(), 1e-5 * loss, "optim, step " + step);
        assertEquals(loss, fused.fused(), 1e-5 * loss, "fused, step " + step);
        if (step == 0) {
          sameGradients(Weights.of(ours, Parameter::gradient), optim.theirs);
          sameGradients(Weights.of(ours, Parameter::gradient), fused.theirs);
        }
        ours.step();
      }
    }
  }

  static Stream<Arguments> steps() {
    return Stream.of(Workload.values())
        .flatMap(n -> Stream.of(MemoryFormat.Contiguous, MemoryFormat.ChannelsLast).map(f -> Arguments.of(n, f)));
  }

  private static LibtorchStepBenchmark libtorch(Workload network, MemoryFormat format) {
    LibtorchStepBenchmark theirs = new LibtorchStepBenchmark();
    theirs.network = network;
    theirs.batchSize = BATCH;
    theirs.format = format;
    theirs.rate = RATE;
    theirs.build();
    return theirs;
  }

  private static void sameGradients(List<Weights> ours, LibtorchNetwork theirs) {
    for (int i = 0; i < ours.size(); i++) {
      float[] expected = ours.get(i).values();
      assertArrayEquals(expected, Libtorch.toArray(theirs.parameters[i].grad().contiguous()),
          1e-5f * Agreement.greatest(expected),
          "parameter " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void prediction(Workload network, PeerPredictor library) {
    Agreement.predictions(network, library);
  }

  static Stream<Arguments> predictors() {
    return Stream.of(Workload.SMALL_MLP, Workload.MLP, Workload.CNN)
        .flatMap(n -> Stream.of(PeerPredictor.values()).filter(library -> !library.name().startsWith("DJL"))
            .map(library -> Arguments.of(n, library)));
  }
}
