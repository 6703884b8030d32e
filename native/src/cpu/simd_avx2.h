/* AVX2 with FMA: two registers. See simd.h for what each operation means. */
#include <immintrin.h>

typedef struct {
  __m256 l, h;
} vf;
typedef struct {
  __m256i l, h;
} vi;
typedef struct {
  __m256i l, h; /* all ones where true */
} vm;

#define VF(low, high) ((vf){(low), (high)})
#define VI(low, high) ((vi){(low), (high)})
#define VM(low, high) ((vm){_mm256_castps_si256(low), _mm256_castps_si256(high)})

static inline vm vm_first(int n) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return (vm){_mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), _mm256_cmpgt_epi32(_mm256_set1_epi32(n - 8), lane)};
}

static inline vf vf_set(float x) { return VF(_mm256_set1_ps(x), _mm256_set1_ps(x)); }
static inline vf vf_load(const float *p) { return VF(_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)); }
static inline void vf_store(float *p, vf v) {
  _mm256_storeu_ps(p, v.l);
  _mm256_storeu_ps(p + 8, v.h);
}
static inline vf vf_load_first(const float *p, int n) {
  vm m = vm_first(n);
  return VF(_mm256_maskload_ps(p, m.l), _mm256_maskload_ps(p + 8, m.h));
}
/* Through a buffer: masked stores are slow here, and an overlapping store would not be in place. */
static inline void vf_store_first(float *p, int n, vf v) {
  float lane[LANES];
  vf_store(lane, v);
  memcpy(p, lane, (size_t)n * sizeof(float));
}

#define VF_BOTH(name, op) \
  static inline vf name(vf a, vf b) { return VF(op(a.l, b.l), op(a.h, b.h)); }
VF_BOTH(vf_add, _mm256_add_ps)
VF_BOTH(vf_sub, _mm256_sub_ps)
VF_BOTH(vf_mul, _mm256_mul_ps)
VF_BOTH(vf_div, _mm256_div_ps)
VF_BOTH(vf_min, _mm256_min_ps)
VF_BOTH(vf_max, _mm256_max_ps)
#undef VF_BOTH

static inline vf vf_fma(vf a, vf b, vf c) { return VF(_mm256_fmadd_ps(a.l, b.l, c.l), _mm256_fmadd_ps(a.h, b.h, c.h)); }
static inline vf vf_sqrt(vf a) { return VF(_mm256_sqrt_ps(a.l), _mm256_sqrt_ps(a.h)); }

#define VF_COMPARE(name, how) \
  static inline vm name(vf a, vf b) { return VM(_mm256_cmp_ps(a.l, b.l, how), _mm256_cmp_ps(a.h, b.h, how)); }
VF_COMPARE(vf_lt, _CMP_LT_OQ)
VF_COMPARE(vf_le, _CMP_LE_OQ)
VF_COMPARE(vf_eq, _CMP_EQ_OQ)
VF_COMPARE(vf_unordered, _CMP_UNORD_Q)
#undef VF_COMPARE

static inline vm vf_nan(vf a) { return vf_unordered(a, a); }
static inline vm vm_or(vm a, vm b) { return (vm){_mm256_or_si256(a.l, b.l), _mm256_or_si256(a.h, b.h)}; }
static inline vf vf_select(vm m, vf a, vf b) {
  return VF(_mm256_blendv_ps(b.l, a.l, _mm256_castsi256_ps(m.l)), _mm256_blendv_ps(b.h, a.h, _mm256_castsi256_ps(m.h)));
}

static inline vi vi_set(int32_t x) { return VI(_mm256_set1_epi32(x), _mm256_set1_epi32(x)); }
static inline vi vi_load(const int32_t *p) {
  return VI(_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 8)));
}
static inline void vi_store(int32_t *p, vi v) {
  _mm256_storeu_si256((__m256i *)p, v.l);
  _mm256_storeu_si256((__m256i *)(p + 8), v.h);
}
static inline vi vi_load_first(const int32_t *p, int n) {
  vm m = vm_first(n);
  return VI(_mm256_maskload_epi32(p, m.l), _mm256_maskload_epi32(p + 8, m.h));
}
static inline void vi_store_first(int32_t *p, int n, vi v) {
  int32_t lane[LANES];
  vi_store(lane, v);
  memcpy(p, lane, (size_t)n * sizeof(int32_t));
}

static inline vi vi_add(vi a, vi b) { return VI(_mm256_add_epi32(a.l, b.l), _mm256_add_epi32(a.h, b.h)); }
static inline vi vi_sub(vi a, vi b) { return VI(_mm256_sub_epi32(a.l, b.l), _mm256_sub_epi32(a.h, b.h)); }
static inline vi vi_and(vi a, vi b) { return VI(_mm256_and_si256(a.l, b.l), _mm256_and_si256(a.h, b.h)); }
static inline vi vi_xor(vi a, vi b) { return VI(_mm256_xor_si256(a.l, b.l), _mm256_xor_si256(a.h, b.h)); }
static inline vi vi_shift_right(vi a, int bits) {
  return VI(_mm256_srai_epi32(a.l, bits), _mm256_srai_epi32(a.h, bits));
}
static inline vi vi_shift_left(vi a, int bits) {
  return VI(_mm256_slli_epi32(a.l, bits), _mm256_slli_epi32(a.h, bits));
}
static inline vm vi_eq(vi a, vi b) { return (vm){_mm256_cmpeq_epi32(a.l, b.l), _mm256_cmpeq_epi32(a.h, b.h)}; }
static inline vi vi_select(vm m, vi a, vi b) {
  return VI(_mm256_blendv_epi8(b.l, a.l, m.l), _mm256_blendv_epi8(b.h, a.h, m.h));
}
static inline vi vf_bits(vf a) { return VI(_mm256_castps_si256(a.l), _mm256_castps_si256(a.h)); }
static inline vf vf_from_bits(vi a) { return VF(_mm256_castsi256_ps(a.l), _mm256_castsi256_ps(a.h)); }
static inline vf vf_from_int(vi a) { return VF(_mm256_cvtepi32_ps(a.l), _mm256_cvtepi32_ps(a.h)); }

typedef struct {
  vi low, high;
} vi_halves;

/* Lanes two by two, since a product is as wide as two of them. */
static inline vi_halves vi_multiply(vi a, uint32_t b) {
  const __m256i factor = _mm256_set1_epi32((int32_t)b);
  vi even = VI(_mm256_mul_epu32(a.l, factor), _mm256_mul_epu32(a.h, factor));
  vi odd =
      VI(_mm256_mul_epu32(_mm256_srli_epi64(a.l, 32), factor), _mm256_mul_epu32(_mm256_srli_epi64(a.h, 32), factor));
  return (vi_halves){VI(_mm256_blend_epi32(even.l, _mm256_slli_epi64(odd.l, 32), 0xaa),
                        _mm256_blend_epi32(even.h, _mm256_slli_epi64(odd.h, 32), 0xaa)),
                     VI(_mm256_blend_epi32(_mm256_srli_epi64(even.l, 32), odd.l, 0xaa),
                        _mm256_blend_epi32(_mm256_srli_epi64(even.h, 32), odd.h, 0xaa))};
}

/* 2^n as two factors, each a normal number: the first product is exact, the second rounds once. */
static inline vf vf_scale(vf p, vf n, vi i) {
  (void)n;
  vi half = vi_shift_right(i, 1), rest = vi_sub(i, half), one = vi_set(127);
  vi f = vi_add(half, one), g = vi_add(rest, one);
  vf first = VF(_mm256_castsi256_ps(_mm256_slli_epi32(f.l, 23)), _mm256_castsi256_ps(_mm256_slli_epi32(f.h, 23)));
  vf second = VF(_mm256_castsi256_ps(_mm256_slli_epi32(g.l, 23)), _mm256_castsi256_ps(_mm256_slli_epi32(g.h, 23)));
  return vf_mul(vf_mul(p, first), second);
}

static inline vf vf_log_edges(vf y, vf x) {
  y = vf_select(vf_lt(x, vf_set(INFINITY)), y, x);
  y = vf_select(vf_lt(x, vf_set(0.0f)), vf_set(NAN), y);
  return vf_select(vf_eq(x, vf_set(0.0f)), vf_set(-INFINITY), y);
}

static inline float vf_tree(vf v) {
  __m256 w8 = _mm256_add_ps(v.l, v.h);
  __m128 w4 = _mm_add_ps(_mm256_castps256_ps128(w8), _mm256_extractf128_ps(w8, 1));
  __m128 w2 = _mm_add_ps(w4, _mm_movehl_ps(w4, w4));
  return _mm_cvtss_f32(_mm_add_ss(w2, _mm_movehdup_ps(w2)));
}

static inline float vf_lane0(vf v) { return _mm256_cvtss_f32(v.l); }

/* The greatest lane; order does not matter once no lane is NaN. */
static inline float vf_greatest(vf v) {
  __m256 w8 = _mm256_max_ps(v.l, v.h);
  __m128 w4 = _mm_max_ps(_mm256_castps256_ps128(w8), _mm256_extractf128_ps(w8, 1));
  __m128 w2 = _mm_max_ps(w4, _mm_movehl_ps(w4, w4));
  return _mm_cvtss_f32(_mm_max_ss(w2, _mm_movehdup_ps(w2)));
}

typedef struct {
  vf low, high;
} vf_halves;

static inline vf_halves vf_halves_8(vf a, vf b) { return (vf_halves){VF(a.l, b.l), VF(a.h, b.h)}; }
static inline vf_halves vf_halves_4(vf a, vf b) {
  return (vf_halves){VF(_mm256_permute2f128_ps(a.l, a.h, 0x20), _mm256_permute2f128_ps(b.l, b.h, 0x20)),
                     VF(_mm256_permute2f128_ps(a.l, a.h, 0x31), _mm256_permute2f128_ps(b.l, b.h, 0x31))};
}
static inline vf_halves vf_halves_2(vf a, vf b) {
  return (vf_halves){VF(_mm256_shuffle_ps(a.l, b.l, 0x44), _mm256_shuffle_ps(a.h, b.h, 0x44)),
                     VF(_mm256_shuffle_ps(a.l, b.l, 0xee), _mm256_shuffle_ps(a.h, b.h, 0xee))};
}
static inline vf_halves vf_halves_1(vf a, vf b) {
  return (vf_halves){VF(_mm256_shuffle_ps(a.l, b.l, 0x88), _mm256_shuffle_ps(a.h, b.h, 0x88)),
                     VF(_mm256_shuffle_ps(a.l, b.l, 0xdd), _mm256_shuffle_ps(a.h, b.h, 0xdd))};
}
