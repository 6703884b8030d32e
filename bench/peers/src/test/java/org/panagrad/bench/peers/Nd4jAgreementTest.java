package org.panagrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.panagrad.bench.Data;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;
import org.panagrad.bench.UpdaterBenchmark;
import org.panagrad.kernel.Product;

/** ND4J computes what we do. */
class Nd4jAgreementTest {

  @Test
  void crossEntropy() {
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = "32x1000";
    ours.memory = "native";
    ours.data();
    double value = ours.valueAndGradient(Agreement.side());
    Nd4jCrossEntropyBenchmark theirs = new Nd4jCrossEntropyBenchmark();
    theirs.shape = ours.shape;
    theirs.data();
    for (int call = 0; call < 2; call++) {
      double theirValue = theirs.lossFunction();
      Agreement.same(value, Data.toArray(ours.gradient), (float) theirValue, theirs.gradient.ravel().toFloatVector());
      theirValue = theirs.operators();
      Agreement.same(value, Data.toArray(ours.gradient), (float) theirValue, theirs.gradient.ravel().toFloatVector());
    }
  }

  @Test
  void adam() {
    UpdaterBenchmark ours = new UpdaterBenchmark();
    ours.shape = "3x1000";
    ours.rule = "adam";
    ours.prepare(Agreement.side());
    Nd4jAdamBenchmark theirs = new Nd4jAdamBenchmark();
    theirs.shape = ours.shape;
    theirs.data();
    for (int step = 0; step < 3; step++) {
      ours.step();
      theirs.step();
    }
    for (int i = 0; i < theirs.parameters.length; i++) {
      assertArrayEquals(Data.toArray(ours.parameters.get(i)), theirs.parameters[i].toFloatVector(), 1e-6f);
    }
    ours.close();
  }

  @Test
  void product() {
    Nd4jProductBenchmark all = new Nd4jProductBenchmark();
    all.product = Product.Choice.BUILTIN;
    all.data();
    all.panagrad();
    all.mmuli();
    float[] ours = Data.toArray(all.result);
    assertArrayEquals(ours, all.kept.dup('c').data().asFloat(), 1e-5f * Agreement.greatest(ours));
  }
}
