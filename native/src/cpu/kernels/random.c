/*
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; 2011): four
 * words for each counter, so that element i depends on (seed, stream, i) alone.
 */
#include "kernel.h"

static inline void philox(uint32_t word[4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)word[0] * 0xD2511F53u, b = (uint64_t)word[2] * 0xCD9E8D57u;
    uint32_t next0 = (uint32_t)(b >> 32) ^ word[1] ^ key0, next2 = (uint32_t)(a >> 32) ^ word[3] ^ key1;
    word[1] = (uint32_t)b;
    word[3] = (uint32_t)a;
    word[0] = next0;
    word[2] = next2;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

void PANA_FN(uniform_f32)(float *y, float low, float high, int64_t seed, int64_t stream, int64_t from, int64_t to) {
  uint64_t key = (uint64_t)seed, lane = (uint64_t)stream;
  float width = high - low;
  for (int64_t i = from; i < to;) {
    uint64_t counter = (uint64_t)(i / 4);
    uint32_t word[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)lane, (uint32_t)(lane >> 32)};
    philox(word, (uint32_t)key, (uint32_t)(key >> 32));
    for (int k = (int)(i % 4); k < 4 && i < to; k++, i++)
      y[i] = fmaf((float)(word[k] >> 8) * 0x1p-24f, width, low);
  }
}
