package org.panagrad.bench.peers;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.nd4j.common.primitives.Pair;
import org.panagrad.bench.Data;
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;

/** What SoftmaxCrossEntropyBenchmark measures, by ND4J. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Nd4jCrossEntropyBenchmark {
  private static final double NO_CLIP = 0;

  @Param("32x1000")
  public String shape;

  /** Of {@link #lossFunction}, a new one each time; of {@link #operators}, kept. */
  INDArray gradient;
  private INDArray logits, oneHot, kept, losses;
  private DynamicCustomOp value, backward;
  private double share;

  @Setup
  public void data() {
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = shape;
    ours.memory = "native";
    ours.data();
    long rows = ours.rows, classes = ours.classes;
    share = 1.0 / rows;
    logits = Nd4j.createFromArray(Data.toArray(ours.logits)).reshape(rows, classes);
    long[] longs = Libtorch.longs(ours.labels);
    INDArray labels = Nd4j.createFromArray(longs);
    oneHot = Nd4j.zeros(DataType.FLOAT, rows, classes);
    for (int i = 0; i < longs.length; i++) {
      oneHot.putScalar(i, longs[i], 1);
    }
    kept = Nd4j.create(DataType.FLOAT, rows, classes);
    losses = Nd4j.create(DataType.FLOAT, rows);
    value = operator("sparse_softmax_cross_entropy_loss_with_logits", labels, losses);
    backward = operator("sparse_softmax_cross_entropy_loss_with_logits_grad", labels, kept);
  }

  private DynamicCustomOp operator(String name, INDArray labels, INDArray output) {
    return DynamicCustomOp.builder(name).addInputs(labels, logits).addOutputs(output).build();
  }

  /**
   * As anybody would: its loss function, which wants the labels one-hot; the gradient is that of the sum. Without its clip of
   * probabilities at 1e-10, which is another function.
   */
  @Benchmark
  public double lossFunction() {
    Pair<Double, INDArray> both = new LossMCXENT(NO_CLIP, null).computeGradientAndScore(oneHot, logits,
        new ActivationSoftmax(), null,
        true);
    gradient = both.getSecond().muli(share);
    return both.getFirst();
  }

  /** The operators of losses and of their gradients, into arrays that are there. */
  @Benchmark
  public double operators() {
    Nd4j.exec(value);
    Nd4j.exec(backward);
    gradient = kept.muli(share);
    return losses.sumNumber().doubleValue() * share;
  }
}
