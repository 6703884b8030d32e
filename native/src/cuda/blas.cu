/*
 * Matrix products of cuBLAS, which is found at run time and never linked: a machine without it has the kernel of the
 * registry. Its types are handles and numbers, told here as its documentation does.
 */
#include "session.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "launch.h"

typedef struct cublasContext *cublas_handle;
enum { CUBLAS_OK = 0, CUBLAS_OP_N = 0, CUBLAS_OP_T = 1, CUBLAS_DEFAULT_MATH = 0, CUBLAS_TF32_TENSOR_OP_MATH = 3 };
constexpr size_t WORKSPACE = 32 << 20; /* what cuBLAS advises for compute 9.0; its own would not be in order */

/* What of the library is used. */
static struct {
  int (*create)(cublas_handle *);
  int (*destroy)(cublas_handle);
  int (*version)(cublas_handle, int *);
  int (*stream)(cublas_handle, cudaStream_t);
  int (*workspace)(cublas_handle, void *, size_t);
  int (*math)(cublas_handle, int);
  int (*sgemm)(cublas_handle, int, int, int, int, int, const float *, const float *, int, const float *, int,
               const float *, float *, int);
} cublas;

static char missing[400];

template <typename F> static bool find(void *library, F &function, const char *name) {
  function = (F)dlsym(library, name);
  if (!function)
    snprintf(missing, sizeof missing, "it has no %s", name);
  return function;
}

/* PANAGRAD_CUBLAS names a file; else the versions that this was written for. */
static void *open_library() {
  const char *named = getenv("PANAGRAD_CUBLAS");
  if (named && *named)
    return dlopen(named, RTLD_NOW | RTLD_LOCAL);
  void *library = dlopen("libcublas.so.13", RTLD_NOW | RTLD_LOCAL);
  return library ? library : dlopen("libcublas.so.12", RTLD_NOW | RTLD_LOCAL);
}

static bool load() {
  void *library = open_library();
  if (!library) {
    const char *why = dlerror();
    snprintf(missing, sizeof missing, "%s", why ? why : "it does not load");
    return false;
  }
  return find(library, cublas.create, "cublasCreate_v2") && find(library, cublas.destroy, "cublasDestroy_v2") &&
         find(library, cublas.version, "cublasGetVersion_v2") && find(library, cublas.stream, "cublasSetStream_v2") &&
         find(library, cublas.workspace, "cublasSetWorkspace_v2") && find(library, cublas.math, "cublasSetMathMode") &&
         find(library, cublas.sgemm, "cublasSgemm_v2");
}

static bool is_there() {
  static const bool loaded = load(); /* once, whoever comes first */
  return loaded;
}

/* 0, or the session's end. */
static int32_t done(pana_cuda_session *session, int status, const char *what) {
  if (status == CUBLAS_OK)
    return PANA_CUDA_OK;
  not_made(session, "%s failed in cuBLAS with status %d", what, status);
  return PANA_CUDA_FAILED;
}

static int32_t open_handle(pana_cuda_session *session) {
  cudaSetDevice(session->device);
  int32_t status = check(session, cudaMalloc(&session->blas_workspace, WORKSPACE), "memory for cuBLAS");
  if (status == PANA_CUDA_OK)
    status = done(session, cublas.create((cublas_handle *)&session->blas), "opening");
  if (status == PANA_CUDA_OK)
    status = done(session, cublas.stream((cublas_handle)session->blas, session->stream), "setting the stream");
  if (status == PANA_CUDA_OK)
    status = done(session, cublas.workspace((cublas_handle)session->blas, session->blas_workspace, WORKSPACE),
                  "setting the workspace");
  return status;
}

int32_t pana_cuda_blas(pana_cuda_session *session, int32_t tf32, char *name) {
  int32_t status = pana_cuda_status(session);
  if (status != PANA_CUDA_OK)
    return status;
  if (!is_there())
    return failed(PANA_CUDA_NO_LIBRARY, "no cuBLAS: %.300s; PANAGRAD_CUBLAS may name its file", missing);
  if (!session->blas)
    status = open_handle(session);
  if (status == PANA_CUDA_OK)
    status = done(session,
                  cublas.math((cublas_handle)session->blas, tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH),
                  "setting the arithmetic");
  int version = 0;
  if (status == PANA_CUDA_OK)
    status = done(session, cublas.version((cublas_handle)session->blas, &version), "asking for the version");
  if (status == PANA_CUDA_OK)
    snprintf(name, 256, "cuBLAS %d.%d.%d%s", version / 10000, version / 100 % 100, version % 100, tf32 ? ", TF32" : "");
  return status;
}

void close_blas(pana_cuda_session *session) {
  if (session->blas)
    cublas.destroy((cublas_handle)session->blas);
  cudaFree(session->blas_workspace);
}

/* A product as it is noted; of zeros where nothing is set. */
struct product {
  const float *a, *b;
  float *c;
  int rows, columns, depth, lda, ldb, ldc, transpose_a, accumulate;
};

/* cuBLAS counts by columns: there c's transpose is b's times op(a)'s. */
static int32_t begin_product(pana_cuda_session *session, const void *note_bytes) {
  const product *p = (const product *)note_bytes;
  const float one = 1, kept = p->accumulate ? 1 : 0;
  return done(session,
              cublas.sgemm((cublas_handle)session->blas, CUBLAS_OP_N, p->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N,
                           p->columns, p->rows, p->depth, &one, p->b, p->ldb, p->a, p->lda, &kept, p->c, p->ldc),
              "a product");
}

int32_t pana_cuda_blas_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
                                   int64_t ldb, int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from,
                                   int64_t to) {
  call this_call = begin_call(a, b, c);
  if (this_call.status != PANA_CUDA_OK || from >= to || n == 0)
    return this_call.status;
  if (!this_call.session->blas)
    return not_made(this_call.session, "a product of cuBLAS in a session without it: call pana_cuda_blas");
  product p = {};
  p.a = a + (transpose_a ? from : from * lda);
  p.b = b;
  p.c = c + from * ldc;
  p.rows = (int)(to - from), p.columns = (int)n, p.depth = (int)k;
  p.lda = (int)lda, p.ldb = (int)ldb, p.ldc = (int)ldc;
  p.transpose_a = transpose_a, p.accumulate = accumulate;
  return note_other(this_call.session, begin_product, &p, sizeof p);
}
