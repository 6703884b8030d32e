#define _DEFAULT_SOURCE
#include "support.h"

#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef PANA_HAVE_LANES
#include "emulation/lanes.h"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- tiers */

static const kernels exported = {
#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) pana_##name,
#include "kernels.def"
#undef PANA_KERNEL
#undef PANA_ENTRY
};

const tier *tiers(int *count) {
  static tier present[PANA_TIER_COUNT + 3];
  int n = 0;
  for (int32_t id = 0; id < PANA_TIER_COUNT; id++) {
    const void *table = pana_tier_kernels(id);
    if (table)
      present[n++] = (tier){pana_tier_name(id), table};
  }
  present[n++] = (tier){"exported", &exported};
#ifdef PANA_HAVE_LANES
  /* the threads of a GPU, in two orders: what another must have written or read first shows in one of them */
  present[n++] = (tier){"lanes, first to last", emulated_lanes(FIRST_TO_LAST)};
  present[n++] = (tier){"lanes, last to first", emulated_lanes(LAST_TO_FIRST)};
#endif
  *count = n;
  return present;
}

/* ---- beginning, failures, end */

place where;
static int64_t failures;
static uint64_t seed;

static struct sigaction before_us;

/* Names the kernel that ran into a guard page, then lets the fault take its usual course. */
static void on_fault(int signal) {
  fprintf(stdout, "FAULT (signal %d) in %s, tier %s, %s, size %s\n", signal, where.kernel, where.tier, where.step,
          where.size);
  fflush(stdout);
  sigaction(signal, &before_us, NULL);
}

void start(void) {
  /* One seed for all, so that a failure is the change's and not the day's; PANA_SEED explores. */
  const char *given = getenv("PANA_SEED");
  seed = given ? strtoull(given, NULL, 0) : 0x9E3779B97F4A7C15u;
  printf("seed: PANA_SEED=0x%" PRIx64 "\n", seed);
  for (int32_t id = 0; id < PANA_TIER_COUNT; id++)
    if (!pana_tier_kernels(id))
      printf("skipped: tier %s (not built, or this processor has none)\n", pana_tier_name(id));
  printf("active tier: %s\n", pana_tier_name(pana_active_tier()));
  struct sigaction action = {.sa_handler = on_fault};
  sigaction(SIGSEGV, &action, &before_us);
}

void fail(const char *format, ...) {
  enum { SHOWN = 40 };
  if (++failures > SHOWN)
    return;
  printf("FAILED");
  if (where.kernel)
    printf(" %s", where.kernel);
  if (where.tier)
    printf(", tier %s", where.tier);
  if (where.step)
    printf(", %s", where.step);
  if (where.size[0])
    printf(", size %s", where.size);
  printf(": ");
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf(failures == SHOWN ? "\n(more failures are counted, not shown)\n" : "\n");
}

int finish(const char *summary) {
  printf("%s: %s", failures ? "FAILED" : "passed", summary);
  if (failures)
    printf(", %" PRId64 " failures; replay with PANA_SEED=0x%" PRIx64, failures, seed);
  printf("\n");
  return failures ? 1 : 0;
}

/* ---- guarded memory */

enum { MARGIN = 256, SENTINEL = 0xA5 };

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

void buffer_free(buffer *b) {
  if (b->pages)
    munmap(b->pages - page_size(), b->capacity + 2 * page_size());
  *b = (buffer){0};
}

void *buffer_place(buffer *b, size_t bytes, placement side) {
  if (b->capacity < bytes + MARGIN) {
    buffer_free(b);
    size_t page = page_size();
    b->capacity = (bytes + MARGIN + page - 1) / page * page;
    unsigned char *all = mmap(NULL, b->capacity + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all + page, b->capacity, PROT_READ | PROT_WRITE)) {
      perror("guard pages");
      exit(2);
    }
    b->pages = all + page;
  }
  b->bytes = bytes;
  b->data = side == AFTER_GUARD ? b->pages : b->pages + b->capacity - bytes;
  memset(side == AFTER_GUARD ? b->data + bytes : b->data - MARGIN, SENTINEL, MARGIN);
  return b->data;
}

void buffer_check(const buffer *b, const char *name) {
  const unsigned char *margin = b->data == b->pages ? b->data + b->bytes : b->data - MARGIN;
  for (int i = 0; i < MARGIN; i++)
    if (margin[i] != SENTINEL) {
      fail("%s: wrote outside, %td bytes from its start (length %zu)", name, margin + i - b->data, b->bytes);
      return;
    }
}

/* ---- numbers */

/* The finalizer of splitmix64. */
static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

uint64_t random_bits(uint64_t stream, uint64_t index) {
  return mix(mix(seed + stream * 0x9E3779B97F4A7C15u) + index * 0x9E3779B97F4A7C15u);
}

double random_unit(uint64_t stream, uint64_t index) { return (double)(random_bits(stream, index) >> 11) * 0x1p-53; }

uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

bool same(float a, float b) { return bits_of(a) == bits_of(b) || (isnan(a) && isnan(b)); }

double ulp_at(double x) {
  int exponent;
  frexp(x, &exponent);
  return ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

double ulps(float got, double exact) {
  if (isnan(exact) || isnan(got))
    return isnan(exact) && isnan(got) ? 0 : INFINITY;
  if (got == (float)exact)
    return isinf(got) ? 0 : fabs((double)got - exact) / ulp_at(exact);
  /* An infinity for a number just below it counts as the number after the greatest. */
  double value = isinf(got) ? copysign(0x1p128, (double)got) : (double)got;
  return isinf(exact) ? INFINITY : fabs(value - exact) / ulp_at(exact);
}

double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }

double exact_softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

uint32_t floating_point_control(void) {
#if defined(__x86_64__)
  return _mm_getcsr() & ~(uint32_t)_MM_EXCEPT_MASK;
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return (uint32_t)control;
#else
  return (uint32_t)fegetround();
#endif
}
