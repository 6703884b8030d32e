/* Philox4x32-10, written from the paper: the oracle of uniform_f32. */
#ifndef PANA_TEST_SUPPORT_RANDOM_H
#define PANA_TEST_SUPPORT_RANDOM_H

#include <stdint.h>

typedef struct philox_block {
  uint32_t word[4];
} philox_block;

philox_block philox4x32(philox_block counter, uint32_t key0, uint32_t key1);

/* u(i) of kernels.def's uniform_f32. */
double philox_unit(int64_t seed, int64_t stream, int64_t i);

#endif
