/*
 * What every test of the kernels uses: the tiers' functions, memory between guard pages, random numbers
 * that depend on a seed alone, distances in ulp, and the reporting of failures.
 */
#ifndef PANA_TEST_SUPPORT_H
#define PANA_TEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "panagrad.h"

/* ---- the functions of a tier: one member per row of the registry, in its order (pana_tier_kernels) */

typedef struct kernels {
#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) void(*name) parameters;
#include "kernels.def"
#undef PANA_KERNEL
#undef PANA_ENTRY
} kernels;

typedef struct tier {
  const char *name;
  const kernels *kernels;
} tier;

/* The tiers that can run here, the scalar one first; the last is "exported", the public functions. */
const tier *tiers(int *count);

/* ---- a test's beginning, its failures and its end */

/* Where the test stands: printed with every failure, and when a kernel faults on a guard page. */
typedef struct place {
  const char *kernel, *tier, *step;
  char size[240];
} place;
extern place where;

/* Prints the seed (PANA_SEED replays one) and the tiers that are skipped. */
void start(void);
/* Prints the place and the message, and counts. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define CHECK(condition, ...) \
  do {                        \
    if (!(condition))         \
      fail(__VA_ARGS__);      \
  } while (0)
/* Prints the summary; the exit code: 0, or 1 if anything failed. */
int finish(const char *summary);

/* ---- memory that ends at, or begins after, a page that nobody may touch */

typedef enum placement { BEFORE_GUARD, AFTER_GUARD } placement;

typedef struct buffer {
  unsigned char *pages; /* the usable ones; a guard page stands on either side */
  size_t capacity;
  unsigned char *data;
  size_t bytes;
} buffer;

/* `bytes` bytes flush with one guard; the other side is filled with sentinels. Old content is lost. */
void *buffer_place(buffer *b, size_t bytes, placement side);
/* Fails if a sentinel changed. */
void buffer_check(const buffer *b, const char *name);
void buffer_free(buffer *b);

/* ---- numbers */

/* Depends on the seed, stream and index alone. */
uint64_t random_bits(uint64_t stream, uint64_t index);
/* In [0, 1). */
double random_unit(uint64_t stream, uint64_t index);

uint32_t bits_of(float x);
float float_of(uint32_t bits);
/* Equal bits, NaN being one value. */
bool same(float a, float b);
/* The distance of neighbouring floats at x; 2^-149 among the denormals. */
double ulp_at(double x);
/* |got - exact| in ulps of exact; 0 for two NaN or the same infinity, infinite for one of them alone. */
double ulps(float got, double exact);
/* What libm does not have. */
double exact_sigmoid(double x);
double exact_softplus(double x);

/* Unit roundoff of float, and its smallest number. */
#define U    0x1p-24
#define TINY 0x1p-149

/* Rounding mode, denormal modes, trap masks: all of the control register but the exception flags. */
uint32_t floating_point_control(void);

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#endif
