package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.log_softmax_outf;
import static org.bytedeco.pytorch.global.torch.nll_loss_backward_outf;
import static org.bytedeco.pytorch.global.torch.nll_loss_forward_outf;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
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
import org.panagrad.bench.SoftmaxCrossEntropyBenchmark;

/** What SoftmaxCrossEntropyBenchmark measures, by libtorch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LibtorchCrossEntropyBenchmark {
  @Param({"1x10", "32x1000", "128x1000", "8x8192", "512x32000", "64x128256", "1048576x16"})
  public String shape;

  Tensor logits, leaf, labels, logProbabilities, gradient, ofLogProbabilities, total, loss;
  private OperatorHandle softmaxBackward;
  private IValue classes, floats;
  private ScalarTypeOptional noType;
  private TensorOptional noWeight;

  @Setup
  public void data() {
    Libtorch.oneThread();
    SoftmaxCrossEntropyBenchmark ours = new SoftmaxCrossEntropyBenchmark();
    ours.shape = shape;
    ours.memory = "native";
    ours.data();
    logits = Libtorch.floats(ours.logits, ours.rows, ours.classes);
    leaf = logits.clone();
    leaf.requires_grad_(true);
    labels = Libtorch.labels(ours.labels);
    logProbabilities = Libtorch.like(logits);
    ofLogProbabilities = Libtorch.like(logits);
    gradient = Libtorch.like(logits);
    total = AbstractTensor.create(0f).squeeze();
    loss = AbstractTensor.create(0f).squeeze();
    softmaxBackward = Libtorch.operator("aten::_log_softmax_backward_data", "out");
    classes = new IValue(1L);
    floats = new IValue((long) torch.ScalarType.Float.value);
    noType = new ScalarTypeOptional();
    noWeight = new TensorOptional();
  }

  /** As anybody would: autograd. The gradient is a new tensor each time, as after zero_grad. */
  @Benchmark
  public float autograd() {
    try (PointerScope scope = new PointerScope()) {
      leaf.mutable_grad().put(new Tensor());
      Tensor value = cross_entropy_loss(leaf, labels);
      value.backward();
      return value.item_float();
    }
  }

  /** The operators beneath it, into tensors that are there. */
  @Benchmark
  public float operators() {
    try (PointerScope scope = new PointerScope()) {
      log_softmax_outf(logits, 1, noType, logProbabilities);
      nll_loss_forward_outf(logProbabilities, labels, noWeight, 1, -100, loss, total);
      nll_loss_backward_outf(torch.ones_like(loss), logProbabilities, labels, noWeight, 1, -100, total,
          ofLogProbabilities);
      Libtorch.call(softmaxBackward, new IValue(ofLogProbabilities), new IValue(logProbabilities), classes, floats,
          new IValue(gradient));
      return loss.item_float();
    }
  }
}
