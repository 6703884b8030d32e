/*
 * libpanagrad_cuda: Panagrad's kernels on a GPU. C17. It needs a driver only once a session is opened.
 *
 * A session has one GPU's memory, one stream, and the text of what went wrong. Its memory has two sides: an address
 * here, by which everybody names it, and as many bytes there. Nothing is copied but by pana_cuda_upload and
 * pana_cuda_download; pana_cuda_<kernel> of kernels.def takes the same arguments as pana_<kernel>, arrays by the address
 * here, and works on what lies there. Options (windows, updates, options of losses, weights of classes and columns, the
 * table of update_tensors_f32 itself) are read here, during the call.
 *
 * Kernels run one behind the other, after the call has returned: calls are noted, and begun together by the next one that
 * waits or copies from or to here. Where the same calls are made again, but for the values of their arguments, they are one
 * CUDA graph, which is launched once; so it is with the steps of a training.
 * What fails then is told by the next call that waits:
 * pana_cuda_download, pana_cuda_synchronize. A session that has failed refuses all further work with the first reason;
 * so does, once, every session after a call whose arrays lie in no session's memory: no result of a call that was not
 * made is ever handed out, even if somebody does not look at what the kernels return.
 * All calls return a status; pana_cuda_error tells the text of this thread's last one that was not PANA_CUDA_OK. A
 * session is used by one thread at a time.
 */
#ifndef PANAGRAD_CUDA_H
#define PANAGRAD_CUDA_H

#include "panagrad.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  PANA_CUDA_OK = 0,
  PANA_CUDA_NO_DEVICE = 1,     /* no driver, no such GPU, or one that is too old */
  PANA_CUDA_OUT_OF_MEMORY = 2, /* the text names what was asked for and what is free */
  PANA_CUDA_BAD_ADDRESS = 3,   /* memory that belongs to no session, or to several; nothing was done */
  PANA_CUDA_FAILED = 4,        /* a kernel, a copy or a product failed; the session is of no further use */
  PANA_CUDA_NO_LIBRARY = 5     /* cuBLAS is not there */
};

typedef struct pana_cuda_session pana_cuda_session;

/* That of kernels.def, as pana_abi_version. */
PANA_API int32_t pana_cuda_abi_version(void);

/* As pana_kernel_name. */
PANA_API const char *pana_cuda_kernel_name(int32_t index);

/* Of this thread's last call that did not succeed; "" before. */
PANA_API const char *pana_cuda_error(void);

/* How many GPUs there are: 0 without a driver. */
PANA_API int32_t pana_cuda_device_count(int32_t *count);

/* name: at least 256 bytes. */
PANA_API int32_t pana_cuda_describe(int32_t device, char *name, int64_t *bytes_free, int64_t *bytes_total);

PANA_API int32_t pana_cuda_open(int32_t device, pana_cuda_session **session);

/* Frees all memory of the session, on both sides, and the session, whatever it returns: that of work that was still
 * waited for. Null is allowed. */
PANA_API int32_t pana_cuda_close(pana_cuda_session *session);

/* bytes > 0, zeros on both sides. The side here takes no memory before it is touched. */
PANA_API int32_t pana_cuda_allocate(pana_cuda_session *session, int64_t bytes, void **address);

/* Of an address that pana_cuda_allocate gave; what works on it is waited for. It is free whatever this returns, unless
 * that is PANA_CUDA_BAD_ADDRESS. */
PANA_API int32_t pana_cuda_free(pana_cuda_session *session, void *address);

/* From here to there: what lies here may be changed once the call has returned. Kernels called later see it. */
PANA_API int32_t pana_cuda_upload(pana_cuda_session *session, const void *address, int64_t bytes);

/* From there to here, once all that was called before is done. */
PANA_API int32_t pana_cuda_download(pana_cuda_session *session, void *address, int64_t bytes);

/* From one memory there to another, of the same session, which do not overlap. */
PANA_API int32_t pana_cuda_copy(pana_cuda_session *session, const void *from, void *to, int64_t bytes);

/* Begins all that was called, and waits for nothing: for who has something else to do now. */
PANA_API int32_t pana_cuda_begin(pana_cuda_session *session);

/* Waits until all that was called is done. */
PANA_API int32_t pana_cuda_synchronize(pana_cuda_session *session);

/* What was begun so far: a graph counts once, whatever is in it. */
PANA_API int64_t pana_cuda_launches(const pana_cuda_session *session);

/* Whether the session has failed: PANA_CUDA_OK or PANA_CUDA_FAILED; PANA_CUDA_BAD_ADDRESS once for a call that was not
 * made and of which no session is known. Waits for nothing. */
PANA_API int32_t pana_cuda_status(pana_cuda_session *session);

/* Makes the products below ready: finds cuBLAS, which PANAGRAD_CUBLAS may name. name: at least 256 bytes.
 * PANA_CUDA_NO_LIBRARY where there is none, or it does not start: the session goes on. */
PANA_API int32_t pana_cuda_blas(pana_cuda_session *session, char *name);

/* As pana_cuda_product_f32, but for the order of the sums, which is cuBLAS's: the same bits in every run on the same
 * kind of GPU. n, k, lda, ldb, ldc and to - from are less than 2^31. */
PANA_API int32_t pana_cuda_blas_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
                                            int64_t ldb, int64_t ldc, int32_t transpose_a, int32_t accumulate,
                                            int64_t from, int64_t to);

/* The same of factors of which the upper 10 bits of fractions are taken. */
PANA_API int32_t pana_cuda_blas_product_tf32(const float *a, const float *b, float *c, int64_t n, int64_t k,
                                             int64_t lda, int64_t ldb, int64_t ldc, int32_t transpose_a,
                                             int32_t accumulate, int64_t from, int64_t to);

/* kernel_count functions in the registry's order: those of pana_cuda_<kernel>. */
PANA_API const void *pana_cuda_kernels(void);

#define PANA_KERNEL(name, parameters, arguments, cuda) PANA_API int32_t pana_cuda_##name parameters;
#define PANA_ENTRY(name)
#include "kernels.def"
#undef PANA_KERNEL
#undef PANA_ENTRY

#ifdef __cplusplus
}
#endif
#endif
