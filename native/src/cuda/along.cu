/* What calls bring along besides arrays, and what kernels of one call leave for each other. */
#include "tape.h"

#include <stdlib.h>
#include <string.h>

/* ---- what goes along with a call */

void *room_along(pana_cuda_session *session, int64_t bytes) {
  int64_t room = (bytes + 255) / 256 * 256;
  if (room > SIDE_TABLE) {
    not_made(session, "%lld bytes go along with a call, at most %d", (long long)bytes, (int)SIDE_TABLE);
    return NULL;
  }
  if (session->along_next + room > SIDE_TABLE) { /* what lies at the beginning may still be read */
    if (wait_for_all(session) != PANA_CUDA_OK)
      return NULL;
    session->along_next = 0;
  }
  char *here = session->along_here + session->along_next;
  session->along_next += room;
  return here;
}

void *send_along(pana_cuda_session *session, const void *room, int64_t bytes) {
  char *there = session->along_there + ((const char *)room - session->along_here);
  cudaError_t error = cudaMemcpyAsync(there, room, (size_t)bytes, cudaMemcpyHostToDevice, session->stream);
  return check(session, error, "options on their way to the GPU") == PANA_CUDA_OK ? there : NULL;
}

void *copy_along(pana_cuda_session *session, const void *data, int64_t bytes) {
  void *room = room_along(session, bytes);
  if (!room)
    return NULL;
  memcpy(room, data, (size_t)bytes);
  return send_along(session, room, bytes);
}

/* ---- what goes along and stays */

static void drop(kept_piece *piece) {
  cudaFree(piece->there);
  free(piece->here);
  *piece = {};
}

static kept_piece *find_kept(pana_cuda_session *session, const void *data, int64_t bytes) {
  for (int i = 0; i < KEPT; i++) {
    kept_piece *piece = &session->kept[i];
    if (piece->here && piece->bytes == bytes && memcmp(piece->here, data, (size_t)bytes) == 0)
      return piece;
  }
  return NULL;
}

/* A place that is free, or was not used for longest. */
static kept_piece *place_to_keep(pana_cuda_session *session) {
  kept_piece *oldest = &session->kept[0];
  for (int i = 1; i < KEPT; i++)
    if (session->kept[i].last_use < oldest->last_use)
      oldest = &session->kept[i];
  if (oldest->here && wait_for_all(session) != PANA_CUDA_OK) /* it may still be read */
    return NULL;
  drop(oldest);
  return oldest;
}

/* Whether there was memory for it, here and there. */
static bool fill_kept(pana_cuda_session *session, kept_piece *piece, const void *data, int64_t bytes) {
  cudaSetDevice(session->device);
  piece->here = (char *)malloc((size_t)bytes);
  if (!piece->here || cudaMalloc((void **)&piece->there, (size_t)bytes) != cudaSuccess) {
    cudaGetLastError(); /* it would be the next call's */
    drop(piece);
    return false;
  }
  memcpy(piece->here, data, (size_t)bytes);
  piece->bytes = bytes;
  return true;
}

/* Copied at once, ahead of what is noted: nothing that was called knows the new piece. */
void *keep_along(pana_cuda_session *session, const void *data, int64_t bytes) {
  kept_piece *piece = find_kept(session, data, bytes);
  if (!piece) {
    piece = place_to_keep(session);
    if (!piece)
      return NULL;
    if (!fill_kept(session, piece, data, bytes))
      return copy_along(session, data, bytes);
    void *room = room_along(session, bytes);
    if (!room)
      return NULL;
    memcpy(room, data, (size_t)bytes);
    cudaError_t error = cudaMemcpyAsync(piece->there, room, (size_t)bytes, cudaMemcpyHostToDevice, session->stream);
    if (check(session, error, "options on their way to the GPU") != PANA_CUDA_OK)
      return NULL;
  }
  piece->last_use = ++session->kept_uses;
  return piece->there;
}

/* ---- scratch */

void *scratch_of(pana_cuda_session *session, int64_t bytes) {
  if (session->scratch_bytes >= bytes)
    return session->scratch;
  if (wait_for_all(session) != PANA_CUDA_OK) /* the old one may be in use */
    return NULL;
  cudaSetDevice(session->device);
  cudaFree(session->scratch);
  session->scratch = NULL;
  session->scratch_bytes = 0;
  bytes += bytes / 2;
  if (cudaMalloc(&session->scratch, (size_t)bytes) != cudaSuccess) {
    cudaGetLastError(); /* it would be the next call's */
    return NULL;
  }
  session->scratch_bytes = bytes;
  return session->scratch;
}

void close_along(pana_cuda_session *session) {
  for (int i = 0; i < KEPT; i++)
    drop(&session->kept[i]);
  cudaFree(session->scratch);
  cudaFreeHost(session->along_here);
  cudaFree(session->along_there);
}
