package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.addmm_out;
import static org.bytedeco.pytorch.global.torch.relu_;
import static org.bytedeco.pytorch.global.torch.softmax_out;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;

/** Predictions by libtorch. */
final class LibtorchPredictor {
  private LibtorchPredictor() {
  }

  /** As anybody would: a new tensor from the array, and no gradients. */
  static Predictor plain(Workload network) {
    Libtorch.oneThread();
    LibtorchNetwork ours = new LibtorchNetwork(network, torch.MemoryFormat.Contiguous);
    return new Predictor() {
      @Override
      public void predict(float[] features, float[] probabilities) {
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
          torch.softmax(ours.forward(ours.samples(features)), 1).data_ptr_float().get(probabilities);
        }
      }

      @Override
      public void close() {
        ours.close();
      }
    };
  }

  /** The quickest: a kept input, and of dense layers alone operators into kept outputs, else a frozen TorchScript. */
  static Predictor best(Workload network) {
    return network == Workload.CNN ? new Frozen() : new Kept(network);
  }

  /** Dense layers into tensors that are there. */
  private static final class Kept implements Predictor {
    private final LibtorchNetwork ours;
    private final Tensor input, probabilities;
    private final FloatPointer from, to;
    private final Tensor[] biases, weights, outputs;

    Kept(Workload network) {
      Libtorch.oneThread();
      ours = new LibtorchNetwork(network, torch.MemoryFormat.Contiguous);
      try (InferenceMode mode = new InferenceMode()) {
        int layers = ours.parameters.length / 2;
        biases = new Tensor[layers];
        weights = new Tensor[layers];
        outputs = new Tensor[layers];
        for (int i = 0; i < layers; i++) {
          weights[i] = ours.parameters[2 * i].detach().t();
          biases[i] = ours.parameters[2 * i + 1].detach();
          outputs[i] = torch.empty(1, biases[i].numel());
        }
        input = torch.empty(1, network.features());
        probabilities = torch.empty_like(outputs[layers - 1]);
      }
      from = input.data_ptr_float();
      to = probabilities.data_ptr_float();
    }

    @Override
    public void predict(float[] features, float[] result) {
      from.put(features);
      try (PointerScope scope = new PointerScope(); InferenceMode mode = new InferenceMode()) {
        Tensor x = input;
        for (int i = 0; i < outputs.length; i++) {
          if (i > 0) {
            relu_(x);
          }
          addmm_out(outputs[i], biases[i], x, weights[i]);
          x = outputs[i];
        }
        softmax_out(probabilities, x, 1);
      }
      to.get(result);
    }

    @Override
    public void close() {
      ours.close();
    }
  }

  /** The CNN in TorchScript, with constants folded, in which oneDNN keeps its own layout from layer to layer. */
  private static final class Frozen implements Predictor {
    private static final String SOURCE = """
        def forward(self, x):
          x = torch.max_pool2d(torch.relu(torch.conv2d(x, self.p0, self.p1)), [2, 2])
          x = torch.max_pool2d(torch.relu(torch.conv2d(x, self.p2, self.p3)), [2, 2])
          x = torch.relu(torch.conv2d(x, self.p4, self.p5)).flatten(1)
          x = torch.relu(torch.linear(x, self.p6, self.p7))
          return torch.softmax(torch.linear(x, self.p8, self.p9), 1)
        """;

    private final LibtorchNetwork ours;
    private final JitModule module;
    private final FloatPointer from;
    private final IValueVector arguments;

    Frozen() {
      Libtorch.oneThread();
      ours = new LibtorchNetwork(Workload.CNN, torch.MemoryFormat.Contiguous);
      JitModule plain = new JitModule(new QualifiedName("Cnn"));
      for (int i = 0; i < ours.parameters.length; i++) {
        plain.register_parameter("p" + i, ours.parameters[i], false);
      }
      plain.define(SOURCE);
      plain.eval();
      module = torch.optimize_for_inference(torch.freeze(plain));
      Tensor input = torch.empty(1, 1, 28, 28);
      from = input.data_ptr_float();
      arguments = new IValueVector(new IValue(input));
    }

    @Override
    public void predict(float[] features, float[] result) {
      from.put(features);
      try (PointerScope scope = new PointerScope(); InferenceMode mode = new InferenceMode()) {
        module.forward(arguments).toTensor().data_ptr_float().get(result);
      }
    }

    @Override
    public void close() {
      ours.close();
    }
  }
}
