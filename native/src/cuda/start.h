/* The start of a kernel: what <<<...>>> is elsewhere, as a function that an emulation can have too. */
#ifndef PANA_CUDA_START_H
#define PANA_CUDA_START_H

#include <cuda_runtime.h>

#ifdef __CUDACC__
template <typename... P>
cudaError_t start_kernel(void (*kernel)(P...), dim3 grid, dim3 block, cudaStream_t stream, P... arguments) {
  void *addresses[] = {&arguments...};
  return cudaLaunchKernel((const void *)kernel, grid, block, addresses, 0, stream);
}
#endif

#endif
