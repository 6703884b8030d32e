/* The functions of cuBLAS that Panagrad calls, as plain loops in double: libcublas of the emulated GPU. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))

/* As cuda_runtime.h has it: work goes where the stream puts it, into a graph while it is captured. */
struct emulated_stream {
  void (*enqueue)(struct emulated_stream *stream, void (*work)(const void *), const void *bytes, size_t count);
};

/* By which a true GPU's library knows that this is not for it. */
API int panagrad_emulated_cublas = 1;

enum { DEFAULT_MATH = 0, TF32 = 3 };

struct cublasContext {
  struct emulated_stream *stream;
  int math;
};

API int cublasCreate_v2(struct cublasContext **handle) {
  *handle = (struct cublasContext *)calloc(1, sizeof **handle);
  return *handle ? 0 : 3;
}

API int cublasDestroy_v2(struct cublasContext *handle) {
  free(handle);
  return 0;
}

API int cublasGetVersion_v2(struct cublasContext *handle, int *version) {
  (void)handle;
  *version = 130000;
  return 0;
}

API int cublasSetStream_v2(struct cublasContext *handle, struct emulated_stream *stream) {
  handle->stream = stream;
  return 0;
}

API int cublasSetWorkspace_v2(struct cublasContext *handle, void *workspace, size_t bytes) {
  return !handle || !workspace || !bytes;
}

API int cublasSetMathMode(struct cublasContext *handle, int math) {
  handle->math = math;
  return math != DEFAULT_MATH && math != TF32;
}

struct product {
  const float *a, *b;
  float *c;
  float alpha, beta;
  int transpose_a, transpose_b, m, n, k, lda, ldb, ldc, tf32;
};

/* A factor as it is taken. */
static double taken(const struct product *p, float x) {
  union {
    float number;
    uint32_t bits;
  } f = {x};
  f.bits &= p->tf32 ? 0xffffe000u : 0xffffffffu;
  return f.number;
}

/* Columns lie one behind the other. */
static void multiply(const void *bytes) {
  struct product p;
  memcpy(&p, bytes, sizeof p);
  for (int64_t j = 0; j < p.n; j++)
    for (int64_t i = 0; i < p.m; i++) {
      double sum = 0;
      for (int64_t l = 0; l < p.k; l++)
        sum += taken(&p, p.a[p.transpose_a ? i * p.lda + l : l * p.lda + i]) *
               taken(&p, p.b[p.transpose_b ? l * p.ldb + j : j * p.ldb + l]);
      float *to = p.c + j * p.ldc + i;
      *to = (float)(p.alpha * sum + (p.beta == 0 ? 0 : (double)p.beta * *to));
    }
}

API int cublasSgemm_v2(struct cublasContext *handle, int transpose_a, int transpose_b, int m, int n, int k,
                       const float *alpha, const float *a, int lda, const float *b, int ldb, const float *beta,
                       float *c, int ldc) {
  struct product p = {.a = a,
                      .b = b,
                      .c = c,
                      .alpha = *alpha,
                      .beta = *beta,
                      .transpose_a = transpose_a,
                      .transpose_b = transpose_b,
                      .m = m,
                      .n = n,
                      .k = k,
                      .lda = lda,
                      .ldb = ldb,
                      .ldc = ldc,
                      .tf32 = handle->math == TF32};
  if (!handle->stream)
    return 1;
  handle->stream->enqueue(handle->stream, multiply, &p, sizeof p);
  return 0;
}
