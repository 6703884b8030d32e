package org.panagrad.kernel;

/** {@link MapKernels} in the Vector API. */
sealed interface VectorMapKernels extends ScalarMapKernels permits VectorKernels {
}
