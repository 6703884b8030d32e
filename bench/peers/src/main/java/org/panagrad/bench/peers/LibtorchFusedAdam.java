package org.panagrad.bench.peers;

import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.util.Arrays;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/** The operator beneath PyTorch's {@code fused=True}, which C++ has no class for; all tensors share the number of the step. */
final class LibtorchFusedAdam {
  private static final int GRADIENTS = 1;

  private final OperatorHandle operator;
  private final IValueVector arguments, stack = new IValueVector();
  private final Tensor step = AbstractTensor.create(0f);
  private float steps;

  LibtorchFusedAdam(Tensor[] parameters, Tensor[] gradients, double rate, boolean decays) {
    Tensor[] stepOfEach = new Tensor[parameters.length];
    Arrays.fill(stepOfEach, step);
    operator = Libtorch.operator(decays ? "aten::_fused_adamw_" : "aten::_fused_adam_", "");
    IValue none = new IValue(), no = new IValue(false);
    arguments = new IValueVector(Libtorch.list(parameters), Libtorch.list(gradients), zeros(parameters),
        zeros(parameters), Libtorch.list(), Libtorch.list(stepOfEach), new IValue(rate), new IValue(0.9),
        new IValue(0.999), new IValue(decays ? 0.01 : 0.0), new IValue(1e-8), no, no, none, none);
  }

  private static IValue zeros(Tensor[] tensors) {
    return Libtorch.list(Arrays.stream(tensors).map(x -> zeros_like(x)).toArray(Tensor[]::new));
  }

  /** From the gradients that were given last. */
  void step() {
    step.data_ptr_float().put(++steps);
    operator.callBoxed(stack.put(arguments));
  }

  void step(Tensor[] gradients) {
    arguments.put(GRADIENTS, Libtorch.list(gradients));
    step();
  }
}
