/* The kernels as the lanes of half a warp run them: fibers in place of a GPU's threads. */
#ifndef PANA_TEST_LANES_H
#define PANA_TEST_LANES_H

#include "fibers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A table like those of pana_tier_kernels. */
const void *emulated_lanes(fiber_order order);

#ifdef __cplusplus
}
#endif
#endif
