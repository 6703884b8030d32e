#include "tape.h"

#include <string.h>

#include <memory>
#include <vector>

namespace {

constexpr size_t MOST_NOTES = 2048;  /* more are begun at once: the GPU need not wait for ever */
constexpr size_t LEAST_OF_GRAPH = 4; /* fewer are begun one by one */
constexpr size_t MOST_GRAPHS = 64;

enum kind : int32_t { KERNEL, COPY, OTHER };

/* A note but for its arguments' values: what must be the same for a graph to serve again. */
struct outline {
  kind what;
  const void *function; /* the kernel, or who begins it */
  start_function *start;
  dim3 grid, block;
  int first, count; /* arguments, in `arguments` of its notes */
};

struct argument {
  size_t at, bytes; /* in `values` of its notes */
};

/* Notes, one behind the other. */
struct notes {
  std::vector<outline> outlines;
  std::vector<argument> arguments;
  std::vector<unsigned char> values;

  void clear() {
    outlines.clear();
    arguments.clear();
    values.clear();
  }

  void add(const outline &o, void *const *addresses, const size_t *sizes) {
    outlines.push_back(o);
    outlines.back().first = (int)arguments.size();
    for (int i = 0; i < o.count; i++) {
      size_t at = (values.size() + 15) / 16 * 16; /* any type may lie there */
      values.resize(at + sizes[i]);
      memcpy(values.data() + at, addresses[i], sizes[i]);
      arguments.push_back({at, sizes[i]});
    }
  }

  const unsigned char *value(const outline &o, int i) const { return values.data() + arguments[o.first + i].at; }

  std::vector<void *> addresses(const outline &o) const {
    std::vector<void *> all;
    for (int i = 0; i < o.count; i++)
      all.push_back((void *)value(o, i));
    return all;
  }
};

/* A copy's argument. */
struct copy_bytes {
  void *to;
  const void *from;
  size_t bytes;
};

bool same_values(const notes &x, const notes &y, size_t i) {
  const outline &a = x.outlines[i], &b = y.outlines[i];
  for (int k = 0; k < a.count; k++)
    if (memcmp(x.value(a, k), y.value(b, k), x.arguments[a.first + k].bytes) != 0)
      return false;
  return true;
}

/* What begins by itself is captured with its values; those of others can be changed. */
bool same_outlines(const notes &x, const notes &y) {
  if (x.outlines.size() != y.outlines.size())
    return false;
  for (size_t i = 0; i < x.outlines.size(); i++) {
    const outline &a = x.outlines[i], &b = y.outlines[i];
    if (a.what != b.what || a.function != b.function || a.grid.x != b.grid.x || a.block.x != b.block.x ||
        a.count != b.count || (a.what == OTHER && !same_values(x, y, i)))
      return false;
  }
  return true;
}

} // namespace

/* Notes that came before, and from the second time on their graph. */
struct known_notes {
  notes seen;
  std::vector<cudaGraphNode_t> nodes;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  int64_t last_use = 0;

  ~known_notes() {
    if (executable)
      cudaGraphExecDestroy(executable);
    if (graph)
      cudaGraphDestroy(graph);
  }
};

struct pana_cuda_tape {
  notes now;
  std::vector<std::unique_ptr<known_notes>> known;
  int64_t uses = 0;
};

namespace {

pana_cuda_tape *tape_of(pana_cuda_session *session) {
  if (!session->tape)
    session->tape = new pana_cuda_tape;
  return session->tape;
}

/* ---- one by one */

int32_t begin_one(pana_cuda_session *session, const notes &n, const outline &o) {
  session->launches++;
  if (o.what == OTHER)
    return ((begin_function *)o.function)(session, n.value(o, 0));
  if (o.what == KERNEL)
    return check(session, o.start(o.function, o.grid, o.block, session->stream, n.addresses(o).data()),
                 "the start of a kernel");
  copy_bytes copy;
  memcpy(&copy, n.value(o, 0), sizeof copy);
  return check(session, cudaMemcpyAsync(copy.to, copy.from, copy.bytes, cudaMemcpyDeviceToDevice, session->stream),
               "a copy on the GPU");
}

int32_t begin_each(pana_cuda_session *session, const notes &n) {
  int32_t status = PANA_CUDA_OK;
  for (size_t i = 0; i < n.outlines.size() && status == PANA_CUDA_OK; i++)
    status = begin_one(session, n, n.outlines[i]);
  return status;
}

/* ---- as a graph: a chain, in the order of the notes */

cudaKernelNodeParams parameters(const outline &o, std::vector<void *> &addresses) {
  cudaKernelNodeParams p = {};
  p.func = (void *)o.function;
  p.gridDim = o.grid;
  p.blockDim = o.block;
  p.kernelParams = addresses.data();
  return p;
}

int32_t capture(pana_cuda_session *session, const notes &n, const outline &o, cudaGraph_t *captured) {
  int32_t status = check(session, cudaStreamBeginCapture(session->stream, cudaStreamCaptureModeThreadLocal),
                         "the begin of a capture");
  if (status == PANA_CUDA_OK) {
    int32_t begun = ((begin_function *)o.function)(session, n.value(o, 0));
    status = check(session, cudaStreamEndCapture(session->stream, captured), "the end of a capture");
    status = begun == PANA_CUDA_OK ? status : begun;
  }
  return status;
}

int32_t add_node(pana_cuda_session *session, known_notes *k, const outline &o) {
  cudaGraphNode_t node = nullptr;
  const cudaGraphNode_t *before = k->nodes.empty() ? nullptr : &k->nodes.back();
  const size_t befores = before ? 1 : 0;
  int32_t status = PANA_CUDA_OK;
  if (o.what == KERNEL) {
    std::vector<void *> addresses = k->seen.addresses(o);
    const cudaKernelNodeParams p = parameters(o, addresses);
    status = check(session, cudaGraphAddKernelNode(&node, k->graph, before, befores, &p), "a graph's kernel");
  } else if (o.what == COPY) {
    copy_bytes copy;
    memcpy(&copy, k->seen.value(o, 0), sizeof copy);
    status = check(session,
                   cudaGraphAddMemcpyNode1D(&node, k->graph, before, befores, copy.to, copy.from, copy.bytes,
                                            cudaMemcpyDeviceToDevice),
                   "a graph's copy");
  } else {
    cudaGraph_t captured = nullptr;
    status = capture(session, k->seen, o, &captured);
    if (status == PANA_CUDA_OK)
      status = check(session, cudaGraphAddChildGraphNode(&node, k->graph, before, befores, captured), "a graph's part");
    if (captured)
      cudaGraphDestroy(captured);
  }
  k->nodes.push_back(node);
  return status;
}

int32_t build(pana_cuda_session *session, known_notes *k) {
  int32_t status = check(session, cudaGraphCreate(&k->graph, 0), "a graph");
  for (size_t i = 0; i < k->seen.outlines.size() && status == PANA_CUDA_OK; i++)
    status = add_node(session, k, k->seen.outlines[i]);
  return status == PANA_CUDA_OK ? check(session, cudaGraphInstantiate(&k->executable, k->graph, 0), "a graph's making")
                                : status;
}

int32_t change_node(pana_cuda_session *session, const known_notes *k, const notes &n, size_t i) {
  const outline &o = n.outlines[i];
  if (o.what == KERNEL) {
    std::vector<void *> addresses = n.addresses(o);
    const cudaKernelNodeParams p = parameters(o, addresses);
    return check(session, cudaGraphExecKernelNodeSetParams(k->executable, k->nodes[i], &p), "a graph's new arguments");
  }
  copy_bytes copy;
  memcpy(&copy, n.value(o, 0), sizeof copy);
  return check(session,
               cudaGraphExecMemcpyNodeSetParams1D(k->executable, k->nodes[i], copy.to, copy.from, copy.bytes,
                                                  cudaMemcpyDeviceToDevice),
               "a graph's new copy");
}

/* The graph's values become those of now. */
int32_t change(pana_cuda_session *session, known_notes *k, notes *now) {
  int32_t status = PANA_CUDA_OK;
  for (size_t i = 0; i < now->outlines.size() && status == PANA_CUDA_OK; i++)
    if (!same_values(k->seen, *now, i))
      status = change_node(session, k, *now, i);
  std::swap(k->seen, *now);
  return status;
}

known_notes *find(pana_cuda_tape *tape, const notes &n) {
  for (auto &k : tape->known)
    if (same_outlines(k->seen, n))
      return k.get();
  return nullptr;
}

/* In place of the one that was not used for longest, where there are many. */
void remember(pana_cuda_tape *tape, const notes &n) {
  if (tape->known.size() == MOST_GRAPHS) {
    size_t oldest = 0;
    for (size_t i = 1; i < tape->known.size(); i++)
      if (tape->known[i]->last_use < tape->known[oldest]->last_use)
        oldest = i;
    tape->known.erase(tape->known.begin() + (long)oldest);
  }
  tape->known.push_back(std::make_unique<known_notes>());
  tape->known.back()->seen = n;
  tape->known.back()->last_use = tape->uses;
}

int32_t begin_as_graph(pana_cuda_session *session, known_notes *k, notes *now) {
  session->launches++;
  int32_t status = change(session, k, now);
  return status == PANA_CUDA_OK
             ? check(session, cudaGraphLaunch(k->executable, session->stream), "the launch of a graph")
             : status;
}

int32_t begin_all(pana_cuda_session *session, pana_cuda_tape *tape) {
  if (tape->now.outlines.size() < LEAST_OF_GRAPH)
    return begin_each(session, tape->now);
  known_notes *k = find(tape, tape->now);
  tape->uses++;
  if (!k) {
    remember(tape, tape->now);
    return begin_each(session, tape->now);
  }
  k->last_use = tape->uses;
  int32_t status = k->executable ? PANA_CUDA_OK : build(session, k);
  return status == PANA_CUDA_OK ? begin_as_graph(session, k, &tape->now) : status;
}

int32_t add(pana_cuda_session *session, const outline &o, void *const *addresses, const size_t *sizes) {
  pana_cuda_tape *tape = tape_of(session);
  tape->now.add(o, addresses, sizes);
  return tape->now.outlines.size() < MOST_NOTES ? PANA_CUDA_OK : begin_noted(session);
}

} // namespace

int32_t begin_noted(pana_cuda_session *session) {
  pana_cuda_tape *tape = session->tape;
  if (!tape || tape->now.outlines.empty())
    return session_status(session);
  int32_t status = session_status(session);
  if (status == PANA_CUDA_OK) {
    cudaSetDevice(session->device);
    status = begin_all(session, tape);
  }
  tape->now.clear();
  return status;
}

int32_t note_start(pana_cuda_session *session, const void *kernel, start_function *start, dim3 grid, dim3 block,
                   int count, void *const *addresses, const size_t *sizes) {
  return add(session, {KERNEL, kernel, start, grid, block, 0, count}, addresses, sizes);
}

int32_t note_copy(pana_cuda_session *session, void *to, const void *from, size_t bytes) {
  copy_bytes copy = {to, from, bytes};
  void *address = &copy;
  size_t size = sizeof copy;
  return add(session, {COPY, nullptr, nullptr, dim3(1), dim3(1), 0, 1}, &address, &size);
}

int32_t note_other(pana_cuda_session *session, begin_function *begin, const void *bytes, size_t count) {
  void *address = (void *)bytes;
  return add(session, {OTHER, (const void *)begin, nullptr, dim3(1), dim3(1), 0, 1}, &address, &count);
}

void close_tape(pana_cuda_session *session) {
  delete session->tape;
  session->tape = nullptr;
}
