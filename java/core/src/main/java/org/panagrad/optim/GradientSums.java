package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;

/** Gradients that have been added up for one step of an {@link Updater}, and the plan of a step by them. */
final class GradientSums {
  private final UpdaterTensors tensors;
  private final Kernels kernels;
  private final List<MemorySegment> sums = new ArrayList<>();
  final UpdatePlan plan;
  private double weight;

  GradientSums(Compute compute, UpdaterGroups groups, UpdaterTensors tensors) {
    this.tensors = tensors;
    kernels = compute.kernels();
    plan = groups.plan(compute);
    for (int i = 0; i < tensors.size(); i++) {
      UpdaterTensors.Tensor tensor = tensors.get(i);
      sums.add(tensors.zeros(tensor));
      tensor.addTo(plan, sums.getLast());
    }
  }

  /** Adds the tensors' gradients. */
  void add(double factor) {
    for (int i = 0; i < tensors.size(); i++) {
      UpdaterTensors.Tensor tensor = tensors.get(i);
      kernels.accumulate(tensor.gradient(), sums.get(i), (float) factor, 0, tensor.elements());
    }
    weight += factor;
  }

  /** What their mean is divided by: 0 where nothing has been added. */
  double weight() {
    return weight;
  }

  MemorySegment of(int tensor) {
    return sums.get(tensor);
  }

  /** After the step that went by them; a step that was done has cleared them. */
  void forget(boolean cleared) {
    weight = 0;
    if (!cleared) {
      for (int i = 0; i < sums.size(); i++) {
        long n = tensors.get(i).elements();
        kernels.sumPartials(sums.get(i), sums.get(i), 0, n, 0, n);
      }
    }
  }
}
