/*
 * Matrix products by OpenBLAS, a serial static build hidden inside this library: it starts no thread
 * and exports nothing but what stands here. The same call as pana_product_f32, other bits.
 */
#include <cblas.h>
#include <stdint.h>

#define PANA_API __attribute__((visibility("default")))

PANA_API int32_t pana_blas_abi_version(void) { return 1; }

/* Version and the kernels that OpenBLAS chose for this processor. */
PANA_API const char *pana_blas_config(void) { return openblas_get_config(); }

/* Rows [from, to) of c = (accumulate ? c : 0) + op(a) b; see product_f32 in kernels.def. Sizes fit an int. */
PANA_API void pana_blas_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda,
                                    int64_t ldb, int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from,
                                    int64_t to) {
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)(to - from), (int)n, (int)k,
              1.0f, a + from * (transpose_a ? 1 : lda), (int)lda, b, (int)ldb, accumulate ? 1.0f : 0.0f, c + from * ldc,
              (int)ldc);
}
