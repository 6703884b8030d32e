package org.panagrad.bench;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.LossCall;

/** The side that is measured. */
@State(Scope.Thread)
public class BackendState {
  @Param({"NATIVE", "VECTOR", "SCALAR"})
  public Backend backend;

  public Kernels kernels;
  /** Of one thread. */
  public LossCall call;

  @Setup(Level.Trial)
  public void choose() {
    kernels = Backends.of(backend);
    call = LossCall.on(Compute.of(kernels, Product.Choice.BUILTIN, 1));
  }
}
