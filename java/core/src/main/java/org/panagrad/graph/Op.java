package org.panagrad.graph;

import org.panagrad.kernel.Compute;

/**
 * An operation of the graph. {@link #plan} is called once, before the others, and whenever the greatest batch grows;
 * {@link #forward} and {@link #backward} allocate nothing.
 */
public interface Op {
  /**
   * Takes scratch memory.
   *
   * @param compute what to compute with, from now on
   * @param memory  lives until the next plan
   * @param batch   the greatest batch, in samples
   */
  void plan(Compute compute, Memory memory, int batch);

  /**
   * Computes the outputs of the first samples.
   *
   * @param pass how many, and what for
   */
  void forward(Pass pass);

  /**
   * Computes the gradients of the inputs and parameters that need them from those of the outputs, which it may
   * overwrite. Called only where an output needs its gradient.
   *
   * @param pass that of the last {@link #forward}
   */
  void backward(Pass pass);
}
