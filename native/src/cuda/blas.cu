/*
 * Matrix products of cuBLAS, which is found at run time and never linked: a machine without it has the kernel of the
 * registry. Its types are handles and numbers, told here as its documentation does.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "launch.h"

typedef struct cublasContext *cublas_handle;
enum {
  CUBLAS_OK = 0,
  CUBLAS_ALLOC_FAILED = 3,
  CUBLAS_OP_N = 0,
  CUBLAS_OP_T = 1,
  CUBLAS_DEFAULT_MATH = 0,
  CUBLAS_TF32_TENSOR_OP_MATH = 3
};
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

pthread_mutex_t blas_lock = PTHREAD_MUTEX_INITIALIZER;

static char missing[400];

template <typename F> static bool find(void *library, F &function, const char *name) {
  function = (F)dlsym(library, name);
  if (!function)
    snprintf(missing, sizeof missing, "it has no %s", name);
  return function;
}

/* Null, with the reason kept. */
static void *open_file(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  const char *why = library ? NULL : dlerror();
  if (why && !*missing) /* the first is the one that is wanted */
    snprintf(missing, sizeof missing, "%s", why);
  return library;
}

/* PANAGRAD_CUBLAS names a file; else the versions that this was written for. */
static void *open_library() {
  const char *named = getenv("PANAGRAD_CUBLAS");
  if (named && *named)
    return open_file(named);
  void *library = open_file("libcublas.so.13");
  return library ? library : open_file("libcublas.so.12");
}

/* The emulated one would take a true stream for its own. */
static bool is_for_this(void *library) {
#ifdef __CUDACC__
  if (dlsym(library, "panagrad_emulated_cublas")) {
    snprintf(missing, sizeof missing, "PANAGRAD_CUBLAS names the emulated one, and this GPU is a true one");
    return false;
  }
#else
  (void)library;
#endif
  return true;
}

static bool load() {
  void *library = open_library();
  return library && is_for_this(library) && find(library, cublas.create, "cublasCreate_v2") &&
         find(library, cublas.destroy, "cublasDestroy_v2") && find(library, cublas.version, "cublasGetVersion_v2") &&
         find(library, cublas.stream, "cublasSetStream_v2") &&
         find(library, cublas.workspace, "cublasSetWorkspace_v2") && find(library, cublas.math, "cublasSetMathMode") &&
         find(library, cublas.sgemm, "cublasSgemm_v2");
}

static bool is_there() {
  static const bool loaded = load(); /* once, whoever comes first */
  return loaded;
}

static cublas_handle handle_of(const pana_cuda_session *session) { return (cublas_handle)session->blas; }

void close_blas(pana_cuda_session *session) {
  pthread_mutex_lock(&blas_lock);
  if (session->blas)
    cublas.destroy(handle_of(session));
  cudaFree(session->blas_workspace);
  session->blas = session->blas_workspace = NULL;
  pthread_mutex_unlock(&blas_lock);
}

/* The stream first: it sets the workspace back. */
static int open_handle(pana_cuda_session *session) {
  pthread_mutex_lock(&blas_lock);
  cudaSetDevice(session->device);
  int status = cublas.create((cublas_handle *)&session->blas);
  if (status == CUBLAS_OK)
    status = cublas.stream(handle_of(session), session->stream);
  if (status == CUBLAS_OK && cudaMalloc(&session->blas_workspace, WORKSPACE) == cudaSuccess)
    status = cublas.workspace(handle_of(session), session->blas_workspace, WORKSPACE);
  else if (status == CUBLAS_OK)
    status = CUBLAS_ALLOC_FAILED;
  pthread_mutex_unlock(&blas_lock);
  if (status != CUBLAS_OK) {
    cudaGetLastError(); /* it would be the next call's */
    close_blas(session);
  }
  return status;
}

int32_t pana_cuda_blas(pana_cuda_session *session, char *name) {
  int32_t status = pana_cuda_status(session);
  if (status != PANA_CUDA_OK)
    return status;
  if (!is_there())
    return failed(PANA_CUDA_NO_LIBRARY, "no cuBLAS: %.300s; PANAGRAD_CUBLAS may name its file", missing);
  int opened = session->blas ? CUBLAS_OK : open_handle(session), version = 0;
  if (opened == CUBLAS_OK)
    opened = cublas.version(handle_of(session), &version);
  if (opened != CUBLAS_OK)
    return failed(PANA_CUDA_NO_LIBRARY, "cuBLAS does not start: status %d of its own (1: the driver, 3: no memory)",
                  opened);
  snprintf(name, 256, "cuBLAS %d.%d.%d", version / 10000, version / 100 % 100, version % 100);
  return PANA_CUDA_OK;
}

/* A product as it is noted: what is equal in all bytes is the same. */
struct product {
  const float *a, *b;
  float *c;
  int rows, columns, depth, lda, ldb, ldc, transpose_a, accumulate, math, unused;
};

/* cuBLAS counts by columns: there c's transpose is b's times op(a)'s. */
static int32_t begin_product(pana_cuda_session *session, const void *bytes) {
  const product *p = (const product *)bytes;
  const float one = 1, kept = p->accumulate ? 1 : 0;
  int status = cublas.math(handle_of(session), p->math);
  if (status == CUBLAS_OK)
    status = cublas.sgemm(handle_of(session), CUBLAS_OP_N, p->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N, p->columns,
                          p->rows, p->depth, &one, p->b, p->ldb, p->a, p->lda, &kept, p->c, p->ldc);
  return status == CUBLAS_OK ? PANA_CUDA_OK
                             : failed(PANA_CUDA_FAILED, "a product failed in cuBLAS with its status %d", status);
}

static int at_least_1(int64_t n) { return n < 1 ? 1 : (int)n; }

static int32_t note_product(int math, const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
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
  p.lda = at_least_1(lda), p.ldb = at_least_1(ldb), p.ldc = at_least_1(ldc);
  p.transpose_a = transpose_a, p.accumulate = accumulate;
  p.math = math;
  return note_other(this_call.session, begin_product, &p, sizeof p);
}

int32_t pana_cuda_blas_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
                                   int64_t ldb, int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from,
                                   int64_t to) {
  return note_product(CUBLAS_DEFAULT_MATH, a, b, c, n, k, lda, ldb, ldc, transpose_a, accumulate, from, to);
}

int32_t pana_cuda_blas_product_tf32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
                                    int64_t ldb, int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from,
                                    int64_t to) {
  return note_product(CUBLAS_TF32_TENSOR_OP_MATH, a, b, c, n, k, lda, ldb, ldc, transpose_a, accumulate, from, to);
}
