/*
 * Panagrad's kernels: the only public header. C17.
 *
 * Every kernel's contract (formula, shapes, aliasing, unit of its range) stands in kernels.def, which
 * declares them here as pana_<name>. Order of additions and arithmetic: docs/numerics.md.
 */
#ifndef PANAGRAD_H
#define PANAGRAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define PANA_API __declspec(dllexport)
#else
#define PANA_API __attribute__((visibility("default")))
#endif

/* Changes whenever a row's parameters or meaning do: the Java side refuses another version. */
#define PANA_ABI_VERSION 2

/* A window that slides over NHWC images. out_* follow from the rest; the caller computes them. */
typedef struct pana_window {
  int64_t height, width, channels;
  int64_t kernel_height, kernel_width;
  int64_t stride, padding;
  int64_t out_height, out_width;
} pana_window;

/* Instruction sets, slowest first. A library holds those that its compiler could build. */
enum { PANA_TIER_SCALAR = 0, PANA_TIER_AVX2 = 1, PANA_TIER_AVX512 = 2, PANA_TIER_COUNT = 3 };

#define PANA_KERNEL(name, parameters, arguments) PANA_API void pana_##name parameters;
#define PANA_ENTRY(name)
#include "kernels.def"
#undef PANA_KERNEL
#undef PANA_ENTRY

PANA_API int32_t pana_abi_version(void);

/* The tier that pana_<kernel> runs on: the best one that is built and that this processor has. */
PANA_API int32_t pana_active_tier(void);

/* "scalar", "avx2", "avx512"; null for another number. */
PANA_API const char *pana_tier_name(int32_t tier);

/* The functions of one tier, kernel_count pointers in the registry's order; null where the tier is
 * not built or the processor (or its operating system) lacks it. */
PANA_API const void *pana_tier_kernels(int32_t tier);

PANA_API int32_t pana_kernel_count(void);

/* Name of the registry's row `index`, without the prefix; null past the end. */
PANA_API const char *pana_kernel_name(int32_t index);

/* Does nothing: what a call alone costs. */
PANA_API void pana_empty(void);

#ifdef __cplusplus
}
#endif
#endif
