/* See include/cuda_runtime.h. Environment: PANA_EMULATED_GPUS (1), PANA_EMULATED_BYTES (4 GiB), PANA_EMULATED_FAULT
 * (the number of a kernel's start, from 1, that fails; 0: none). */
#include "cuda_runtime.h"

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

dim3 blockIdx, gridDim;

namespace {

pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER; /* there is one GPU */
std::map<void *, size_t> allocated;
size_t taken;
long started;

long setting(const char *name, long otherwise) {
  const char *value = std::getenv(name);
  return value ? std::atol(value) : otherwise;
}

size_t memory() { return (size_t)setting("PANA_EMULATED_BYTES", 4L << 30); }

struct held {
  held() { pthread_mutex_lock(&one_at_a_time); }
  ~held() { pthread_mutex_unlock(&one_at_a_time); }
};

} // namespace

const char *cudaGetErrorName(cudaError_t error) {
  static const char *const names[] = {"cudaSuccess", "cudaErrorInvalidValue", "cudaErrorMemoryAllocation",
                                      "cudaErrorIllegalAddress"};
  return names[error];
}

const char *cudaGetErrorString(cudaError_t error) {
  static const char *const texts[] = {"no error", "invalid argument", "out of memory",
                                      "an illegal memory access was encountered"};
  return texts[error];
}

cudaError_t cudaGetLastError() { return cudaSuccess; }

cudaError_t cudaGetDeviceCount(int *count) {
  *count = (int)setting("PANA_EMULATED_GPUS", 1);
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int) {
  std::snprintf(properties->name, sizeof properties->name, "emulated GPU");
  properties->major = 9;
  properties->minor = 0;
  properties->multiProcessorCount = 1;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int) { return cudaSuccess; }

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total) {
  held h;
  *total = memory();
  *free_bytes = *total - taken;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void **address, size_t bytes) {
  held h;
  if (bytes > memory() - taken)
    return cudaErrorMemoryAllocation;
  *address = std::malloc(bytes);
  if (!*address)
    return cudaErrorMemoryAllocation;
  std::memset(*address, 0xa5, bytes); /* nothing that one may rely on */
  allocated[*address] = bytes;
  taken += bytes;
  return cudaSuccess;
}

cudaError_t cudaFree(void *address) {
  held h;
  auto found = allocated.find(address);
  if (found == allocated.end())
    return address ? cudaErrorInvalidValue : cudaSuccess;
  taken -= found->second;
  allocated.erase(found);
  std::free(address);
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void **address, size_t bytes) {
  *address = std::malloc(bytes);
  return *address ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFreeHost(void *address) {
  std::free(address);
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t) {
  std::memset(address, value, bytes);
  return cudaSuccess;
}

/* Whether it lies in what cudaMalloc gave. */
static bool is_there(const void *address, size_t bytes) {
  held h;
  auto behind = allocated.upper_bound(const_cast<void *>(address));
  if (behind == allocated.begin())
    return false;
  const auto &[begin, size] = *--behind;
  const size_t offset = (size_t)(static_cast<const char *>(address) - static_cast<const char *>(begin));
  return offset <= size && bytes <= size - offset;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
  if (is_there(to, bytes) != (kind != cudaMemcpyDeviceToHost) ||
      is_there(from, bytes) != (kind != cudaMemcpyHostToDevice))
    return cudaErrorInvalidValue;
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}

/* ---- streams, and graphs of what they would do */

struct emulated_node {
  std::function<void()> work;
};

/* Nodes run in the order in which they were added, which is that of a chain. */
struct emulated_graph {
  std::vector<std::unique_ptr<emulated_node>> nodes;

  cudaGraphNode_t add(std::function<void()> work) {
    nodes.push_back(std::make_unique<emulated_node>(emulated_node{work}));
    return nodes.back().get();
  }
};

/* A copy of a graph's work: the graph may be gone. */
struct emulated_executable {
  std::vector<cudaGraphNode_t> nodes;
  std::vector<std::function<void()>> work;

  std::function<void()> &of(cudaGraphNode_t node) {
    size_t i = 0;
    while (nodes[i] != node)
      i++;
    return work[i];
  }
};

namespace {

struct stream : emulated_stream {
  std::unique_ptr<emulated_graph> captured;
};

stream *known(cudaStream_t s) { return static_cast<stream *>(s); }

void enqueue(emulated_stream *on, void (*work)(const void *), const void *bytes, size_t count) {
  std::vector<char> copy(static_cast<const char *>(bytes), static_cast<const char *>(bytes) + count);
  auto done = [=] { work(copy.data()); };
  if (known(on)->captured)
    known(on)->captured->add(done);
  else
    done();
}

std::map<void *, emulated_binder *> binders;
pthread_mutex_t binders_lock = PTHREAD_MUTEX_INITIALIZER;

std::function<void()> bound(const cudaKernelNodeParams *p) {
  pthread_mutex_lock(&binders_lock);
  emulated_binder *binder = binders.at(p->func);
  pthread_mutex_unlock(&binders_lock);
  return binder(p->func, p->gridDim, p->blockDim, p->kernelParams);
}

} // namespace

void emulated_remember(void *kernel, emulated_binder *binder) {
  pthread_mutex_lock(&binders_lock);
  binders[kernel] = binder;
  pthread_mutex_unlock(&binders_lock);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *made, unsigned) {
  auto *s = new stream;
  s->enqueue = enqueue;
  *made = s;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t s) {
  delete known(s);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode) {
  known(s)->captured = std::make_unique<emulated_graph>();
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t *graph) {
  *graph = known(s)->captured.release();
  return cudaSuccess;
}

cudaError_t cudaGraphCreate(cudaGraph_t *graph, unsigned) {
  *graph = new emulated_graph;
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *, size_t,
                                   const cudaKernelNodeParams *parameters) {
  *node = graph->add(bound(parameters));
  return cudaSuccess;
}

cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *, size_t,
                                       cudaGraph_t child) {
  std::vector<std::function<void()>> all;
  for (auto &n : child->nodes)
    all.push_back(n->work);
  *node = graph->add([=] {
    for (auto &work : all)
      work();
  });
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *executable, cudaGraph_t graph, unsigned long long) {
  *executable = new emulated_executable;
  for (auto &node : graph->nodes) {
    (*executable)->nodes.push_back(node.get());
    (*executable)->work.push_back(node->work);
  }
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  return cudaSuccess;
}

cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t executable, cudaGraphNode_t node,
                                             const cudaKernelNodeParams *parameters) {
  executable->of(node) = bound(parameters);
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t) {
  for (auto &work : executable->work)
    work();
  return cudaSuccess;
}

static bool faulty() {
  long which = setting("PANA_EMULATED_FAULT", 0);
  return which > 0 && started >= which;
}

cudaError_t cudaStreamSynchronize(cudaStream_t) { return faulty() ? cudaErrorIllegalAddress : cudaSuccess; }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned) {
  static char any;
  *event = reinterpret_cast<cudaEvent_t>(&any);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return faulty() ? cudaErrorIllegalAddress : cudaSuccess; }

cudaError_t emulated_start(dim3 grid, dim3 block, void (*thread)(void *), void *argument) {
  held h;
  started++;
  if (faulty())
    return cudaSuccess; /* as a GPU does: told by whoever waits */
  gridDim = grid;
  for (unsigned k = 0; k < grid.x; k++) {
    blockIdx = dim3(k, 0, 0);
    run_fibers((int)block.x, k % 2 ? LAST_TO_FIRST : FIRST_TO_LAST, thread, argument);
  }
  return cudaSuccess;
}
