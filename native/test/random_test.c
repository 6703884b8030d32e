/* uniform_f32 against the known answers of Philox4x32-10, and its values as a sample. */
#include "support_random.h"

#include <math.h>
#include <stdio.h>

#include "support.h"

/* From kat_vectors of Random123 (the paper's reference implementation). */
static const struct {
  philox_block counter;
  uint32_t key[2];
  philox_block answer;
} known[] = {
    {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
    {{{~0u, ~0u, ~0u, ~0u}}, {~0u, ~0u}, {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
    {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
     {0xa4093822, 0x299f31d0},
     {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
};

/* The oracle itself; the last two counters are beyond what an element's index reaches. */
static void check_known_answers(void) {
  for (int k = 0; k < COUNT(known); k++) {
    philox_block got = philox4x32(known[k].counter, known[k].key[0], known[k].key[1]);
    for (int i = 0; i < 4; i++)
      CHECK(got.word[i] == known[k].answer.word[i], "vector %d word %d: got %08x", k, i, got.word[i]);
  }
}

static void check_first_elements(const kernels *k) {
  float y[4];
  k->uniform_f32(y, 0, 1, 0, 0, 0, 4);
  for (int i = 0; i < 4; i++) {
    double expected = (double)(known[0].answer.word[i] >> 8) * 0x1p-24;
    CHECK((double)y[i] == expected, "element %d of seed 0: got %a, expected %a", i, (double)y[i], expected);
  }
}

/* All 64 bits of seed, stream and index count. y[i] is addressed as an array of that length would be. */
static void check_words(const kernels *k) {
  const int64_t values[] = {0, 1, -1, INT64_MIN, INT64_MAX, 0x0123456789abcdef, (int64_t)1 << 32};
  const int64_t starts[] = {0, 3, ((int64_t)1 << 34) - 2, ((int64_t)5 << 36) + 1};
  for (int n = 0; n < COUNT(values); n++)
    for (int m = 0; m < COUNT(values); m++)
      for (int o = 0; o < COUNT(starts); o++) {
        float y[7];
        float *base = (float *)((uintptr_t)y - (uintptr_t)starts[o] * sizeof(float));
        k->uniform_f32(base, 0, 1, values[n], values[m], starts[o], starts[o] + 7);
        for (int i = 0; i < 7; i++) {
          double expected = philox_unit(values[n], values[m], starts[o] + i);
          CHECK((double)y[i] == expected, "seed %lld stream %lld element %lld: got %a, expected %a",
                (long long)values[n], (long long)values[m], (long long)(starts[o] + i), (double)y[i], expected);
        }
      }
}

/* Five standard deviations of the estimates about 1/2 and 1/12; a fixed seed, so that chance has no part in it. */
static void check_sample(const kernels *k) {
  enum { N = 1 << 18 };
  static float y[N];
  const float low = -2, high = 6, width = high - low;
  k->uniform_f32(y, low, high, 42, 7, 0, N);
  double sum = 0, squares = 0;
  for (int i = 0; i < N; i++) {
    CHECK(y[i] >= low && y[i] < high, "element %d: %a", i, (double)y[i]);
    double u = ((double)y[i] - (double)low) / (double)width;
    sum += u;
    squares += u * u;
  }
  double mean = sum / N, variance = squares / N - mean * mean;
  CHECK(fabs(mean - 0.5) < 5 * sqrt(1.0 / 12 / N), "mean %g", mean);
  CHECK(fabs(variance - 1.0 / 12) < 5 * sqrt(1.0 / 180 / N), "variance %g", variance);
}

int main(void) {
  start();
  where.kernel = "uniform_f32";
  check_known_answers();
  int count;
  const tier *all = tiers(&count);
  for (int t = 0; t < count; t++) {
    where.tier = all[t].name;
    check_first_elements(all[t].kernels);
    check_words(all[t].kernels);
    check_sample(all[t].kernels);
  }
  return finish("Philox4x32-10: known answers, words, sample");
}
