/*
 * A kernel's test is one entry: its shapes, its arrays, how to call it and what must come out. From it
 * run_case makes, for every shape, style of values and tier: whole calls against either guard page, cuts
 * of the range, in-place calls and null outputs where the contract has them; it checks the first of these
 * against the oracles and all others for the same bits, and that nothing else was written, read or changed.
 *
 * To test a new kernel: add an entry to the table of its family (support_<family>.c).
 */
#ifndef PANA_TEST_SUPPORT_CASE_H
#define PANA_TEST_SUPPORT_CASE_H

#include "support.h"

/* A family uses the fields that it needs. */
typedef struct shape {
  int64_t rows, columns; /* a vector has columns only; images are counted by rows */
  int64_t depth;         /* product: k; column_sums: block_rows; sum_partials: parts */
  int64_t gap;           /* product: what each leading dimension has beyond its row */
  bool transposed;
  pana_window window;
} shape;

/* Values of each input: from its own range; that range scaled up by powers of two; with NaN, inf, ... among them. */
typedef enum style { ORDINARY, LARGE, SPECIAL, STYLES } style;

/* SCRATCH: written, and nobody looks at what it holds afterwards. */
typedef enum role { UNUSED, IN, OUT, INOUT, SCRATCH } role;

enum { ARRAYS = 8 };

typedef struct array_spec {
  const char *name;
  role role;
  int64_t (*length)(const shape *s);
  double low, high;                                                                /* its ordinary values ... */
  void (*fill)(const shape *s, style how, void *data, int64_t n, uint64_t stream); /* ... or what gives them */
  int in_place;                                                                    /* 1 + the input it may be */
  bool nullable, integer;                                                          /* integer: int32_t, bits compared */
} array_spec;

/* What an output must hold, by array and element. */
typedef struct wanted {
  double *value, *tolerance;
} wanted;
/* Tolerances with a meaning: EXACT asks for the bits of (float)value, UNTOUCHED for the element's old bits. */
#define EXACT     0.0
#define UNTOUCHED -1.0
#define UNCHECKED -2.0
static inline void want(const wanted *w, int64_t i, double value, double tolerance) {
  w->value[i] = value;
  w->tolerance[i] = tolerance;
}

/* a: the arrays before the call; fills w[k] for each output k, in double, from the contract's formula. */
typedef void oracle(const shape *s, const void *const *a, const wanted *w);

typedef struct kernel_case {
  const char *kernel;
  const shape *shapes;
  int shape_count;
  array_spec arrays[ARRAYS];
  int64_t (*units)(const shape *s); /* the range is [0, units) */
  int64_t grain;                    /* cuts stand at its multiples; 0 is 1 */
  void (*call)(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to);
  oracle *formula;   /* in double, with derived tolerances */
  oracle *canonical; /* where the contract fixes every rounding: the same order in float, bit by bit */
  bool finite;       /* the formula does not hold where floats overflow: not asked about SPECIAL values */
} kernel_case;

/* A table of a family. */
typedef struct family {
  const char *name;
  const kernel_case *cases;
  int count;
} family;

extern const family elementary_family, rows_family, loss_family, optimizer_family, matrix_family, image_family,
    product_family, random_family, sequence_family, box_family, pair_family, gaussian_family, penalty_family,
    linear_loss_family, overlap_family, norm_family, embedding_family, map_family, recurrent_family;

void run_case(const kernel_case *test);

/* ---- for the tables */

#define CALL(kernel, ...)                                                                                 \
  static void call_##kernel(const kernels *k, const shape *s, void *const *a, int64_t from, int64_t to) { \
    (void)s;                                                                                              \
    k->kernel(__VA_ARGS__);                                                                               \
  }
#define ORACLE(name) static void name(const shape *s, const void *const *a, const wanted *w)
#define LENGTH(name, value) \
  static int64_t name(const shape *s) { return value; }
#define SHAPES(array) .shapes = array, .shape_count = COUNT(array)

/* Vectors of all the lengths where something changes: lanes, partials, blocks. */
#define LENGTHS(ROW)                                                                                                  \
  ROW(0), ROW(1), ROW(2), ROW(15), ROW(16), ROW(17), ROW(31), ROW(33), ROW(63), ROW(64), ROW(65), ROW(127), ROW(129), \
      ROW(4095), ROW(4096), ROW(4097), ROW(2 * 4096 + 65)

/* The canonical sum (docs/numerics.md) of up to 4096 floats that stand `stride` apart. */
float canonical_sum(const float *x, int64_t n, int64_t stride);
/* No term of a canonical block passes more additions than this: its error is at most this * U * sum |x|. */
double canonical_depth(int64_t n);
/* Rows of logits; among SPECIAL ones each row is of another kind: a NaN, an infinity, all -inf, ... */
void fill_logits(const shape *s, style how, void *data, int64_t n, uint64_t stream);
/* What a float variable keeps of a double: overflow included. */
static inline double narrow(double x) { return (double)(float)x; }

#endif
