/* Update rules over many tensors, or over rows of one: see kernels.def. */
#include "kernel.h"

#define RULE_CASE(name) \
  case PANA_RULE_##name: PANA_FN(name##_f32) PANA_UPDATE_ARGUMENTS; break;

/* By the update's rule. */
FUNCTION void apply_rule PANA_UPDATE {
  switch (update->rule) {
    PANA_RULES(RULE_CASE)
  default: break;
  }
}

/* The tensor in which a block lies: the last one that begins at or before it, and is not empty. */
FUNCTION int64_t tensor_of(const pana_tensor *tensors, int64_t count, int64_t block) {
  int64_t low = 0, high = count;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    if (tensors[middle].first_block <= block)
      low = middle;
    else
      high = middle;
  }
  return low;
}

KERNEL(update_tensors_f32)
(const pana_tensor *tensors, const pana_update *updates, float *sums, const void *alive1, const void *alive2,
 const void *alive3, int64_t count, int64_t from, int64_t to) {
  (void)alive1, (void)alive2, (void)alive3;
  for (int64_t i = from < to ? tensor_of(tensors, count, from) : count; i < count && tensors[i].first_block < to; i++) {
    const pana_tensor *t = tensors + i;
    const pana_update *u = updates + t->update;
    int64_t first = from > t->first_block ? (from - t->first_block) * PANA_BLOCK : 0;
    int64_t last = (to - t->first_block) * PANA_BLOCK;
    apply_rule(t->parameter, t->gradient, t->state[0], t->state[1], t->state[2], t->average,
               sums ? sums + 3 * t->first_block : 0, u, t->ratio, first, last < t->elements ? last : t->elements);
  }
}

/* Row `row` of a table, where there is one. */
static inline float *row_of(float *table, int64_t row, int64_t columns) { return table ? table + row * columns : 0; }

KERNEL(update_rows_f32)
(float *parameter, float *gradient, float *a, float *b, float *c, const int32_t *rows, const pana_update *update,
 int64_t table_rows, int64_t columns, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    int64_t row = rows[i];
    if (row >= 0 && row < table_rows)
      apply_rule(row_of(parameter, row, columns), gradient + i * columns, row_of(a, row, columns),
                 row_of(b, row, columns), row_of(c, row, columns), 0, 0, update, 1, 0, columns);
  }
}
