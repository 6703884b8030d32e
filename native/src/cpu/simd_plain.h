/* Plain C for any processor: loops over 16 lanes. See simd.h for what each operation means. */

typedef struct {
  float v[LANES];
} vf;
typedef struct {
  int32_t v[LANES];
} vi;
typedef struct {
  uint8_t v[LANES];
} vm;

#define EACH for (int k = 0; k < LANES; k++)
#define LANEWISE(type, name, parameters, value) \
  static inline type name parameters {          \
    type r;                                     \
    EACH r.v[k] = value;                        \
    return r;                                   \
  }

static inline float bits_to_float(int32_t i) {
  float f;
  memcpy(&f, &i, sizeof f);
  return f;
}
static inline int32_t float_to_bits(float f) {
  int32_t i;
  memcpy(&i, &f, sizeof i);
  return i;
}
/* Integer lanes wrap, as the vector instructions do. */
static inline int32_t wrap(uint32_t u) {
  int32_t i;
  memcpy(&i, &u, sizeof i);
  return i;
}

LANEWISE(vm, vm_first, (int n), k < n)
LANEWISE(vf, vf_set, (float x), x)
LANEWISE(vf, vf_load, (const float *p), p[k])
LANEWISE(vf, vf_load_first, (const float *p, int n), k < n ? p[k] : 0.0f)
static inline void vf_store(float *p, vf v) { memcpy(p, v.v, sizeof v.v); }
static inline void vf_store_first(float *p, int n, vf v) { memcpy(p, v.v, (size_t)n * sizeof(float)); }

LANEWISE(vf, vf_add, (vf a, vf b), a.v[k] + b.v[k])
LANEWISE(vf, vf_sub, (vf a, vf b), a.v[k] - b.v[k])
LANEWISE(vf, vf_mul, (vf a, vf b), a.v[k] * b.v[k])
LANEWISE(vf, vf_div, (vf a, vf b), a.v[k] / b.v[k])
LANEWISE(vf, vf_fma, (vf a, vf b, vf c), fmaf(a.v[k], b.v[k], c.v[k]))
LANEWISE(vf, vf_sqrt, (vf a), sqrtf(a.v[k]))
LANEWISE(vf, vf_min, (vf a, vf b), a.v[k] < b.v[k] ? a.v[k] : b.v[k])
LANEWISE(vf, vf_max, (vf a, vf b), a.v[k] > b.v[k] ? a.v[k] : b.v[k])

LANEWISE(vm, vf_lt, (vf a, vf b), a.v[k] < b.v[k])
LANEWISE(vm, vf_le, (vf a, vf b), a.v[k] <= b.v[k])
LANEWISE(vm, vf_eq, (vf a, vf b), a.v[k] == b.v[k])
LANEWISE(vm, vf_nan, (vf a), a.v[k] != a.v[k])
LANEWISE(vm, vm_or, (vm a, vm b), a.v[k] | b.v[k])
LANEWISE(vf, vf_select, (vm m, vf a, vf b), m.v[k] ? a.v[k] : b.v[k])

LANEWISE(vi, vi_set, (int32_t x), x)
LANEWISE(vi, vi_load, (const int32_t *p), p[k])
LANEWISE(vi, vi_load_first, (const int32_t *p, int n), k < n ? p[k] : 0)
static inline void vi_store(int32_t *p, vi v) { memcpy(p, v.v, sizeof v.v); }
static inline void vi_store_first(int32_t *p, int n, vi v) { memcpy(p, v.v, (size_t)n * sizeof(int32_t)); }
LANEWISE(vi, vi_add, (vi a, vi b), wrap((uint32_t)a.v[k] + (uint32_t)b.v[k]))
LANEWISE(vi, vi_sub, (vi a, vi b), wrap((uint32_t)a.v[k] - (uint32_t)b.v[k]))
LANEWISE(vi, vi_and, (vi a, vi b), a.v[k] & b.v[k])
LANEWISE(vi, vi_xor, (vi a, vi b), a.v[k] ^ b.v[k])
LANEWISE(vi, vi_shift_right, (vi a, int bits), a.v[k] >> bits)
LANEWISE(vi, vi_shift_left, (vi a, int bits), wrap((uint32_t)a.v[k] << bits))
LANEWISE(vm, vi_eq, (vi a, vi b), a.v[k] == b.v[k])
LANEWISE(vi, vi_select, (vm m, vi a, vi b), m.v[k] ? a.v[k] : b.v[k])
LANEWISE(vi, vf_bits, (vf a), float_to_bits(a.v[k]))
LANEWISE(vf, vf_from_bits, (vi a), bits_to_float(a.v[k]))
LANEWISE(vf, vf_from_int, (vi a), (float)a.v[k])

typedef struct {
  vi low, high;
} vi_halves;

static inline vi_halves vi_multiply(vi a, uint32_t b) {
  vi_halves r;
  EACH {
    uint64_t product = (uint64_t)(uint32_t)a.v[k] * b;
    r.low.v[k] = wrap((uint32_t)product);
    r.high.v[k] = wrap((uint32_t)(product >> 32));
  }
  return r;
}

/* 2^n as two factors, each a normal number: the first product is exact, the second rounds once. */
static inline float power_of_two(int32_t n) { return bits_to_float(wrap(((uint32_t)n + 127u) << 23)); }
static inline vf vf_scale(vf p, vf n, vi i) {
  (void)n;
  vf r;
  EACH {
    int32_t half = i.v[k] >> 1;
    r.v[k] = p.v[k] * power_of_two(half) * power_of_two(wrap((uint32_t)i.v[k] - (uint32_t)half));
  }
  return r;
}

static inline vf vf_log_edges(vf y, vf x) {
  y = vf_select(vf_lt(x, vf_set(INFINITY)), y, x);
  y = vf_select(vf_lt(x, vf_set(0.0f)), vf_set(NAN), y);
  return vf_select(vf_eq(x, vf_set(0.0f)), vf_set(-INFINITY), y);
}

static inline float vf_tree(vf v) {
  for (int w = LANES / 2; w > 0; w /= 2)
    for (int k = 0; k < w; k++)
      v.v[k] += v.v[k + w];
  return v.v[0];
}

static inline float vf_lane0(vf v) { return v.v[0]; }

static inline float vf_greatest(vf v) {
  for (int w = LANES / 2; w > 0; w /= 2)
    for (int k = 0; k < w; k++)
      v.v[k] = v.v[k] > v.v[k + w] ? v.v[k] : v.v[k + w];
  return v.v[0];
}

typedef struct {
  vf low, high;
} vf_halves;

/* Where lane k of the lower halves comes from: a has the lanes from 0, b those from 16; the upper ones lie w behind. */
#define HALVES(w, from)                                  \
  static inline vf_halves vf_halves_##w(vf a, vf b) {    \
    vf_halves r;                                         \
    EACH {                                               \
      int i = from;                                      \
      r.low.v[k] = i < LANES ? a.v[i] : b.v[i - LANES];  \
      i += w;                                            \
      r.high.v[k] = i < LANES ? a.v[i] : b.v[i - LANES]; \
    }                                                    \
    return r;                                            \
  }
HALVES(8, k % 8 + k / 8 * LANES)
HALVES(4, k % 4 + k / 4 * 8)
HALVES(2, k % 2 + k / 2 % 2 * LANES + k / 4 * 4)
HALVES(1, k % 2 * 2 + k / 2 % 2 * LANES + k / 4 * 4)
#undef HALVES

#undef LANEWISE
#undef EACH
