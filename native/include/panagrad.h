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
#define PANA_ABI_VERSION 5

/* A window that slides over NHWC images; its elements stand `dilation` apart. out_* follow from the rest; the caller
 * computes them. */
typedef struct pana_window {
  int64_t height, width, channels;
  int64_t kernel_height, kernel_width;
  int64_t stride, padding, dilation;
  int64_t out_height, out_width;
} pana_window;

/* What a loss pass saw in a unit: a block of 4096 elements, or a row. Aligned to 4 bytes, as all arrays are: a GPU would
 * not forgive more. */
#pragma pack(push, 4)
typedef struct pana_statistics {
  int64_t first_nonfinite;    /* index of the first input that is NaN or infinite, -1 where there is none */
  float minimum, maximum;     /* of the inputs that are no NaN; inf and -inf where there is none */
  float gradient_square;      /* canonical sum of the squares of the gradient; 0 without a gradient */
  int32_t nonfinite;          /* inputs that are NaN or infinite */
  int32_t saturated, correct; /* rows alone: 0 or 1 each, as the loss says */
} pana_statistics;
#pragma pack(pop)

/* Options of an elementwise loss, in the order that its row names them. */
typedef struct pana_element_options {
  float o[8];
} pana_element_options;

/* Options of a row loss; a kernel reads those that its formula names. */
typedef struct pana_row_options {
  int32_t ignore_index;  /* INT32_MIN: none */
  float keep, smoothing; /* 1 - s and s */
  float z_loss;
  float class_weight_sum; /* sum of class_weights, where there are any */
  float gamma, margin;
} pana_row_options;

/* The update rules, by the names of their kernels. */
#define PANA_RULES(RULE)                                                                                      \
  RULE(sgd)                                                                                                   \
  RULE(momentum)                                                                                              \
  RULE(nesterov) RULE(adagrad) RULE(adadelta) RULE(rmsprop) RULE(rmsprop_momentum) RULE(centered_rmsprop)     \
      RULE(centered_rmsprop_momentum) RULE(adam) RULE(amsgrad) RULE(adamax) RULE(nadam) RULE(lion) RULE(lamb) \
          RULE(ftrl) RULE(adafactor) RULE(gradient_squares) RULE(lamb_squares) RULE(adafactor_squares)

#define PANA_RULE(name) PANA_RULE_##name,
enum { PANA_RULES(PANA_RULE) PANA_RULE_COUNT };
#undef PANA_RULE

/* One step of a rule, as far as it is the same for a whole group of tensors. */
typedef struct pana_update {
  int32_t rule;                      /* PANA_RULE_..., for the kernels that take any of them */
  int32_t clear_gradient;            /* not 0: the gradient is 0 afterwards */
  float gradient_scale;              /* unscales, clips by norm, and is negative to maximize */
  float clip_value;                  /* the greatest |gradient| that passes; inf: none */
  float l1, l2;                      /* coupled penalties; 0: none */
  float shrink;                      /* decoupled decay, 1 - rate * decay; 1: none */
  float average_keep, average_fresh; /* d and 1 - d of the average of weights */
  float scalar[8];                   /* the rule's own, as its row says */
} pana_update;

/* A tensor among others: states and average as its rule has them, null beyond. */
typedef struct pana_tensor {
  float *parameter, *gradient, *state[3], *average;
  int64_t elements;
  int64_t first_block; /* blocks of 4096 elements of the tensors before it */
  int32_t update;      /* which pana_update */
  float ratio;         /* see PANA_UPDATE */
} pana_tensor;

/* These lists would be moved at every run. */
/* clang-format off */
/* The functions of one element, by the numbers that map_f32 takes. */
#define PANA_UNARY_FUNCTIONS(FUNCTION)                                                              \
  FUNCTION(affine) FUNCTION(abs) FUNCTION(square) FUNCTION(sqrt) FUNCTION(reciprocal) FUNCTION(exp) \
  FUNCTION(log) FUNCTION(log1p) FUNCTION(tanh) FUNCTION(sigmoid) FUNCTION(softplus)                 \
  FUNCTION(leaky_relu) FUNCTION(elu) FUNCTION(gelu) FUNCTION(gelu_tanh) FUNCTION(silu)              \
  FUNCTION(erf) FUNCTION(power)

#define PANA_UNARY(name) PANA_UNARY_##name,
enum { PANA_UNARY_FUNCTIONS(PANA_UNARY) PANA_UNARY_COUNT };
#undef PANA_UNARY

/* The functions of two elements, by the numbers that combine_f32 takes. */
#define PANA_BINARY_FUNCTIONS(FUNCTION)                                                                   \
  FUNCTION(add) FUNCTION(subtract) FUNCTION(multiply) FUNCTION(divide) FUNCTION(maximum) FUNCTION(minimum) \
  FUNCTION(less)

#define PANA_BINARY(name) PANA_BINARY_##name,
enum { PANA_BINARY_FUNCTIONS(PANA_BINARY) PANA_BINARY_COUNT };
#undef PANA_BINARY
/* clang-format on */

/* What an operand holds of a matrix: every element, a number for each row, a number for each column, one number. */
enum { PANA_SPREAD_FULL, PANA_SPREAD_PER_ROW, PANA_SPREAD_PER_COLUMN, PANA_SPREAD_SCALAR };

/* Instruction sets, slowest first. A library holds those that its compiler could build. */
enum { PANA_TIER_SCALAR = 0, PANA_TIER_AVX2 = 1, PANA_TIER_AVX512 = 2, PANA_TIER_COUNT = 3 };

#define PANA_KERNEL(name, parameters, arguments, cuda) PANA_API void pana_##name parameters;
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
