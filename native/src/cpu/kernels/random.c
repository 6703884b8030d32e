/*
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; 2011): four
 * words for each counter, so that element i depends on (seed, stream, i) alone.
 */
#include "kernel.h"

/* Words of BATCH neighbouring elements, one counter for each four: a lane is a counter. */
enum { BATCH = 4 * LANES };

static inline vi word_set(uint64_t x) { return vi_set((int32_t)(uint32_t)x); }

FUNCTION void philox(uint32_t words[BATCH], int64_t batch, uint64_t key, uint64_t stream) {
  TABLE int32_t lane[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  uint64_t first = (uint64_t)batch * LANES; /* its upper half is the same for the whole batch */
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  vi w0 = vi_add(word_set(first), vi_load(lane)), w1 = word_set(first >> 32);
  vi w2 = word_set(stream), w3 = word_set(stream >> 32);
  for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
    vi_halves a = vi_multiply(w0, 0xD2511F53u), b = vi_multiply(w2, 0xCD9E8D57u);
    w0 = vi_xor(vi_xor(b.high, w1), word_set(key0));
    w1 = b.low;
    w2 = vi_xor(vi_xor(a.high, w3), word_set(key1));
    w3 = a.low;
  }
  int32_t word[4][LANES];
  vi_spread(word[0], w0);
  vi_spread(word[1], w1);
  vi_spread(word[2], w2);
  vi_spread(word[3], w3);
  for (int k = 0; k < LANES; k++)
    for (int w = 0; w < 4; w++)
      words[4 * k + w] = (uint32_t)word[w][k];
}

/* Elements from i on that lie in the same batch, and in the range. */
static inline int batch_left(int64_t i, int64_t to) {
  int64_t left = BATCH - i % BATCH;
  return (int)(to - i < left ? to - i : left);
}

KERNEL(uniform_f32)(float *y, float low, float high, int64_t seed, int64_t stream, int64_t from, int64_t to) {
  const float width = high - low;
  uint32_t words[BATCH];
  for (int64_t i = from; i < to; i += batch_left(i, to)) {
    philox(words, i / BATCH, (uint64_t)seed, (uint64_t)stream);
    const uint32_t *word = words + i % BATCH;
    int n = batch_left(i, to);
    EACH_OF(k, n)
    y[i + k] = fmaf((float)(int32_t)(word[k] >> 8) * 0x1p-24f, width, low);
  }
}

/* kept is a copy, so that the compiler sees that the loop may be made of vectors even in place. */
KERNEL(dropout_f32)
(const float *x, float *y, uint32_t threshold, float scale, int64_t seed, int64_t stream, int64_t from, int64_t to) {
  uint32_t words[BATCH];
  float kept[BATCH];
  for (int64_t i = from; i < to; i += batch_left(i, to)) {
    philox(words, i / BATCH, (uint64_t)seed, (uint64_t)stream);
    const uint32_t *word = words + i % BATCH;
    int n = batch_left(i, to);
    EACH_OF(k, n) {
      float scaled = x[i + k] * scale;
      kept[k] = word[k] >= threshold ? scaled : 0.0f;
    }
    EACH_OF(k, n)
    y[i + k] = kept[k];
  }
}
