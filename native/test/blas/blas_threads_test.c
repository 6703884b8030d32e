/*
 * Products on several threads at once, each with matrices of its own, give what each gives alone: a
 * serial OpenBLAS hands out its work buffers without a lock (see blas.c), and without the lock there
 * some hundred of these products come out wrong.
 */
#define _POSIX_C_SOURCE 200112L /* barriers */

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pana_blas_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda, int64_t ldb,
                           int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from, int64_t to);

enum { THREADS = 4, ROUNDS = 10000, M = 256, N = 64, K = 256 };

static pthread_barrier_t start;

typedef struct {
  float a[M * K], b[K * N], alone[M * N], together[M * N];
  int wrong;
} work;

static void multiply(const work *w, float *c) {
  pana_blas_product_f32(w->a, w->b, c, N, K, K, N, N, 0, 0, 0, M);
}

static void *run(void *argument) {
  work *w = argument;
  pthread_barrier_wait(&start);
  for (int i = 0; i < ROUNDS; i++) {
    multiply(w, w->together);
    w->wrong += memcmp(w->alone, w->together, sizeof w->alone) != 0;
  }
  return 0;
}

int main(void) {
  pthread_t threads[THREADS];
  work *all = calloc(THREADS, sizeof(work));
  pthread_barrier_init(&start, 0, THREADS);
  for (int t = 0; t < THREADS; t++) {
    for (int i = 0; i < M * K; i++)
      all[t].a[i] = (float)((i + t) * 37 % 101) / 101;
    for (int i = 0; i < K * N; i++)
      all[t].b[i] = (float)((i * 53 + t * 7) % 97) / 97;
    multiply(&all[t], all[t].alone);
  }
  for (int t = 0; t < THREADS; t++)
    pthread_create(&threads[t], 0, run, &all[t]);
  int wrong = 0;
  for (int t = 0; t < THREADS; t++) {
    pthread_join(threads[t], 0);
    wrong += all[t].wrong;
  }
  free(all);
  printf("%d of %d products on %d threads are wrong\n", wrong, THREADS * ROUNDS, THREADS);
  return wrong != 0;
}
