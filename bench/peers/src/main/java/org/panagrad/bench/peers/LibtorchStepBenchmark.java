package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
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
import org.panagrad.bench.Workload;
import org.panagrad.data.Batch;

/** What TrainingStepBenchmark measures, by libtorch: autograd on a batch that is kept. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class LibtorchStepBenchmark {
  @Param({"CNN", "MLP", "LSTM"})
  public Workload network;

  @Param({"32", "128"})
  public int batchSize;

  /** Of the images; the other networks have none. */
  @Param({"Contiguous", "ChannelsLast"})
  public torch.MemoryFormat format;

  double rate = Workload.RATE;
  LibtorchNetwork theirs;
  private Tensor samples, labels;
  private Optimizer optimizer;
  private LibtorchFusedAdam fused;
  private Tensor[] gradients;

  @Setup
  public void build() {
    Libtorch.oneThread();
    theirs = new LibtorchNetwork(network, format);
    Batch batch = network.batch(batchSize);
    samples = theirs.samples(network.samples(batchSize));
    labels = Libtorch.labels(batch.labels());
    optimizer = new Adam(new TensorVector(theirs.parameters), new AdamOptions(rate));
    gradients = new Tensor[theirs.parameters.length];
    fused = new LibtorchFusedAdam(theirs.parameters, new Tensor[0], rate, false);
  }

  /** As anybody would, with libtorch's default Adam. */
  @Benchmark
  public float optim() {
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = forwardAndBackward();
      optimizer.step();
      return loss.item_float();
    }
  }

  /** With the fused Adam. */
  @Benchmark
  public float fused() {
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = forwardAndBackward();
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = theirs.parameters[i].grad();
      }
      fused.step(gradients);
      return loss.item_float();
    }
  }

  /** The gradients are new tensors each time: quicker than zeros that are added to. */
  private Tensor forwardAndBackward() {
    optimizer.zero_grad();
    Tensor loss = cross_entropy_loss(theirs.forward(samples), labels);
    loss.backward();
    return loss;
  }
}
