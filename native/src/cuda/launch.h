/*
 * A call of a kernel: its arguments made what the GPU can use, and its range given out to groups of 16 threads, each of
 * which runs the function of src/cpu/kernels that the registry names. The groups share nothing, so how a range is cut
 * changes no bit.
 */
#ifndef PANA_CUDA_LAUNCH_H
#define PANA_CUDA_LAUNCH_H

#include "session.h"
#include "tape.h"

constexpr int64_t GROUP_THREADS = 16, BLOCK_THREADS = 128, MOST_BLOCKS = 1 << 16;

/* What a call brings by value. A kernel reads one of them at most. */
union call_options {
  pana_window window;
  pana_update update;
  pana_row_options row;
  pana_element_options element;
};

/* ---- here: addresses are translated, and options are copied */

struct call {
  pana_cuda_session *session, *other; /* known by the first array; and by one of another */
  const void *stray;                  /* an array that lies in no session's memory */
  int32_t status;
  call_options options;
};

inline void take(call *c, const pana_window *&window) { c->options.window = *window; }
inline void take(call *c, const pana_update *&update) { c->options.update = *update; }
inline void take(call *c, const pana_row_options *&row) { c->options.row = *row; }
inline void take(call *c, const pana_element_options *&element) { c->options.element = *element; }

/* An array: its address there. The caller has checked its length. */
template <typename T> void take(call *c, T *&array) {
  region r;
  if (!array)
    return;
  if (!region_of(array, 1, &r)) {
    c->stray = array;
    return;
  }
  if (c->session && c->session != r.session)
    c->other = r.session;
  else
    c->session = r.session;
  array = (T *)(r.there + ((const char *)array - r.here));
}

inline void take(call *, float &) {}
inline void take(call *, int32_t &) {}
inline void take(call *, uint32_t &) {}
inline void take(call *, int64_t &) {}

/* Whether the call may be made with what it has taken. */
inline int32_t allowed(const call *c) {
  if (c->stray)
    return not_made(c->session, "an array at %p lies in no session's memory: allocate it there, and upload it",
                    c->stray);
  if (c->other) {
    not_made(c->other, "arrays of two sessions in one call");
    return not_made(c->session, "arrays of two sessions in one call");
  }
  return c->session ? session_status(c->session) : not_made(NULL, "a call without an array");
}

template <typename... A> call begin_call(A &...arguments) {
  call c = {};
  (take(&c, arguments), ...);
  c.status = allowed(&c);
  return c;
}

/* ---- there: options are what the call brought */

static inline __device__ void give(const call_options *o, const pana_window *&window) { window = &o->window; }
static inline __device__ void give(const call_options *o, const pana_update *&update) { update = &o->update; }
static inline __device__ void give(const call_options *o, const pana_row_options *&row) { row = &o->row; }
static inline __device__ void give(const call_options *o, const pana_element_options *&element) {
  element = &o->element;
}
template <typename T> static inline __device__ void give(const call_options *, T &) {}

template <typename... A> static inline __device__ void give_options(const call_options *o, A &...arguments) {
  (give(o, arguments), ...);
}

/* ---- how much a group takes at a time, by the registry's words */

/* The range of a group is [from, to) again, a grain at a time. */
#define EACH_GRAIN(grain)                                                                                  \
  const int64_t groups = (int64_t)gridDim.x * (BLOCK_THREADS / GROUP_THREADS), end = to;                   \
  from += ((int64_t)blockIdx.x * (BLOCK_THREADS / GROUP_THREADS) + threadIdx.x / GROUP_THREADS) * (grain); \
  for (; to = end - from < (grain) ? end : from + (grain), from < end; from += groups * (grain))

constexpr int64_t FEW = 1 << 16; /* groups that keep any GPU busy */

inline int64_t grain_ELEMENTS(int64_t) { return 1024; }
inline int64_t grain_BLOCKED(int64_t) { return 4096; }
/* Units may be short rows, which go better together once there are enough of them. */
inline int64_t grain_UNITS(int64_t units) { return units <= FEW ? 1 : (units + FEW - 1) / FEW; }

/* Notes a kernel of groups on a range; its own arguments follow the grain. */
template <typename... P, typename... A>
int32_t launch(call *c, void (*kernel)(call_options, int64_t, P...), int64_t grain, int64_t units, A... arguments) {
  if (c->status != PANA_CUDA_OK || units <= 0)
    return c->status;
  int64_t groups = (units + grain - 1) / grain, in_block = BLOCK_THREADS / GROUP_THREADS;
  int64_t blocks = (groups + in_block - 1) / in_block;
  dim3 grid((unsigned)(blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS)), block(BLOCK_THREADS);
  return note_kernel(c->session, kernel, grid, block, c->options, grain, P(arguments)...);
}

#endif
