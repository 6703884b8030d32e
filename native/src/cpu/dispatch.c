/* The tables of the tiers, the choice between them, and the exported functions that follow it. */
#include "panagrad.h"

/* Each tier's functions are pana_<tier>_<name>; a table lists them in the registry's order. */
typedef struct kernels {
#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) void(*name) parameters;
#include "kernels.def"
#undef PANA_KERNEL
} kernels;

#define PANA_KERNEL(name, parameters, arguments, cuda) void pana_scalar_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL
static const kernels scalar = {
#define PANA_KERNEL(name, parameters, arguments, cuda) pana_scalar_##name,
#include "kernels.def"
#undef PANA_KERNEL
};

#ifdef PANA_HAVE_AVX2
#define PANA_KERNEL(name, parameters, arguments, cuda) void pana_avx2_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL
static const kernels avx2 = {
#define PANA_KERNEL(name, parameters, arguments, cuda) pana_avx2_##name,
#include "kernels.def"
#undef PANA_KERNEL
};
#endif

#ifdef PANA_HAVE_AVX512
#define PANA_KERNEL(name, parameters, arguments, cuda) void pana_avx512_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL
static const kernels avx512 = {
#define PANA_KERNEL(name, parameters, arguments, cuda) pana_avx512_##name,
#include "kernels.def"
#undef PANA_KERNEL
};
#endif

static const char *const names[] = {
#define PANA_KERNEL(name, parameters, arguments, cuda) #name,
#include "kernels.def"
#undef PANA_KERNEL
};

int32_t pana_abi_version(void) { return PANA_ABI_VERSION; }

int32_t pana_kernel_count(void) { return (int32_t)(sizeof names / sizeof names[0]); }

const char *pana_kernel_name(int32_t index) { return index >= 0 && index < pana_kernel_count() ? names[index] : 0; }

const char *pana_tier_name(int32_t tier) {
  switch (tier) {
  case PANA_TIER_SCALAR: return "scalar";
  case PANA_TIER_AVX2: return "avx2";
  case PANA_TIER_AVX512: return "avx512";
  default: return 0;
  }
}

/* __builtin_cpu_supports asks the operating system too: it must save the wide registers. */
const void *pana_tier_kernels(int32_t tier) {
  switch (tier) {
  case PANA_TIER_SCALAR: return &scalar;
#ifdef PANA_HAVE_AVX2
  case PANA_TIER_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2 : 0;
#endif
#ifdef PANA_HAVE_AVX512
  case PANA_TIER_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
               ? &avx512
               : 0;
#endif
  default: return 0;
  }
}

static int32_t active_tier;
static const kernels *active = &scalar;

__attribute__((constructor)) static void choose_tier(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
#endif
  for (int32_t tier = PANA_TIER_COUNT - 1; tier >= 0; tier--) {
    const void *table = pana_tier_kernels(tier);
    if (table) {
      active = table;
      active_tier = tier;
      return;
    }
  }
}

int32_t pana_active_tier(void) { return active_tier; }

void pana_empty(void) {}

#define PANA_KERNEL(name, parameters, arguments, cuda) \
  void pana_##name parameters { active->name arguments; }
#include "kernels.def"
#undef PANA_KERNEL
