/*
 * Runs of floats, copied and added: loops of vectors, since runs are short (the channels of a few pixels, a row of a
 * table) and a call of memcpy costs more.
 */
#ifndef PANA_RUN_H
#define PANA_RUN_H

#include "kernel.h"

static inline void copy_run(float *to, const float *from, int64_t count) {
  int64_t c = 0;
  for (; c + LANES <= count; c += LANES)
    vf_store(to + c, vf_load(from + c));
  if (c < count)
    vf_store_first(to + c, (int)(count - c), vf_load_first(from + c, (int)(count - c)));
}

static inline void fill_run(float *to, float value, int64_t count) {
  EACH_OF(c, count)
  to[c] = value;
}

static inline void add_run(float *to, const float *from, int64_t count) {
  int64_t c = 0;
  for (; c + LANES <= count; c += LANES)
    vf_store(to + c, vf_add(vf_load(to + c), vf_load(from + c)));
  if (c < count) {
    int n = (int)(count - c);
    vf_store_first(to + c, n, vf_add(vf_load_first(to + c, n), vf_load_first(from + c, n)));
  }
}

#endif
