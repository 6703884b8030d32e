package org.panagrad.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch on one thread, with the same numbers that our side has. */
final class Libtorch {
  private Libtorch() {
  }

  /** Called before anything else: one thread, as ours. */
  static void oneThread() {
    torch.set_num_threads(1);
  }

  static Tensor floats(MemorySegment x, long... shape) {
    return AbstractTensor.create(x.toArray(JAVA_FLOAT), shape);
  }

  static Tensor labels(MemorySegment x) {
    long[] longs = longs(x);
    return AbstractTensor.create(longs, longs.length);
  }

  static long[] longs(MemorySegment x) {
    int[] ints = x.toArray(JAVA_INT);
    long[] longs = new long[ints.length];
    for (int i = 0; i < ints.length; i++) {
      longs[i] = ints[i];
    }
    return longs;
  }

  static Tensor like(Tensor x) {
    return torch.empty_like(x);
  }

  static float[] toArray(Tensor x) {
    float[] all = new float[Math.toIntExact(x.numel())];
    x.data_ptr_float().get(all);
    return all;
  }

  /** An operator that the presets have no method for. */
  static OperatorHandle operator(String name, String overload) {
    return Dispatcher.singleton().findSchemaOrThrow(name, overload);
  }

  /** An operator's argument. */
  static IValue list(Tensor... tensors) {
    GenericList list = new GenericList(ListType.ofTensors().containedType(0));
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  static void call(OperatorHandle operator, IValue... arguments) {
    try (IValueVector stack = new IValueVector(arguments)) {
      operator.callBoxed(stack);
    }
  }
}
