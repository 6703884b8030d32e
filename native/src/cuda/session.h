/* A session, as the files of this folder see it. */
#ifndef PANA_CUDA_SESSION_H
#define PANA_CUDA_SESSION_H

#include <cuda_runtime.h>
#include <pthread.h>

#include "panagrad_cuda.h"

/* Memory with its two sides. */
struct region {
  char *here, *there;
  int64_t bytes;
  pana_cuda_session *session;
};

constexpr int STAGES = 2;               /* pinned buffers through which copies go by turns */
constexpr int64_t STAGE = 4 << 20;      /* bytes of one */
constexpr int64_t SIDE_TABLE = 4 << 20; /* bytes of what calls bring along besides arrays: see copy_along */
constexpr int KEPT = 32;                /* pieces that keep_along keeps */

/* What came along before. */
struct kept_piece {
  char *here, *there;
  int64_t bytes, last_use;
};

struct pana_cuda_session {
  int device;
  cudaStream_t stream;
  char *stage[STAGES];
  cudaEvent_t stage_free[STAGES];
  char *along_here, *along_there; /* a ring */
  int64_t along_next;
  kept_piece kept[KEPT];
  void *scratch;
  int64_t scratch_bytes;
  int64_t kept_uses;
  int32_t status;
  char reason[512];            /* once the status is not PANA_CUDA_OK */
  int64_t launches;            /* graphs, and what was begun one by one */
  struct pana_cuda_tape *tape; /* what was called and not yet begun: tape.h */
  void *blas, *blas_workspace; /* cuBLAS's, once it was asked for */
  int64_t strays_told;         /* of calls that were not made and of which no session is known */
};

/* Keeps the text for this thread, and returns the status. */
int32_t failed(int32_t status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Frees what blas.cu has made of it. */
void close_blas(pana_cuda_session *session);

/* cuBLAS opened or closed would break a capture, in whatever thread: held by who does either. */
extern pthread_mutex_t blas_lock;

/* Until all that was called is done. */
int32_t wait_for_all(pana_cuda_session *session);

/* The session does no more; the reason is this thread's text. PANA_CUDA_FAILED. */
int32_t end_session(pana_cuda_session *session);

/* Whether it has failed, without a look at calls of which no session is known. */
int32_t session_status(const pana_cuda_session *session);

/* A call that was not made: its session's end, or, where that is not known, once a failure of every session. */
int32_t not_made(pana_cuda_session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As failed, where the error is one; it is the session's end. */
int32_t check(pana_cuda_session *session, cudaError_t error, const char *what);

/* Whether [address, address + bytes) lies in a region, and in which. */
bool region_of(const void *address, int64_t bytes, region *found);

/*
 * What a call needs besides arrays: room for it, to be filled, then on its way, ahead of what is noted; the address
 * there. copy_along does both. Null where that failed.
 */
void *room_along(pana_cuda_session *session, int64_t bytes);
void *send_along(pana_cuda_session *session, const void *room, int64_t bytes);
void *copy_along(pana_cuda_session *session, const void *data, int64_t bytes);

/* The same for what mostly stays the same from call to call: then it is there still, at the same address. */
void *keep_along(pana_cuda_session *session, const void *data, int64_t bytes);

/* Memory there for what kernels of one call leave for each other; null where there is none, which is no failure. */
void *scratch_of(pana_cuda_session *session, int64_t bytes);

/* Frees what along.cu has made of it. */
void close_along(pana_cuda_session *session);

#endif
