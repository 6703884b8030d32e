/*
 * What every file in kernels/ includes: the tier's lane type and the name of its functions.
 * A file there is compiled once per tier with -DPANA_TIER=<tier>.
 */
#ifndef PANA_KERNEL_H
#define PANA_KERNEL_H

#include "panagrad.h"

#define PANA_PASTE_(tier, name) pana_##tier##_##name
#define PANA_PASTE(tier, name)  PANA_PASTE_(tier, name)
/* PANA_FN(exp_f32) is pana_avx2_exp_f32 in the AVX2 build. */
#define PANA_FN(name) PANA_PASTE(PANA_TIER, name)

#if defined(__CUDACC__)
#define KERNEL(name) __device__ void PANA_FN(name)
#else
#define KERNEL(name) void PANA_FN(name)
#endif

#ifdef __cplusplus
extern "C" {
#endif
#define PANA_KERNEL(name, parameters, arguments, cuda) KERNEL(name) parameters;
#define PANA_ENTRY(name)
#include "kernels.def"
#undef PANA_KERNEL
#undef PANA_ENTRY
#ifdef __cplusplus
}
#endif

/* The length of a canonical block and the number of its partial sums (docs/numerics.md). */
enum { PANA_BLOCK = 4096, PANA_PARTIALS = 64 };

#include "simd.h"

#endif
