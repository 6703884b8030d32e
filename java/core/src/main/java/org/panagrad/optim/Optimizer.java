package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.panagrad.kernel.Kernels;

/** An update rule: immutable, its state lies with the model. */
public interface Optimizer {
  /**
   * The arrays that it keeps for each parameter, by PyTorch's names.
   *
   * @return as "exp_avg"
   */
  List<String> stateNames();

  /**
   * Updates parameters [from, to) and their state.
   *
   * @param kernels   do it, in one call
   * @param parameter n floats
   * @param gradient  n floats
   * @param state     as many arrays of n floats as {@link #stateNames}, 0 before the first step
   * @param step      number of this step, from 1
   * @param from      first element
   * @param to        end
   */
  void update(Kernels kernels, MemorySegment parameter, MemorySegment gradient, MemorySegment[] state, long step,
      long from, long to);

  /**
   * Name and options, for a model's file.
   *
   * @return as {"name": "adam", "learningRate": 0.001, ...}
   */
  Map<String, Object> describe();
}
