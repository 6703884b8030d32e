package org.panagrad.kernel;

/** Which implementation of the kernels to use; all give the same bits. */
public enum Backend {
  /** The fastest that can be had: native, else the Vector API, else scalar. */
  AUTO,
  /** C through the Foreign Function and Memory API, for the best instruction set of the processor. */
  NATIVE,
  /** Java's Vector API; needs {@code --add-modules jdk.incubator.vector}. */
  VECTOR,
  /** Plain Java. */
  SCALAR,
  /** An NVIDIA GPU: see {@link CudaSession}. AUTO never takes it, since memory must lie there. */
  CUDA
}
