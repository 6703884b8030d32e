/* The start of a kernel: what <<<...>>> is elsewhere, as a function that an emulation can have too. */
#ifndef PANA_CUDA_START_H
#define PANA_CUDA_START_H

#include <cuda_runtime.h>

#include <utility>

#ifdef __CUDACC__
template <typename... P>
cudaError_t start_kernel(void (*kernel)(P...), dim3 grid, dim3 block, cudaStream_t stream, P... arguments) {
  void *addresses[] = {&arguments...};
  return cudaLaunchKernel((const void *)kernel, grid, block, addresses, 0, stream);
}
#endif

/* The same where the kernel's type has been forgotten: argument i lies at addresses[i]. */
typedef cudaError_t start_function(const void *kernel, dim3 grid, dim3 block, cudaStream_t stream,
                                   void *const *addresses);

template <typename... P, size_t... I>
cudaError_t start_by_indices(void (*kernel)(P...), dim3 grid, dim3 block, cudaStream_t stream, void *const *addresses,
                             std::index_sequence<I...>) {
  return start_kernel(kernel, grid, block, stream, *(P *)addresses[I]...);
}

template <typename... P>
cudaError_t start_by_addresses(const void *kernel, dim3 grid, dim3 block, cudaStream_t stream, void *const *addresses) {
  return start_by_indices((void (*)(P...))kernel, grid, block, stream, addresses, std::index_sequence_for<P...>());
}

#endif
