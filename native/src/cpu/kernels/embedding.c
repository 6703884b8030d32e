/* Rows of a table: looked up by their indices, and the way back. */
#include "run.h"

KERNEL(embedding_f32)
(const float *table, const int32_t *indices, float *y, int64_t vocabulary, int64_t columns, int64_t from, int64_t to) {
  for (int64_t r = from; r < to; r++) {
    int64_t index = indices[r];
    if (index < 0 || index >= vocabulary)
      fill_run(y + r * columns, NAN, columns);
    else
      copy_run(y + r * columns, table + index * columns, columns);
  }
}

KERNEL(embedding_backward_f32)
(const int32_t *indices, const float *dy, float *d_table, int64_t count, int64_t columns, int64_t from, int64_t to) {
  clear_floats(d_table + from * columns, (to - from) * columns);
  for (int64_t r = 0; r < count; r++) {
    int64_t index = indices[r];
    if (index >= from && index < to)
      add_run(d_table + index * columns, dy + r * columns, columns);
  }
}
