/* Cases: random numbers. random_test.c holds the known answers. */
#include "support_random.h"

#include <math.h>

#include "support_case.h"

philox_block philox4x32(philox_block counter, uint32_t key0, uint32_t key1) {
  philox_block x = counter;
  for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
    uint64_t p = 0xD2511F53u * (uint64_t)x.word[0], q = 0xCD9E8D57u * (uint64_t)x.word[2];
    x = (philox_block){
        {(uint32_t)(q >> 32) ^ x.word[1] ^ key0, (uint32_t)q, (uint32_t)(p >> 32) ^ x.word[3] ^ key1, (uint32_t)p}};
  }
  return x;
}

static uint32_t philox_word(int64_t seed, int64_t stream, int64_t i) {
  uint64_t block = (uint64_t)i / 4, key = (uint64_t)seed, lane = (uint64_t)stream;
  philox_block counter = {{(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)lane, (uint32_t)(lane >> 32)}};
  return philox4x32(counter, (uint32_t)key, (uint32_t)(key >> 32)).word[i % 4];
}

double philox_unit(int64_t seed, int64_t stream, int64_t i) {
  return (double)(philox_word(seed, stream, i) >> 8) * 0x1p-24;
}

#define VECTOR(n) \
  { .columns = n }
static const shape vectors[] = {LENGTHS(VECTOR)};
LENGTH(vector, s->columns)

static const float low = -0.3f, high = 1.7f;
static const int64_t seed = 0x0123456789abcdef, stream = -3;

CALL(uniform_f32, a[0], low, high, seed, stream, from, to)

/* The width's rounding, the product's and the sum's. */
ORACLE(uniform_formula) {
  for (int64_t i = 0; i < s->columns; i++)
    want(&w[0], i, (double)low + ((double)high - (double)low) * philox_unit(seed, stream, i),
         3 * U * (fabs((double)low) + fabs((double)high)));
  (void)a;
}

static const uint32_t threshold = 0x4ccccccd; /* 3 of 10 */
static const float kept_scale = 1 / 0.7f;

CALL(dropout_f32, a[0], a[1], threshold, kept_scale, seed, stream, from, to)

ORACLE(dropout_copy) {
  const float *x = a[0];
  for (int64_t i = 0; i < s->columns; i++) {
    bool kept = philox_word(seed, stream, i) >= threshold;
    want(&w[1], i, kept ? (double)(x[i] * kept_scale) : 0.0, EXACT);
  }
}

static const kernel_case cases[] = {
    {.kernel = "uniform_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_uniform_f32,
     .formula = uniform_formula,
     .arrays = {{"y", OUT, vector}}},
    {.kernel = "dropout_f32",
     SHAPES(vectors),
     .units = vector,
     .call = call_dropout_f32,
     .canonical = dropout_copy,
     .arrays = {{"x", IN, vector, -1, 1}, {"y", OUT, vector, .in_place = 1}}},
};
const family random_family = {"random", cases, COUNT(cases)};
