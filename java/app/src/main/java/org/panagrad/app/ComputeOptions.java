package org.panagrad.app;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import picocli.CommandLine.Option;

/** What the work runs on. */
final class ComputeOptions {
  @Option(names = "--backend", paramLabel = "NAME", defaultValue = "auto", converter = Converters.BackendName.class,
      description = "Kernels: auto (default), native, vector, scalar or cuda. All give the same bits; auto takes the "
          + "fastest of the processor, cuda an NVIDIA GPU.")
  private Backend backend = Backend.AUTO;

  @Option(names = "--product", paramLabel = "NAME", defaultValue = "auto", converter = Converters.ProductName.class,
      description = "Matrix product: auto (default), openblas, on a GPU cublas or cublas_tf32, or builtin, which gives "
          + "the same bits on every backend and processor.")
  private Product.Choice product = Product.Choice.AUTO;

  @Option(names = "--threads", paramLabel = "N", converter = Converters.Count.class,
      description = "Threads to work on; default: the processors that the container allows; 1 "
          + "for a GPU.")
  private @Nullable Integer threads;

  /** Fails where something was asked for by name and cannot be had; a fallback of auto is logged. */
  Compute open() {
    int all = backend == Backend.CUDA ? 1 : Runtime.getRuntime().availableProcessors();
    return Compute.of(backend, product, threads == null ? all : threads);
  }

  static void print(Compute compute, PrintStream out) {
    out.println("Backend     " + compute.kernels().name());
    out.println("Product     " + compute.product().name());
    out.println("Threads     " + compute.threads());
  }
}
