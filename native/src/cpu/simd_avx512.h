/* AVX-512: one register. See simd.h for what each operation means. */
#include <immintrin.h>

typedef __m512 vf;
typedef __m512i vi;
typedef __mmask16 vm;

static inline vm vm_first(int n) { return (vm)((1u << n) - 1u); }

static inline vf vf_set(float x) { return _mm512_set1_ps(x); }
static inline vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void vf_store(float *p, vf v) { _mm512_storeu_ps(p, v); }
static inline vf vf_load_first(const float *p, int n) { return _mm512_maskz_loadu_ps(vm_first(n), p); }
static inline void vf_store_first(float *p, int n, vf v) { _mm512_mask_storeu_ps(p, vm_first(n), v); }

static inline vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
static inline vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
static inline vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
static inline vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
static inline vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
static inline vf vf_sqrt(vf a) { return _mm512_sqrt_ps(a); }
static inline vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
static inline vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }

static inline vm vf_lt(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
static inline vm vf_le(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
static inline vm vf_nan(vf a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
static inline vm vf_eq(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
static inline vm vm_or(vm a, vm b) { return (vm)(a | b); }
static inline vf vf_select(vm m, vf a, vf b) { return _mm512_mask_blend_ps(m, b, a); }

static inline vi vi_set(int32_t x) { return _mm512_set1_epi32(x); }
static inline vi vi_load(const int32_t *p) { return _mm512_loadu_si512(p); }
static inline void vi_store(int32_t *p, vi v) { _mm512_storeu_si512(p, v); }
static inline vi vi_load_first(const int32_t *p, int n) { return _mm512_maskz_loadu_epi32(vm_first(n), p); }
static inline void vi_store_first(int32_t *p, int n, vi v) { _mm512_mask_storeu_epi32(p, vm_first(n), v); }
static inline vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
static inline vi vi_sub(vi a, vi b) { return _mm512_sub_epi32(a, b); }
static inline vi vi_and(vi a, vi b) { return _mm512_and_si512(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm512_xor_si512(a, b); }
static inline vi vi_shift_right(vi a, int bits) { return _mm512_srai_epi32(a, (unsigned)bits); }
static inline vi vi_shift_left(vi a, int bits) { return _mm512_slli_epi32(a, (unsigned)bits); }
static inline vm vi_eq(vi a, vi b) { return _mm512_cmpeq_epi32_mask(a, b); }
static inline vi vi_select(vm m, vi a, vi b) { return _mm512_mask_blend_epi32(m, b, a); }
static inline vi vf_bits(vf a) { return _mm512_castps_si512(a); }
static inline vf vf_from_bits(vi a) { return _mm512_castsi512_ps(a); }
static inline vf vf_from_int(vi a) { return _mm512_cvtepi32_ps(a); }

typedef struct {
  vi low, high;
} vi_halves;

/* Lanes two by two, since a product is as wide as two of them. */
static inline vi_halves vi_multiply(vi a, uint32_t b) {
  const vi factor = vi_set((int32_t)b);
  vi even = _mm512_mul_epu32(a, factor), odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), factor);
  return (vi_halves){_mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32)),
                     _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd)};
}

static inline vf vf_scale(vf p, vf n, vi i) {
  (void)i;
  return _mm512_scalef_ps(p, n);
}

static inline vf vf_log_edges(vf y, vf x) {
  /* A digit for each class of x, from the right: quiet and signaling NaN, 0, 1, -inf, inf, negative, positive. It says
     0: y, 1: x, 2: x as a quiet NaN, 3: NaN, 4: -inf. */
  return _mm512_fixupimm_ps(y, x, _mm512_set1_epi32(0x03130422), 0);
}

static inline float vf_tree(vf v) {
  __m256 w8 = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 w4 = _mm_add_ps(_mm256_castps256_ps128(w8), _mm256_extractf128_ps(w8, 1));
  __m128 w2 = _mm_add_ps(w4, _mm_movehl_ps(w4, w4));
  return _mm_cvtss_f32(_mm_add_ss(w2, _mm_movehdup_ps(w2)));
}

static inline float vf_lane0(vf v) { return _mm512_cvtss_f32(v); }

/* The greatest lane; order does not matter once no lane is NaN. */
static inline float vf_greatest(vf v) {
  __m256 w8 = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 w4 = _mm_max_ps(_mm256_castps256_ps128(w8), _mm256_extractf128_ps(w8, 1));
  __m128 w2 = _mm_max_ps(w4, _mm_movehl_ps(w4, w4));
  return _mm_cvtss_f32(_mm_max_ss(w2, _mm_movehdup_ps(w2)));
}

typedef struct {
  vf low, high;
} vf_halves;

static inline vf_halves vf_halves_8(vf a, vf b) {
  return (vf_halves){_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee)};
}
static inline vf_halves vf_halves_4(vf a, vf b) {
  return (vf_halves){_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd)};
}
static inline vf_halves vf_halves_2(vf a, vf b) {
  return (vf_halves){_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee)};
}
static inline vf_halves vf_halves_1(vf a, vf b) {
  return (vf_halves){_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd)};
}
