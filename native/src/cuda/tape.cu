#include "tape.h"

#include <pthread.h>
#include <string.h>

#include <memory>
#include <new>
#include <vector>

namespace {

constexpr size_t MOST_NOTES = 2048;  /* more are begun at once: the GPU need not wait for ever */
constexpr size_t LEAST_OF_GRAPH = 4; /* fewer are begun one by one */
constexpr size_t MOST_GRAPHS = 64;   /* that are remembered */

/* A note but for its arguments' values: what must be the same for a graph to serve again. */
struct outline {
  const void *function;  /* the kernel, or who begins it */
  start_function *start; /* null where it is no kernel */
  dim3 grid, block;
  size_t first, count; /* arguments, in `arguments` of its notes */
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

  void add(outline o, void *const *addresses, const size_t *sizes) {
    o.first = arguments.size();
    for (size_t i = 0; i < o.count; i++) {
      size_t at = (values.size() + 15) / 16 * 16; /* any type may lie there */
      values.resize(at + sizes[i]);
      memcpy(values.data() + at, addresses[i], sizes[i]);
      arguments.push_back({at, sizes[i]});
    }
    outlines.push_back(o);
  }

  const unsigned char *value(const outline &o, size_t i) const { return values.data() + arguments[o.first + i].at; }

  std::vector<void *> addresses(const outline &o) const {
    std::vector<void *> all;
    for (size_t i = 0; i < o.count; i++)
      all.push_back((void *)value(o, i));
    return all;
  }
};

bool same_values(const notes &x, const notes &y, size_t i) {
  const outline &a = x.outlines[i], &b = y.outlines[i];
  for (size_t k = 0; k < a.count; k++)
    if (memcmp(x.value(a, k), y.value(b, k), x.arguments[a.first + k].bytes) != 0)
      return false;
  return true;
}

/* What is no kernel is captured with its values; a kernel's can be changed. */
bool same_outlines(const notes &x, const notes &y) {
  if (x.outlines.size() != y.outlines.size())
    return false;
  for (size_t i = 0; i < x.outlines.size(); i++) {
    const outline &a = x.outlines[i], &b = y.outlines[i];
    if (a.function != b.function || a.grid.x != b.grid.x || a.block.x != b.block.x || a.count != b.count ||
        (!a.start && !same_values(x, y, i)))
      return false;
  }
  return true;
}

} // namespace

/* Notes that came before, and from the second time on their graph. */
struct known_notes {
  notes seen; /* the last ones, whose values the executable has */
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

/* ---- one by one */

int32_t begin_one(pana_cuda_session *session, const notes &n, const outline &o) {
  session->launches++;
  if (o.start)
    return check(session, o.start(o.function, o.grid, o.block, session->stream, n.addresses(o).data()),
                 "the start of a kernel");
  int32_t status = ((begin_function *)o.function)(session, n.value(o, 0));
  return status == PANA_CUDA_OK ? status : end_session(session);
}

int32_t begin_each(pana_cuda_session *session, const notes &n) {
  int32_t status = PANA_CUDA_OK;
  for (size_t i = 0; i < n.outlines.size() && status == PANA_CUDA_OK; i++)
    status = begin_one(session, n, n.outlines[i]);
  return status;
}

/*
 * ---- as a graph: a chain, in the order of the notes. Nothing has been begun while it is made or changed, so whatever
 * fails there (no memory for it, a capture that another thread has broken) is no harm: the notes are begun one by one.
 */

bool fine(cudaError_t error) {
  if (error != cudaSuccess)
    cudaGetLastError(); /* it would be the next call's */
  return error == cudaSuccess;
}

cudaKernelNodeParams parameters(const outline &o, std::vector<void *> &addresses) {
  cudaKernelNodeParams p = {};
  p.func = (void *)o.function;
  p.gridDim = o.grid;
  p.blockDim = o.block;
  p.kernelParams = addresses.data();
  return p;
}

bool capture(pana_cuda_session *session, const notes &n, const outline &o, cudaGraph_t *captured) {
  pthread_mutex_lock(&blas_lock);
  bool begun = fine(cudaStreamBeginCapture(session->stream, cudaStreamCaptureModeThreadLocal));
  bool done = begun && ((begin_function *)o.function)(session, n.value(o, 0)) == PANA_CUDA_OK;
  bool ended = begun && fine(cudaStreamEndCapture(session->stream, captured));
  pthread_mutex_unlock(&blas_lock);
  return done && ended && *captured;
}

bool add_captured(pana_cuda_session *session, known_notes *k, const outline &o, const cudaGraphNode_t *before,
                  cudaGraphNode_t *node) {
  cudaGraph_t captured = nullptr;
  bool added = capture(session, k->seen, o, &captured) &&
               fine(cudaGraphAddChildGraphNode(node, k->graph, before, before ? 1 : 0, captured));
  if (captured)
    cudaGraphDestroy(captured);
  return added;
}

bool add_node(pana_cuda_session *session, known_notes *k, const outline &o) {
  cudaGraphNode_t node = nullptr;
  const cudaGraphNode_t *before = k->nodes.empty() ? nullptr : &k->nodes.back();
  bool added;
  if (o.start) {
    std::vector<void *> addresses = k->seen.addresses(o);
    const cudaKernelNodeParams p = parameters(o, addresses);
    added = fine(cudaGraphAddKernelNode(&node, k->graph, before, before ? 1 : 0, &p));
  } else {
    added = add_captured(session, k, o, before, &node);
  }
  k->nodes.push_back(node);
  return added;
}

bool build(pana_cuda_session *session, known_notes *k) {
  bool built = fine(cudaGraphCreate(&k->graph, 0));
  for (size_t i = 0; i < k->seen.outlines.size() && built; i++)
    built = add_node(session, k, k->seen.outlines[i]);
  return built && fine(cudaGraphInstantiate(&k->executable, k->graph, 0));
}

/* The executable's values become those of now. */
bool change(known_notes *k, const notes &now) {
  bool changed = true;
  for (size_t i = 0; i < now.outlines.size() && changed; i++)
    if (!same_values(k->seen, now, i)) {
      std::vector<void *> addresses = now.addresses(now.outlines[i]);
      const cudaKernelNodeParams p = parameters(now.outlines[i], addresses);
      changed = fine(cudaGraphExecKernelNodeSetParams(k->executable, k->nodes[i], &p));
    }
  return changed;
}

/* Afterwards what is known has the values of now. */
bool prepare(pana_cuda_session *session, known_notes *k, notes *now) {
  bool changed = !k->executable || change(k, *now);
  std::swap(k->seen, *now);
  return changed && (k->executable || build(session, k));
}

size_t find(const pana_cuda_tape *tape, const notes &n) {
  size_t i = 0;
  while (i < tape->known.size() && !same_outlines(tape->known[i]->seen, n))
    i++;
  return i;
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

int32_t begin_known(pana_cuda_session *session, pana_cuda_tape *tape, size_t i) {
  known_notes *k = tape->known[i].get();
  k->last_use = tape->uses;
  if (prepare(session, k, &tape->now)) {
    session->launches++;
    return check(session, cudaGraphLaunch(k->executable, session->stream), "the launch of a graph");
  }
  const std::unique_ptr<known_notes> dropped = std::move(tape->known[i]);
  tape->known.erase(tape->known.begin() + (long)i);
  return begin_each(session, dropped->seen);
}

int32_t begin_all(pana_cuda_session *session, pana_cuda_tape *tape) {
  if (tape->now.outlines.size() < LEAST_OF_GRAPH)
    return begin_each(session, tape->now);
  tape->uses++;
  size_t i = find(tape, tape->now);
  if (i < tape->known.size())
    return begin_known(session, tape, i);
  remember(tape, tape->now);
  return begin_each(session, tape->now);
}

int32_t add(pana_cuda_session *session, const outline &o, void *const *addresses, const size_t *sizes) {
  try {
    if (!session->tape)
      session->tape = new pana_cuda_tape;
    session->tape->now.add(o, addresses, sizes);
  } catch (const std::bad_alloc &) {
    return not_made(session, "no memory to note a call");
  }
  return session->tape->now.outlines.size() < MOST_NOTES ? PANA_CUDA_OK : begin_noted(session);
}

} // namespace

int32_t begin_noted(pana_cuda_session *session) {
  pana_cuda_tape *tape = session->tape;
  int32_t status = session_status(session);
  if (!tape || tape->now.outlines.empty())
    return status;
  if (status == PANA_CUDA_OK) {
    cudaSetDevice(session->device);
    try {
      status = begin_all(session, tape);
    } catch (const std::bad_alloc &) {
      status = not_made(session, "no memory to begin what was called");
    }
  }
  tape->now.clear();
  return status;
}

int32_t note_start(pana_cuda_session *session, const void *kernel, start_function *start, dim3 grid, dim3 block,
                   int count, void *const *addresses, const size_t *sizes) {
  return add(session, {kernel, start, grid, block, 0, (size_t)count}, addresses, sizes);
}

int32_t note_other(pana_cuda_session *session, begin_function *begin, const void *bytes, size_t count) {
  void *address = (void *)bytes;
  return add(session, {(const void *)begin, nullptr, dim3(1), dim3(1), 0, 1}, &address, &count);
}

void close_tape(pana_cuda_session *session) {
  delete session->tape;
  session->tape = nullptr;
}
