package org.panagrad.bench.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import org.panagrad.bench.Workload;
import org.panagrad.graph.Parameter;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.train.Model;

/**
 * A parameter of one of our networks for other libraries, or its gradient, in PyTorch's layout.
 *
 * @param shape  (out, in), (out, in, height, width), (out)
 * @param values row-major
 */
record Weights(long[] shape, float[] values) {

  /** What every model of this network begins with: of each layer the weights, then the biases. */
  static List<Weights> of(Workload network) {
    try (Compute compute = Compute.of(Backend.AUTO); Model model = network.model(compute)) {
      return of(model, Parameter::data);
    }
  }

  /** What a model's parameters have, in the same order. */
  static List<Weights> of(Model model, Function<Parameter, MemorySegment> part) {
    return model.parameters().stream().map(p -> onDisk(p, part.apply(p))).toList();
  }

  private static Weights onDisk(Parameter parameter, MemorySegment inside) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment disk = arena.allocate(JAVA_FLOAT, parameter.shape().elements());
      parameter.toDisk(inside, disk);
      long[] shape = parameter.shape().sizes().stream().mapToLong(Long::longValue).toArray();
      return new Weights(shape, disk.toArray(JAVA_FLOAT));
    }
  }
}
