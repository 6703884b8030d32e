/*
 * As much of CUDA's runtime as src/cuda uses, on a GPU that is none: its memory is memory of its own, its streams do
 * everything at once, but while they are captured, and the threads of a block are fibers (fibers.h). What is tested so
 * is all but the hardware: the kernels' code, how ranges are shared out, addresses, copies, and what is said when
 * something goes wrong.
 */
#ifndef PANA_EMULATED_CUDA_RUNTIME_H
#define PANA_EMULATED_CUDA_RUNTIME_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <utility>

#include "fibers.h"

#define __global__
#define __device__
#define __host__

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

extern dim3 blockIdx, gridDim;
static inline dim3 emulated_thread() { return dim3((unsigned)fiber_number(), 0, 0); }
#define threadIdx emulated_thread()

enum cudaError_t { cudaSuccess, cudaErrorInvalidValue, cudaErrorMemoryAllocation, cudaErrorIllegalAddress };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };
/* What puts work on a stream from outside, as the emulated cuBLAS, asks it to; see cublas.c. */
typedef struct emulated_stream {
  void (*enqueue)(struct emulated_stream *stream, void (*work)(const void *), const void *bytes, size_t count);
} * cudaStream_t;
typedef struct emulated_graph *cudaGraph_t;
typedef struct emulated_node *cudaGraphNode_t;
typedef struct emulated_executable *cudaGraphExec_t;
enum cudaStreamCaptureMode { cudaStreamCaptureModeThreadLocal = 1 };
struct cudaKernelNodeParams {
  void *func;
  dim3 gridDim, blockDim;
  unsigned sharedMemBytes;
  void **kernelParams, **extra;
};
typedef struct emulated_event *cudaEvent_t;
struct cudaDeviceProp {
  char name[256];
  int major, minor, multiProcessorCount;
};

const char *cudaGetErrorString(cudaError_t error);
const char *cudaGetErrorName(cudaError_t error);
cudaError_t cudaGetLastError();
cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total);
cudaError_t cudaMalloc(void **address, size_t bytes);
cudaError_t cudaFree(void *address);
cudaError_t cudaMallocHost(void **address, size_t bytes);
cudaError_t cudaFreeHost(void *address);
cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t stream);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);

cudaError_t cudaGraphCreate(cudaGraph_t *graph, unsigned flags);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *before,
                                   size_t befores, const cudaKernelNodeParams *parameters);
cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *before,
                                       size_t befores, cudaGraph_t child);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t *executable, cudaGraph_t graph, unsigned long long flags);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t executable, cudaGraphNode_t node,
                                             const cudaKernelNodeParams *parameters);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph);

/* Makes a kernel with arguments at addresses something to be called later; a graph's nodes are made by it. */
typedef std::function<void()> emulated_binder(void *kernel, dim3 grid, dim3 block, void **addresses);
void emulated_remember(void *kernel, emulated_binder *binder);

/* Block by block; its threads in an order that changes from block to block. */
cudaError_t emulated_start(dim3 grid, dim3 block, void (*thread)(void *), void *argument);

template <typename... P> cudaError_t emulated_kernel(void (*kernel)(P...), dim3 grid, dim3 block, P... arguments) {
  auto thread = [&] { kernel(arguments...); };
  return emulated_start(
      grid, block, [](void *f) { (*static_cast<decltype(thread) *>(f))(); }, &thread);
}

template <typename... P, size_t... I> std::tuple<P...> emulated_arguments(void **addresses, std::index_sequence<I...>) {
  return std::tuple<P...>(*static_cast<P *>(addresses[I])...);
}

template <typename... P> std::function<void()> emulated_bind(void *kernel, dim3 grid, dim3 block, void **addresses) {
  auto arguments = emulated_arguments<P...>(addresses, std::index_sequence_for<P...>());
  return [=] {
    std::apply([&](P... p) { emulated_kernel(reinterpret_cast<void (*)(P...)>(kernel), grid, block, p...); },
               arguments);
  };
}

template <typename... P>
cudaError_t start_kernel(void (*kernel)(P...), dim3 grid, dim3 block, cudaStream_t, P... arguments) {
  emulated_remember(reinterpret_cast<void *>(kernel), emulated_bind<P...>);
  return emulated_kernel(kernel, grid, block, arguments...);
}

#endif
