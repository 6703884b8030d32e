/* Cases: penalties of parameters. */
#include <math.h>

#include "support_case.h"

static const float l1 = 0.3f, l2 = 0.7f, scale = 1.0f / 3;

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)
LENGTH(block_sums, (s->columns + 4095) / 4096)

static void call_elastic_net(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  (void)s;
  k->penalty_f32(a[0], 0, a[2], a[3], l1, l2, scale, from, to);
}

static void call_anchor(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) {
  (void)s;
  k->penalty_f32(a[0], a[1], a[2], a[3], 0, l2, scale, from, to);
}

/* What the contract says, every rounding of it. */
static void expect(const shape *s, const void *const *a, const wanted *w, const float *reference, float first) {
  const float *parameters = a[0], *gradient = a[2];
  for (int64_t from = 0; from < s->columns; from += 4096) {
    float terms[4096];
    int64_t n = s->columns - from < 4096 ? s->columns - from : 4096;
    for (int64_t i = 0; i < n; i++) {
      float d = reference ? parameters[from + i] - reference[from + i] : parameters[from + i], size = fabsf(d);
      float sign = d > 0 ? 1 : d < 0 ? -1 : d;
      float slope = fmaf(l2, d, first * sign);
      want(&w[2], from + i, (double)fmaf(slope, scale, gradient[from + i]), EXACT);
      terms[i] = size * fmaf(0.5f * l2, size, first);
    }
    want(&w[3], from / 4096, (double)canonical_sum(terms, n, 1), EXACT);
  }
}

ORACLE(elastic_net_canonical) { expect(s, a, w, 0, l1); }
ORACLE(anchor_canonical) { expect(s, a, w, a[1], 0); }

#define ARRAYS_OF(reference_role)                                  \
  .arrays = {{"parameters", IN, vector, -1, 1},                    \
             {"reference", reference_role, vector, -1, 1},         \
             {"gradient", INOUT, vector, -1, 1, .nullable = true}, \
             {"sums", OUT, block_sums}}

static const kernel_case cases[] = {
    {.kernel = "penalty_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_elastic_net,
     .canonical = elastic_net_canonical,
     ARRAYS_OF(UNUSED)},
    {.kernel = "penalty_f32",
     SHAPES(vectors),
     .units = vector,
     .grain = 4096,
     .call = call_anchor,
     .canonical = anchor_canonical,
     ARRAYS_OF(IN)},
};
const family penalty_family = {"penalty", cases, COUNT(cases)};
