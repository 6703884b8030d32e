/*
 * One lane to a thread: 16 threads of a GPU, half a warp, run a kernel together, and a vf is what one of them holds of
 * the vector. All else of a kernel (sizes, pointers, single numbers) each of the threads computes for itself, with the
 * same outcome. See simd.h for what each operation means.
 *
 * An array of a kernel's own is the thread's own too: what vf_store leaves there, vf_load finds, but no other thread
 * sees. vf_spread is for those that are read lane by lane.
 */
#ifndef PANA_EMULATED_LANES
#include "lanes_cuda.h"
#else
#include "lanes_emulated.h"
#endif

typedef float vf;
typedef int32_t vi;
typedef bool vm;

static inline vm vm_first(int n) { return lane_number() < n; }

static inline vf vf_set(float x) { return x; }
static inline vf vf_load(const float *p) { return p[lane_number()]; }
static inline void vf_store(float *p, vf v) { p[lane_number()] = v; }
static inline vf vf_load_first(const float *p, int n) { return lane_number() < n ? p[lane_number()] : 0.0f; }
static inline void vf_store_first(float *p, int n, vf v) {
  if (lane_number() < n)
    p[lane_number()] = v;
}

static inline vf vf_add(vf a, vf b) { return a + b; }
static inline vf vf_sub(vf a, vf b) { return a - b; }
static inline vf vf_mul(vf a, vf b) { return a * b; }
static inline vf vf_div(vf a, vf b) { return a / b; }
static inline vf vf_fma(vf a, vf b, vf c) { return fmaf(a, b, c); }
static inline vf vf_sqrt(vf a) { return sqrtf(a); }
static inline vf vf_min(vf a, vf b) { return a < b ? a : b; }
static inline vf vf_max(vf a, vf b) { return a > b ? a : b; }

static inline vm vf_lt(vf a, vf b) { return a < b; }
static inline vm vf_le(vf a, vf b) { return a <= b; }
static inline vm vf_eq(vf a, vf b) { return a == b; }
static inline vm vf_nan(vf a) { return a != a; }
static inline vm vm_or(vm a, vm b) { return a || b; }
static inline vf vf_select(vm m, vf a, vf b) { return m ? a : b; }

static inline vi vi_set(int32_t x) { return x; }
static inline vi vi_load(const int32_t *p) { return p[lane_number()]; }
static inline vi vi_load_first(const int32_t *p, int n) { return lane_number() < n ? p[lane_number()] : 0; }
static inline void vi_store(int32_t *p, vi v) { p[lane_number()] = v; }
static inline void vi_store_first(int32_t *p, int n, vi v) {
  if (lane_number() < n)
    p[lane_number()] = v;
}
static inline vi vi_add(vi a, vi b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static inline vi vi_sub(vi a, vi b) { return (int32_t)((uint32_t)a - (uint32_t)b); }
static inline vi vi_and(vi a, vi b) { return a & b; }
static inline vi vi_xor(vi a, vi b) { return a ^ b; }
static inline vi vi_shift_right(vi a, int bits) { return a >> bits; }
static inline vi vi_shift_left(vi a, int bits) { return (int32_t)((uint32_t)a << bits); }
static inline vm vi_eq(vi a, vi b) { return a == b; }
static inline vi vi_select(vm m, vi a, vi b) { return m ? a : b; }
static inline vi vf_bits(vf a) {
  vi bits;
  memcpy(&bits, &a, sizeof bits);
  return bits;
}
static inline vf vf_from_bits(vi a) {
  vf x;
  memcpy(&x, &a, sizeof x);
  return x;
}
static inline vf vf_from_int(vi a) { return (float)a; }

typedef struct {
  vi low, high;
} vi_halves;

static inline vi_halves vi_multiply(vi a, uint32_t b) {
  uint64_t product = (uint64_t)(uint32_t)a * b;
  return (vi_halves){(int32_t)(uint32_t)product, (int32_t)(uint32_t)(product >> 32)};
}

/* 2^n as two factors, each a normal number: the first product is exact, the second rounds once. */
static inline vf vf_power_of_two(vi n) { return vf_from_bits(vi_shift_left(vi_add(n, 127), 23)); }
static inline vf vf_scale(vf p, vf n, vi i) {
  (void)n;
  vi half = i >> 1;
  return p * vf_power_of_two(half) * vf_power_of_two(i - half);
}

static inline vf vf_log_edges(vf y, vf x) {
  y = x < INFINITY ? y : x;
  y = x < 0.0f ? NAN : y;
  return x == 0.0f ? -INFINITY : y;
}

/* Both threads of a pair add the same two numbers, so all of them end with lane 0's. */
static inline float vf_tree(vf v) {
  for (int w = LANES / 2; w > 0; w /= 2)
    v += lane_of(v, lane_number() ^ w);
  return v;
}

static inline float vf_lane0(vf v) { return lane_of(v, 0); }

/* The greatest lane; order does not matter once no lane is NaN. */
static inline float vf_greatest(vf v) {
  for (int w = LANES / 2; w > 0; w /= 2)
    v = vf_max(v, lane_of(v, lane_number() ^ w));
  return v;
}

/* All lanes into an array of the kernel's own. */
static inline void vf_spread(float *p, vf v) {
  for (int k = 0; k < LANES; k++)
    p[k] = lane_of(v, k);
}

static inline void vi_spread(int32_t *p, vi v) {
  for (int k = 0; k < LANES; k++)
    p[k] = vf_bits(lane_of(vf_from_bits(v), k));
}

static inline bool is_first_lane(void) { return lane_number() == 0; }

#define EACH_OF(k, n) for (int64_t k = lane_number(); k < (n); k += LANES)

static inline void clear_floats(float *p, int64_t count) {
  lanes_meet();
  EACH_OF(i, count)
  p[i] = 0;
  lanes_meet();
}

/* Other warps work meanwhile. */
static inline void prefetch(const float *p) { (void)p; }
static inline void prefetch_to_write(const float *p) { (void)p; }

typedef struct {
  vf low, high;
} vf_halves;

/*
 * Which lane a lane's sum comes from: bit `chosen` of its number says whether of b or of a, and the bits that tell
 * apart what is still to be added move up in its place.
 */
static inline vf_halves halves(vf a, vf b, int chosen, int lower, int upper) {
  vf_halves of_a = {lane_of(a, lower), lane_of(a, upper)}, of_b = {lane_of(b, lower), lane_of(b, upper)};
  return lane_number() & chosen ? of_b : of_a;
}

static inline vf_halves vf_halves_8(vf a, vf b) {
  int j = (lane_number() & 3) | (lane_number() & 8) >> 1;
  return halves(a, b, 4, j, j | 8);
}
static inline vf_halves vf_halves_4(vf a, vf b) {
  int j = (lane_number() & 7);
  return halves(a, b, 8, j, j | 8);
}
static inline vf_halves vf_halves_2(vf a, vf b) {
  int j = (lane_number() & 12) | (lane_number() & 2) >> 1;
  return halves(a, b, 1, j, j | 2);
}
static inline vf_halves vf_halves_1(vf a, vf b) {
  int j = lane_number() & 13;
  return halves(a, b, 2, j, j | 2);
}
