/*
 * Softmax-cross-entropy of rows of several canonical blocks where a row has more threads than one group: blocks are
 * given out one by one. First the greatest element of each; then, with the greatest of the row, the sum of each; then
 * the rest, for which each block looks at the sums of all. The order of additions is that of a whole row. A unit is a
 * block of a row, counted row by row; there is neither smoothing nor anybody who watches.
 */
#ifndef PANA_BLOCK_ROWS_H
#define PANA_BLOCK_ROWS_H

#include "panagrad.h"

#define PANA_BLOCK_MAXIMUM (const float *x, int64_t columns, float *maxima, int64_t blocks, int64_t unit)
#define PANA_BLOCK_SUM     (const float *x, int64_t columns, const float *maxima, float *sums, int64_t blocks, int64_t unit)
#define PANA_BLOCK_LOSS                                                                                      \
  (const float *x, const int32_t *labels, const float *weights, const float *class_weights, float *gradient, \
   float *losses, const pana_row_options *options, int64_t columns, float scale, const float *maxima,        \
   const float *sums, int64_t blocks, int64_t unit)

#if defined(__CUDACC__)
#define PANA_THERE __device__
#else
#define PANA_THERE
#endif
#ifdef __cplusplus
extern "C" {
#endif
PANA_THERE void pana_lanes_block_maximum PANA_BLOCK_MAXIMUM;
PANA_THERE void pana_lanes_block_exp_sum PANA_BLOCK_SUM;
PANA_THERE void pana_lanes_block_cross_entropy PANA_BLOCK_LOSS;
#ifdef __cplusplus
}
#endif

#endif
