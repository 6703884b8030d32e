/*
 * Plain C for any processor: four vectors of the compiler's own, which every instruction set of 128 bits has. One of 64
 * bytes would do in theory; gcc 12 compares such a one lane by lane. See simd.h for what each operation means.
 */
typedef float f4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));
typedef uint32_t u4 __attribute__((vector_size(16))); /* integer lanes wrap */

/* As they lie in memory, where nothing is aligned. */
typedef float f4_there __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t i4_there __attribute__((vector_size(16), aligned(4), may_alias));

typedef struct {
  f4 v[4];
} vf;
typedef struct {
  i4 v[4];
} vi;
typedef struct {
  i4 v[4]; /* all ones where true */
} vm;

/* k, the vector's index, is a constant of the language: a loop would keep the vectors in memory where it is not
   unrolled at once, which is slow, and still more under a sanitizer. */
#define AT(index, ...)    \
  {                       \
    enum { k = index };   \
    r.v[k] = __VA_ARGS__; \
  }
#define LANEWISE(type, name, parameters, ...) \
  static ALWAYS_INLINE type name parameters { \
    type r;                                   \
    AT(0, __VA_ARGS__)                        \
    AT(1, __VA_ARGS__)                        \
    AT(2, __VA_ARGS__)                        \
    AT(3, __VA_ARGS__)                        \
    return r;                                 \
  }

#define ALL(x) \
  { x, x, x, x }

static ALWAYS_INLINE f4 f4_select(i4 m, f4 a, f4 b) { return (f4)((m & (i4)a) | (~m & (i4)b)); }
static ALWAYS_INLINE f4 f4_max(f4 a, f4 b) { return f4_select(a > b, a, b); }
static ALWAYS_INLINE f4 f4_sqrt(f4 a) { return (f4){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])}; }

/* aarch64 has fma, which clang does not tell by the first name; x86-64 has it from AVX2's tier on. */
#if defined(__FP_FAST_FMAF) || defined(__ARM_FEATURE_FMA)
static inline f4 f4_fma(f4 a, f4 b, f4 c) {
  return (f4){fmaf(a[0], b[0], c[0]), fmaf(a[1], b[1], c[1]), fmaf(a[2], b[2], c[2]), fmaf(a[3], b[3], c[3])};
}
#else
typedef float f2 __attribute__((vector_size(8)));
typedef double d2 __attribute__((vector_size(16)));
typedef uint64_t l2 __attribute__((vector_size(16)));

/*
 * a * b is exact in double. What rounding the sum drops is known exactly, and goes into its last bit: a sum that is not
 * exact is made odd, towards zero. So the double is never a tie of floats that the sum itself was not.
 */
static inline f2 f2_fma(f2 a, f2 b, f2 c) {
  d2 x = __builtin_convertvector(a, d2) * __builtin_convertvector(b, d2), y = __builtin_convertvector(c, d2);
  d2 sum = x + y, part = sum - x, dropped = (x - (sum - part)) + (y - part);
  l2 inexact = (l2)(dropped < 0.0) | (l2)(dropped > 0.0); /* not so where it is NaN, as beside infinity */
  l2 away = ((l2)sum ^ (l2)dropped) >> 63;
  return __builtin_convertvector((d2)(((l2)sum - (away & inexact)) | (inexact & 1)), f2);
}

/*
 * A function of its own, or it would be most of the library. It is up to twice as slow as fmaf on a processor that has
 * fma, which runs another tier, but 15 times as fast as the fmaf of libm on one that has none.
 */
static __attribute__((noinline)) f4 f4_fma(f4 a, f4 b, f4 c) {
  f2 low = f2_fma(__builtin_shufflevector(a, a, 0, 1), __builtin_shufflevector(b, b, 0, 1),
                  __builtin_shufflevector(c, c, 0, 1));
  f2 high = f2_fma(__builtin_shufflevector(a, a, 2, 3), __builtin_shufflevector(b, b, 2, 3),
                   __builtin_shufflevector(c, c, 2, 3));
  return __builtin_shufflevector(low, high, 0, 1, 2, 3);
}
#endif

LANEWISE(vm, vm_first, (int n), (i4){0, 1, 2, 3} < (i4)ALL(n - 4 * k))

LANEWISE(vf, vf_set, (float x), (f4)ALL(x))
LANEWISE(vf, vf_load, (const float *p), ((const f4_there *)p)[k])
static inline vf vf_load_first(const float *p, int n) {
  vf r = {{{0}}};
  memcpy(&r, p, (size_t)n * sizeof(float));
  return r;
}
static ALWAYS_INLINE void vf_store(float *p, vf v) {
  f4_there *r = (f4_there *)p;
  r[0] = v.v[0], r[1] = v.v[1], r[2] = v.v[2], r[3] = v.v[3];
}
static inline void vf_store_first(float *p, int n, vf v) { memcpy(p, &v, (size_t)n * sizeof(float)); }

LANEWISE(vf, vf_add, (vf a, vf b), a.v[k] + b.v[k])
LANEWISE(vf, vf_sub, (vf a, vf b), a.v[k] - b.v[k])
LANEWISE(vf, vf_mul, (vf a, vf b), a.v[k] * b.v[k])
LANEWISE(vf, vf_div, (vf a, vf b), a.v[k] / b.v[k])
LANEWISE(vf, vf_fma, (vf a, vf b, vf c), f4_fma(a.v[k], b.v[k], c.v[k]))
LANEWISE(vf, vf_sqrt, (vf a), f4_sqrt(a.v[k]))
LANEWISE(vf, vf_min, (vf a, vf b), f4_select(a.v[k] < b.v[k], a.v[k], b.v[k]))
LANEWISE(vf, vf_max, (vf a, vf b), f4_max(a.v[k], b.v[k]))

LANEWISE(vm, vf_lt, (vf a, vf b), a.v[k] < b.v[k])
LANEWISE(vm, vf_le, (vf a, vf b), a.v[k] <= b.v[k])
LANEWISE(vm, vf_eq, (vf a, vf b), a.v[k] == b.v[k])
LANEWISE(vm, vf_nan, (vf a), a.v[k] != a.v[k])
LANEWISE(vm, vm_or, (vm a, vm b), a.v[k] | b.v[k])
LANEWISE(vf, vf_select, (vm m, vf a, vf b), f4_select(m.v[k], a.v[k], b.v[k]))

LANEWISE(vi, vi_set, (int32_t x), (i4)ALL(x))
LANEWISE(vi, vi_load, (const int32_t *p), ((const i4_there *)p)[k])
static inline vi vi_load_first(const int32_t *p, int n) {
  vi r = {{{0}}};
  memcpy(&r, p, (size_t)n * sizeof(int32_t));
  return r;
}
static ALWAYS_INLINE void vi_store(int32_t *p, vi v) {
  i4_there *r = (i4_there *)p;
  r[0] = v.v[0], r[1] = v.v[1], r[2] = v.v[2], r[3] = v.v[3];
}
static inline void vi_store_first(int32_t *p, int n, vi v) { memcpy(p, &v, (size_t)n * sizeof(int32_t)); }

LANEWISE(vi, vi_add, (vi a, vi b), (i4)((u4)a.v[k] + (u4)b.v[k]))
LANEWISE(vi, vi_sub, (vi a, vi b), (i4)((u4)a.v[k] - (u4)b.v[k]))
LANEWISE(vi, vi_and, (vi a, vi b), a.v[k] & b.v[k])
LANEWISE(vi, vi_xor, (vi a, vi b), a.v[k] ^ b.v[k])
LANEWISE(vi, vi_shift_right, (vi a, int bits), a.v[k] >> bits)
LANEWISE(vi, vi_shift_left, (vi a, int bits), (i4)((u4)a.v[k] << bits))
LANEWISE(vm, vi_eq, (vi a, vi b), a.v[k] == b.v[k])
LANEWISE(vi, vi_select, (vm m, vi a, vi b), (m.v[k] & a.v[k]) | (~m.v[k] & b.v[k]))
LANEWISE(vi, vf_bits, (vf a), (i4)a.v[k])
LANEWISE(vf, vf_from_bits, (vi a), (f4)a.v[k])
LANEWISE(vf, vf_from_int, (vi a), __builtin_convertvector(a.v[k], f4))

typedef struct {
  vi low, high;
} vi_halves;

static inline vi_halves vi_multiply(vi a, uint32_t b) {
  uint32_t x[LANES], low[LANES], high[LANES];
  memcpy(x, &a, sizeof x);
  for (int k = 0; k < LANES; k++) {
    uint64_t product = (uint64_t)x[k] * b;
    low[k] = (uint32_t)product;
    high[k] = (uint32_t)(product >> 32);
  }
  vi_halves r;
  memcpy(&r.low, low, sizeof low);
  memcpy(&r.high, high, sizeof high);
  return r;
}

/* 2^n as two factors, each a normal number: the first product is exact, the second rounds once. */
static inline vf vf_power_of_two(vi n) { return vf_from_bits(vi_shift_left(vi_add(n, vi_set(127)), 23)); }
static inline vf vf_scale(vf p, vf n, vi i) {
  (void)n;
  vi half = vi_shift_right(i, 1);
  return vf_mul(vf_mul(p, vf_power_of_two(half)), vf_power_of_two(vi_sub(i, half)));
}

static inline vf vf_log_edges(vf y, vf x) {
  y = vf_select(vf_lt(x, vf_set(INFINITY)), y, x);
  y = vf_select(vf_lt(x, vf_set(0.0f)), vf_set(NAN), y);
  return vf_select(vf_eq(x, vf_set(0.0f)), vf_set(-INFINITY), y);
}

static inline float vf_tree(vf v) {
  f4 w4 = (v.v[0] + v.v[2]) + (v.v[1] + v.v[3]);
  return (w4[0] + w4[2]) + (w4[1] + w4[3]);
}

static inline float vf_lane0(vf v) { return v.v[0][0]; }

/* The greatest lane; order does not matter once no lane is NaN. */
static inline float vf_greatest(vf v) {
  f4 w4 = f4_max(f4_max(v.v[0], v.v[2]), f4_max(v.v[1], v.v[3]));
  float even = w4[0] > w4[2] ? w4[0] : w4[2], odd = w4[1] > w4[3] ? w4[1] : w4[3];
  return even > odd ? even : odd;
}

typedef struct {
  vf low, high;
} vf_halves;

static inline vf_halves vf_halves_8(vf a, vf b) {
  return (vf_halves){{{a.v[0], a.v[1], b.v[0], b.v[1]}}, {{a.v[2], a.v[3], b.v[2], b.v[3]}}};
}
static inline vf_halves vf_halves_4(vf a, vf b) {
  return (vf_halves){{{a.v[0], a.v[2], b.v[0], b.v[2]}}, {{a.v[1], a.v[3], b.v[1], b.v[3]}}};
}
LANEWISE(vf, vf_halves_2_low, (vf a, vf b), __builtin_shufflevector(a.v[k], b.v[k], 0, 1, 4, 5))
LANEWISE(vf, vf_halves_2_high, (vf a, vf b), __builtin_shufflevector(a.v[k], b.v[k], 2, 3, 6, 7))
LANEWISE(vf, vf_halves_1_low, (vf a, vf b), __builtin_shufflevector(a.v[k], b.v[k], 0, 2, 4, 6))
LANEWISE(vf, vf_halves_1_high, (vf a, vf b), __builtin_shufflevector(a.v[k], b.v[k], 1, 3, 5, 7))
static inline vf_halves vf_halves_2(vf a, vf b) { return (vf_halves){vf_halves_2_low(a, b), vf_halves_2_high(a, b)}; }
static inline vf_halves vf_halves_1(vf a, vf b) { return (vf_halves){vf_halves_1_low(a, b), vf_halves_1_high(a, b)}; }

#undef ALL
#undef AT
#undef LANEWISE
