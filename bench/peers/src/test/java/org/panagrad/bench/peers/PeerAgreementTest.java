package org.panagrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.bench.BackendState;
import org.panagrad.bench.Data;
import org.panagrad.bench.ElementLossBenchmark;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;
import org.panagrad.bench.UpdaterBenchmark;
import org.panagrad.kernel.Backend;

/** Peers compute what we do, before anybody compares the times: to 1e-5 of the greatest number, theirs being floats too. */
class PeerAgreementTest {
  private static BackendState side() {
    BackendState side = new BackendState();
    side.backend = Backend.AUTO;
    side.choose();
    return side;
  }

  private static void same(double value, float[] gradient, float theirs, float[] theirGradient) {
    assertEquals(value, theirs, 1e-5 * Math.abs(value));
    float greatest = 0;
    for (float g : gradient) {
      greatest = Math.max(greatest, Math.abs(g));
    }
    assertArrayEquals(gradient, theirGradient, 1e-5f * greatest);
  }

  @Test
  void crossEntropy() {
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = "32x1000";
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(side());
    LibtorchCrossEntropyBenchmark theirs = new LibtorchCrossEntropyBenchmark();
    theirs.shape = ours.shape;
    theirs.data();
    same(value, Data.toArray(ours.gradient), theirs.operators(), Libtorch.toArray(theirs.gradient));
    same(value, Data.toArray(ours.gradient), theirs.autograd(), Libtorch.toArray(theirs.leaf.grad()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"meanSquaredError", "huber", "binaryCrossEntropy"})
  void elementLoss(String loss) {
    ElementLossBenchmark ours = new ElementLossBenchmark();
    ours.loss = loss;
    ours.elements = 4096;
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(side());
    LibtorchElementLossBenchmark theirs = new LibtorchElementLossBenchmark();
    theirs.loss = loss;
    theirs.elements = ours.elements;
    theirs.data();
    same(value, Data.toArray(ours.gradient), theirs.operators(), Libtorch.toArray(theirs.gradient));
    same(value, Data.toArray(ours.gradient), theirs.autograd(), Libtorch.toArray(theirs.leaf.grad()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "adamW", "adamWClipped"})
  void adam(String rule) {
    UpdaterBenchmark ours = new UpdaterBenchmark();
    ours.shape = "3x1000";
    ours.rule = rule;
    ours.prepare(side());
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
}
