package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.clip_grad_norm_;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
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
import org.panagrad.bench.UpdaterBenchmark;

/** What UpdaterBenchmark measures, by libtorch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LibtorchAdamBenchmark {
  @Param({"1x25000000", "1x262144", "1x4096", "1x1000", "200x1000"})
  public String shape;

  @Param({"adam", "adamW", "adamWClipped"})
  public String rule;

  Tensor[] tensors;
  private TensorVector parameters;
  private Optimizer optimizer;
  private LibtorchFusedAdam fused;

  @Setup
  public void data() {
    Libtorch.oneThread();
    UpdaterBenchmark ours = new UpdaterBenchmark();
    ours.shape = shape;
    ours.data();
    int n = ours.parameters.size();
    tensors = new Tensor[n];
    Tensor[] gradients = new Tensor[n];
    for (int i = 0; i < n; i++) {
      long elements = ours.parameters.get(i).byteSize() / 4;
      tensors[i] = Libtorch.floats(ours.parameters.get(i), elements);
      gradients[i] = Libtorch.floats(ours.gradients.get(i), elements);
      tensors[i].mutable_grad().put(gradients[i]);
    }
    parameters = new TensorVector(tensors);
    boolean decays = !rule.equals("adam");
    optimizer = decays
        ? new AdamW(parameters, new AdamWOptions(UpdaterBenchmark.RATE))
        : new Adam(parameters, new AdamOptions(UpdaterBenchmark.RATE));
    fused = new LibtorchFusedAdam(tensors, gradients, UpdaterBenchmark.RATE, decays);
  }

  private void clip() {
    if (rule.equals("adamWClipped")) {
      clip_grad_norm_(parameters, UpdaterBenchmark.CLIP);
    }
  }

  /** libtorch's default. */
  @Benchmark
  public void optim() {
    try (PointerScope scope = new PointerScope()) {
      clip();
      optimizer.step();
    }
  }

  /** The operator beneath PyTorch's {@code fused=True}, into tensors that are there. */
  @Benchmark
  public void fused() {
    try (PointerScope scope = new PointerScope()) {
      clip();
      fused.step();
    }
  }
}
