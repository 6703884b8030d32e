/*
 * One type of 16 float lanes, whatever the processor has: kernels are written once above it.
 *
 *   vf  16 floats      vi  16 int32      vm  16 booleans
 *
 * Each tier's header gives the same operations with the same bits:
 *   load, store           whole vectors, any alignment
 *   load_first(p, n)      lanes 0..n-1 from memory, the others 0 (nothing beyond is read), 0 <= n <= 16
 *   store_first(p, n, v)  lanes 0..n-1 only
 *   min(a, b)             a < b ? a : b        max(a, b)   a > b ? a : b   (so a NaN gives b)
 *   fma(a, b, c)          a * b + c, rounded once
 *   scale(p, n, i)        p * 2^n, rounded once; i is n as integers, -150 <= n <= 128
 *   log_edges(y, x)       y for x > 0; else a logarithm's: -inf of 0, NaN below, and x itself where it is inf or NaN
 *   multiply(a, b)        the lower and the upper halves of the products of integers without sign
 *   tree(v)               for w = 8, 4, 2, 1: v[j] += v[j + w]; then v[0]
 *   halves_w(a, b)        w = 8, 4, 2, 1: of each 2 w lanes of a and of b the lower w, and the upper ones; both in the
 *                         same order, and in such a one that fold, below, ends in that of its vectors
 */
#ifndef PANA_SIMD_H
#define PANA_SIMD_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 16 };

/*
 * A function that the compiler may inline or not; one that it must not; a table of constants. nvcc wants to be told
 * which functions a GPU shall have.
 */
#if defined(__CUDACC__)
#define inline __device__ __inline__
#define FUNCTION static __device__
#define NOINLINE static __device__ __noinline__
#define TABLE    static __device__ const
#else
#define FUNCTION static
#define NOINLINE static __attribute__((noinline))
#define TABLE    static const
#endif
/* For functions that take a function: the compiler must see which one. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

#if defined(PANA_LANES)
#include "simd_lanes.h"
#elif defined(__AVX512F__)
#include "simd_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "simd_avx2.h"
#else
#include "simd_plain.h"
#endif

/* The next loop, whose count is at most this. */
#define PRAGMA(text) _Pragma(#text)
#if defined(__CUDACC__)
#define UNROLL(count) PRAGMA(unroll count)
#else
#define UNROLL(count) PRAGMA(GCC unroll count)
#endif

/* Over four accumulators, which registers hold only if the loop is unrolled. The plain tier's are too few. */
#if defined(__AVX2__) || defined(__CUDACC__)
#define EACH_PARTIAL(k) UNROLL(4) for (int k = 0; k < 4; k++)
#else
#define EACH_PARTIAL(k) for (int k = 0; k < 4; k++)
#endif

/* What follows needs nothing of the tier. */

static inline vf vf_zero(void) { return vf_set(0.0f); }

#if !defined(PANA_LANES)
/* All lanes into an array of the kernel's own, where they are read one by one. */
static inline void vf_spread(float *p, vf v) { vf_store(p, v); }
static inline void vi_spread(int32_t *p, vi v) { vi_store(p, v); }
/* What any lane has stored, all see behind this; what stands before it reads is not yet changed. */
static inline void lanes_meet(void) {}
/* Whether this is to do what must happen once. */
static inline bool is_first_lane(void) { return true; }
/* Numbers one by one, in no order. */
#define EACH_OF(k, n) for (int64_t k = 0; k < (n); k++)
static inline void clear_floats(float *p, int64_t count) { memset(p, 0, (size_t)count * sizeof(float)); }
static inline void prefetch(const float *p) { __builtin_prefetch(p); }
static inline void prefetch_to_write(const float *p) { __builtin_prefetch(p, 1); }
#endif

/* |a|, -a: the sign bit alone, whatever a is. */
static inline vf vf_abs(vf a) { return vf_from_bits(vi_and(vf_bits(a), vi_set(0x7fffffff))); }
static inline vf vf_negate(vf a) { return vf_sub(vf_set(-0.0f), a); }

/* load_first and store_first, whose masks cost nothing where n is the constant LANES. */
static inline vf vf_load_up_to(const float *p, int n) { return n == LANES ? vf_load(p) : vf_load_first(p, n); }
static inline void vf_store_up_to(float *p, int n, vf v) {
  if (n == LANES)
    vf_store(p, v);
  else
    vf_store_first(p, n, v);
}

/*
 * Lane k is what remains of v[k] once f has put halves together: for w = 8, 4, 2, 1: v[j] = f(v[j], v[j + w]). With
 * vf_add it is tree for 16 vectors at once, in a fraction of the work.
 */
static ALWAYS_INLINE vf vf_fold(vf (*f)(vf, vf), const vf v[LANES]) {
  vf fours[4], twos[2];
  for (int k = 0; k < 4; k++) {
    vf_halves low = vf_halves_8(v[k], v[k + 4]), high = vf_halves_8(v[k + 8], v[k + 12]);
    vf_halves eights = vf_halves_4(f(low.low, low.high), f(high.low, high.high));
    fours[k] = f(eights.low, eights.high);
  }
  for (int k = 0; k < 2; k++) {
    vf_halves h = vf_halves_2(fours[2 * k], fours[2 * k + 1]);
    twos[k] = f(h.low, h.high);
  }
  vf_halves h = vf_halves_1(twos[0], twos[1]);
  return f(h.low, h.high);
}

static inline int first_lanes(int64_t left) { return left < LANES ? (int)left : LANES; }

/* Four accumulators of 16 lanes are the 64 partial sums of the canonical order. */
typedef struct {
  vf lane[4];
} partials;

static inline partials partials_zero(void) { return (partials){{vf_zero(), vf_zero(), vf_zero(), vf_zero()}}; }

/* for w = 32, 16, 8, 4, 2, 1: p[j] += p[j + w] */
static inline float partials_tree(partials p) {
  vf low = vf_add(p.lane[0], p.lane[2]);
  vf high = vf_add(p.lane[1], p.lane[3]);
  return vf_tree(vf_add(low, high));
}

#endif
