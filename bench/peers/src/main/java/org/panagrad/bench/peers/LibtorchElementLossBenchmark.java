package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits_outf;
import static org.bytedeco.pytorch.global.torch.huber_loss;
import static org.bytedeco.pytorch.global.torch.huber_loss_backward_outf;
import static org.bytedeco.pytorch.global.torch.huber_loss_outf;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.mse_loss_backward_outf;
import static org.bytedeco.pytorch.global.torch.mse_loss_outf;
import static org.bytedeco.pytorch.global.torch.sigmoid_outf;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
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
import org.panagrad.bench.ElementLossBenchmark;

/** What ElementLossBenchmark measures, by libtorch, which has operators for these three. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LibtorchElementLossBenchmark {
  private static final long MEAN = 1;

  @Param({"meanSquaredError", "huber", "binaryCrossEntropy"})
  public String loss;
  @Param({"4096", "16000000"})
  public int elements;

  Tensor prediction, leaf, target, gradient, value;
  private Tensor one;
  private TensorOptional none;
  private Scalar share;

  @Setup
  public void data() {
    Libtorch.oneThread();
    ElementLossBenchmark ours = new ElementLossBenchmark();
    ours.loss = loss;
    ours.elements = elements;
    ours.memory = "native";
    ours.data();
    prediction = Libtorch.floats(ours.prediction, elements);
    target = Libtorch.floats(ours.target, elements);
    leaf = prediction.clone();
    leaf.requires_grad_(true);
    gradient = Libtorch.like(prediction);
    value = AbstractTensor.create(0f).squeeze();
    one = AbstractTensor.create(1f).squeeze();
    none = new TensorOptional();
    share = new Scalar(1f / elements);
  }

  /** As anybody would: autograd. The gradient is a new tensor each time, as after zero_grad. */
  @Benchmark
  public float autograd() {
    try (PointerScope scope = new PointerScope()) {
      leaf.mutable_grad().put(new Tensor());
      Tensor mean = switch (loss) {
        case "meanSquaredError" -> mse_loss(leaf, target);
        case "huber" -> huber_loss(leaf, target);
        default -> binary_cross_entropy_with_logits(leaf, target);
      };
      mean.backward();
      return mean.item_float();
    }
  }

  /** The operators beneath it, into tensors that are there. */
  @Benchmark
  public float operators() {
    try (PointerScope scope = new PointerScope()) {
      switch (loss) {
        case "meanSquaredError" -> {
          mse_loss_outf(prediction, target, MEAN, value);
          mse_loss_backward_outf(one, prediction, target, MEAN, gradient);
        }
        case "huber" -> {
          huber_loss_outf(prediction, target, MEAN, 1, value);
          huber_loss_backward_outf(one, prediction, target, MEAN, 1, gradient);
        }
        default -> {
          binary_cross_entropy_with_logits_outf(prediction, target, none, none, MEAN, value);
          sigmoid_outf(prediction, gradient);
          gradient.sub_(target);
          gradient.mul_(share);
        }
      }
      return value.item_float();
    }
  }
}
