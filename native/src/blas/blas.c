/*
 * Matrix products by OpenBLAS, a serial static build hidden inside this library: it starts no thread
 * and exports nothing but what stands here. The same call as pana_product_f32, other bits.
 */
#include <cblas.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define PANA_API __attribute__((visibility("default")))

/*
 * A serial OpenBLAS claims its work buffers without a lock, so two threads may get the same one and
 * spoil each other's product. The linker sends those calls here (--wrap in CMakeLists.txt); a buffer
 * is claimed once per product, for some tens of nanoseconds.
 */
static atomic_flag buffers = ATOMIC_FLAG_INIT;

void *__real_blas_memory_alloc(int position);
void __real_blas_memory_free(void *buffer);
void *__wrap_blas_memory_alloc(int position);
void __wrap_blas_memory_free(void *buffer);

static void lock(void) {
  while (atomic_flag_test_and_set_explicit(&buffers, memory_order_acquire))
    sched_yield();
}

static void unlock(void) { atomic_flag_clear_explicit(&buffers, memory_order_release); }

void *__wrap_blas_memory_alloc(int position) {
  lock();
  void *buffer = __real_blas_memory_alloc(position);
  unlock();
  return buffer;
}

void __wrap_blas_memory_free(void *buffer) {
  lock();
  __real_blas_memory_free(buffer);
  unlock();
}

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
