/* Canonical sums over the rows of a block, of up to 16 columns at once: row r is added to partial r mod 64. */
#ifndef PANA_COLUMNS_H
#define PANA_COLUMNS_H

#include "kernel.h"

typedef struct {
  vf row[PANA_PARTIALS];
} column_partials;

static inline void column_clear(column_partials *p) {
  for (int k = 0; k < PANA_PARTIALS; k++)
    p->row[k] = vf_zero();
}

/* for w = 32, 16, 8, 4, 2, 1: p[j] += p[j + w] */
static inline vf column_tree(column_partials *p) {
  for (int w = PANA_PARTIALS / 2; w > 0; w /= 2)
    for (int k = 0; k < w; k++)
      p->row[k] = vf_add(p->row[k], p->row[k + w]);
  return p->row[0];
}

#endif
