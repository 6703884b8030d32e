/*
 * What a session has been asked for and not yet begun. Kernels and products of cuBLAS are noted, and begun together
 * once somebody waits, something is copied from or to here, or there are very many. Where as many notes come a second
 * time, equal but for the values of their arguments, they become a CUDA graph: from then on all of them are one launch.
 * A training step is two: one up to its loss, which is read here, and one behind it.
 */
#ifndef PANA_CUDA_TAPE_H
#define PANA_CUDA_TAPE_H

#include "session.h"
#include "start.h"

/* Puts what its bytes say on the session's stream, which may be under capture. A status, whose text is told. */
typedef int32_t begin_function(pana_cuda_session *session, const void *bytes);

/*
 * Begins everything that was noted. What is copied to the stream otherwise goes ahead of notes unless this is called
 * first: so it must be, but where the copy's target is new to all that was noted.
 */
int32_t begin_noted(pana_cuda_session *session);

/* Notes a kernel; argument i has sizes[i] bytes at addresses[i]. start: start_by_addresses of the kernel's type. */
int32_t note_start(pana_cuda_session *session, const void *kernel, start_function *start, dim3 grid, dim3 block,
                   int count, void *const *addresses, const size_t *sizes);

/* Notes what has no kernel of ours; equal bytes do equal work. */
int32_t note_other(pana_cuda_session *session, begin_function *begin, const void *bytes, size_t count);

/* Frees the tape. */
void close_tape(pana_cuda_session *session);

/* Notes the start of a kernel. */
template <typename... P>
int32_t note_kernel(pana_cuda_session *session, void (*kernel)(P...), dim3 grid, dim3 block, P... arguments) {
  void *addresses[] = {&arguments...};
  const size_t sizes[] = {sizeof arguments...};
  return note_start(session, (const void *)kernel, start_by_addresses<P...>, grid, block, (int)sizeof...(P), addresses,
                    sizes);
}

#endif
