package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.lstm;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.relu;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.panagrad.bench.Workload;

/** Our networks by libtorch's functions, on our initial parameters. */
final class LibtorchNetwork implements AutoCloseable {
  private static final long HIDDEN = 128;
  private static final long[] ONE = {1, 1}, NONE = {0, 0};

  final Tensor[] parameters;
  private final Workload network;
  private final torch.MemoryFormat format;
  private final TensorOptional[] optional;
  private final TensorVector recurrent;

  /**
   * A network.
   *
   * @param format of images and of convolutions' weights
   */
  LibtorchNetwork(Workload network, torch.MemoryFormat format) {
    this.network = network;
    this.format = format;
    List<Weights> weights = Weights.of(network);
    parameters = weights.stream().map(w -> inFormat(AbstractTensor.create(w.values(), w.shape())).requires_grad_(true))
        .toArray(Tensor[]::new);
    optional = Arrays.stream(parameters).map(TensorOptional::new).toArray(TensorOptional[]::new);
    recurrent = new TensorVector(Arrays.copyOf(parameters, Math.min(4, parameters.length)));
  }

  private Tensor inFormat(Tensor x) {
    return x.dim() == 4 ? x.contiguous(format) : x;
  }

  /** Samples, as the network wants them. */
  Tensor samples(float[] features) {
    long count = features.length / network.features();
    return switch (network) {
      case CNN -> inFormat(AbstractTensor.create(features, count, 1, 28, 28));
      case LSTM -> AbstractTensor.create(features, count, 28, 28);
      default -> AbstractTensor.create(features, count, network.features());
    };
  }

  /** The logits. */
  Tensor forward(Tensor x) {
    return switch (network) {
      case CNN -> dense(relu(dense(images(x).flatten(1, -1), 6)), 8);
      case MLP -> dense(relu(dense(x, 0)), 2);
      case SMALL_MLP -> dense(relu(dense(relu(dense(x, 0)), 2)), 4);
      case LSTM -> dense(lastState(x), 4);
    };
  }

  /** Of the layer whose weights and biases begin there. */
  private Tensor dense(Tensor x, int at) {
    return linear(x, parameters[at], optional[at + 1]);
  }

  private Tensor images(Tensor x) {
    Tensor first = max_pool2d(relu(convolution(x, 0)), 2, 2);
    Tensor second = max_pool2d(relu(convolution(first, 2)), 2, 2);
    return relu(convolution(second, 4));
  }

  private Tensor convolution(Tensor x, int at) {
    return conv2d(x, parameters[at], optional[at + 1], ONE, NONE, ONE, 1);
  }

  private Tensor lastState(Tensor x) {
    Tensor zeros = torch.zeros(1, x.size(0), HIDDEN);
    return lstm(x, new TensorVector(zeros, zeros), recurrent, true, 1, 0, true, false, true).get1().squeeze(0);
  }

  @Override
  public void close() {
    for (Tensor parameter : parameters) {
      parameter.close();
    }
  }
}
