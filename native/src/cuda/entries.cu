/*
 * pana_cuda_<kernel> for each row of the registry. The last word of a row says how:
 *   ELEMENTS, BLOCKED, UNITS   groups take so many units of the range at a time, see launch.h
 *   ELEMENT_LOSS               as BLOCKED
 *   ROW_LOSS                   as UNITS; the weights of classes come along where they lie in no session
 *   OWN                        an entry of its own, below
 */
#include "launch.h"

#include <vector>

#include "block_rows.h"

/* ---- the functions of src/cpu/kernels, in groups */

#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) extern "C" __device__ void pana_lanes_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL

#define WITHOUT_BRACKETS(...) __VA_ARGS__

#define GROUPS(name, parameters, arguments)                                                                    \
  static __global__ void groups_of_##name(call_options options_, int64_t grain, WITHOUT_BRACKETS parameters) { \
    give_options(&options_, WITHOUT_BRACKETS arguments);                                                       \
    EACH_GRAIN(grain)                                                                                          \
    pana_lanes_##name arguments;                                                                               \
  }

/* ---- entries */

#define ENTRY_IN_GROUPS(name, parameters, arguments, grain)                                    \
  GROUPS(name, parameters, arguments)                                                          \
  int32_t pana_cuda_##name parameters {                                                        \
    call this_call = begin_call arguments;                                                     \
    return launch(&this_call, groups_of_##name, grain, to - from, WITHOUT_BRACKETS arguments); \
  }

#define ENTRY_ELEMENTS(name, parameters, arguments) \
  ENTRY_IN_GROUPS(name, parameters, arguments, grain_ELEMENTS(to - from))
#define ENTRY_BLOCKED(name, parameters, arguments) \
  ENTRY_IN_GROUPS(name, parameters, arguments, grain_BLOCKED(to - from))
#define ENTRY_UNITS(name, parameters, arguments)        ENTRY_IN_GROUPS(name, parameters, arguments, grain_UNITS(to - from))
#define ENTRY_ELEMENT_LOSS(name, parameters, arguments) ENTRY_BLOCKED(name, parameters, arguments)

/* A small array of a call that lies here: the address there. */
template <typename T> static const T *bring(call *c, const T *array, int64_t bytes) {
  const T *there = c->status == PANA_CUDA_OK ? (const T *)keep_along(c->session, array, bytes) : NULL;
  if (!there && c->status == PANA_CUDA_OK)
    c->status = PANA_CUDA_FAILED;
  return there;
}

/* Of rows: which session's they are is known by the losses. The weights of classes may lie here. */
#define BEGIN_ROW_LOSS(this_call, arguments)                                                                \
  region r;                                                                                                 \
  const int64_t weights_bytes = columns * (int64_t)sizeof *class_weights;                                   \
  const float *here = class_weights && !region_of(class_weights, weights_bytes, &r) ? class_weights : NULL; \
  if (here)                                                                                                 \
    class_weights = NULL;                                                                                   \
  call this_call = begin_call arguments;                                                                    \
  if (here)                                                                                                 \
    class_weights = bring(&this_call, here, weights_bytes);

static inline int64_t grain_ROW_LOSS(int64_t columns, int64_t rows) {
  return columns <= GROUP_THREADS ? GROUP_THREADS : grain_UNITS(rows);
}

#define ENTRY_ROW_LOSS(name, parameters, arguments)                                            \
  GROUPS(name, parameters, arguments)                                                          \
  int32_t pana_cuda_##name parameters {                                                        \
    BEGIN_ROW_LOSS(this_call, arguments)                                                       \
    return launch(&this_call, groups_of_##name, grain_ROW_LOSS(columns, to - from), to - from, \
                  WITHOUT_BRACKETS arguments);                                                 \
  }

#define ENTRY_OWN(name, parameters, arguments)

#define PANA_KERNEL(name, parameters, arguments, cuda) ENTRY_##cuda(name, parameters, arguments)
#include "kernels.def"
#undef PANA_KERNEL

/* ---- binary_cross_entropy_pos_weights_f32: its options are followed by the weights of columns */

static __global__ void groups_of_column_weights(call_options, int64_t grain, const pana_element_options *options,
                                                const float *prediction, const float *target, const float *weights,
                                                float *gradient, float *losses, float *sums,
                                                pana_statistics *statistics, int64_t columns, float scale, int64_t from,
                                                int64_t to) {
  EACH_GRAIN(grain)
  pana_lanes_binary_cross_entropy_pos_weights_f32 PANA_ELEMENT_LOSS_ARGUMENTS;
}

int32_t pana_cuda_binary_cross_entropy_pos_weights_f32 PANA_ELEMENT_LOSS {
  call this_call = begin_call PANA_ELEMENT_LOSS_ARGUMENTS;
  int64_t weights_bytes = (int64_t)options->o[3] * (int64_t)sizeof options->o[0];
  options = bring(&this_call, options, (int64_t)sizeof *options + weights_bytes);
  return launch(&this_call, groups_of_column_weights, grain_BLOCKED(to - from), to - from, options, prediction, target,
                weights, gradient, losses, sums, statistics, columns, scale, from, to);
}

/* ---- softmax_cross_entropy_f32: long rows go out block by block, where whole rows are too few for the GPU */

static __global__ void groups_of_block_maxima(call_options, int64_t grain, const float *x, int64_t columns,
                                              float *maxima, int64_t blocks, int64_t from, int64_t to) {
  EACH_GRAIN(grain)
  for (int64_t unit = from; unit < to; unit++)
    pana_lanes_block_maximum(x, columns, maxima, blocks, unit);
}

static __global__ void groups_of_block_sums(call_options, int64_t grain, const float *x, int64_t columns,
                                            const float *maxima, float *sums, int64_t blocks, int64_t from,
                                            int64_t to) {
  EACH_GRAIN(grain)
  for (int64_t unit = from; unit < to; unit++)
    pana_lanes_block_exp_sum(x, columns, maxima, sums, blocks, unit);
}

static __global__ void groups_of_block_losses(call_options options, int64_t grain, const float *x,
                                              const int32_t *labels, const float *weights, const float *class_weights,
                                              float *gradient, float *losses, int64_t columns, float scale,
                                              const float *maxima, const float *sums, int64_t blocks, int64_t from,
                                              int64_t to) {
  EACH_GRAIN(grain)
  for (int64_t unit = from; unit < to; unit++)
    pana_lanes_block_cross_entropy(x, labels, weights, class_weights, gradient, losses, &options.row, columns, scale,
                                   maxima, sums, blocks, unit);
}

GROUPS(softmax_cross_entropy_f32, PANA_ROW_LOSS, PANA_ROW_LOSS_ARGUMENTS)

constexpr int64_t BLOCK = 4096; /* a canonical one */

static inline const float *behind(const float *rows, int64_t n) { return rows ? rows + n : NULL; }

int32_t pana_cuda_softmax_cross_entropy_f32 PANA_ROW_LOSS {
  BEGIN_ROW_LOSS(this_call, PANA_ROW_LOSS_ARGUMENTS)
  const int64_t rows = to - from, blocks = (columns + BLOCK - 1) / BLOCK, units = rows * blocks;
  bool whole = blocks < 2 || rows >= FEW || statistics || this_call.options.row.smoothing > 0;
  float *maxima = NULL;
  if (!whole && rows > 0 && this_call.status == PANA_CUDA_OK)
    maxima = (float *)scratch_of(this_call.session, 2 * units * (int64_t)sizeof(float));
  if (!maxima)
    return launch(&this_call, groups_of_softmax_cross_entropy_f32, grain_ROW_LOSS(columns, rows), rows, x, target,
                  weights, class_weights, gradient, losses, statistics, options, columns, scale, from, to);
  float *sums = maxima + units;
  const float *first = x + from * columns;
  const int64_t grain = grain_UNITS(units), zero = 0;
  int32_t status =
      launch(&this_call, groups_of_block_maxima, grain, units, first, columns, maxima, blocks, zero, units);
  if (status == PANA_CUDA_OK)
    status = launch(&this_call, groups_of_block_sums, grain, units, first, columns, maxima, sums, blocks, zero, units);
  if (status == PANA_CUDA_OK)
    status = launch(&this_call, groups_of_block_losses, grain, units, first, (const int32_t *)target + from,
                    behind(weights, from), class_weights, gradient ? gradient + from * columns : NULL, losses + from,
                    columns, scale, maxima, sums, blocks, zero, units);
  return status;
}

/* ---- product_f32: tiles of rows and columns, whose sums stay in registers */

static constexpr int64_t TILE_ROWS = 6, TILE_COLUMNS = 64;

/* How many tiles stand side by side. */
static inline __host__ __device__ int64_t tiles_across(int64_t n) { return (n + TILE_COLUMNS - 1) / TILE_COLUMNS; }
static inline __host__ __device__ int64_t tiles_down(int64_t rows) { return (rows + TILE_ROWS - 1) / TILE_ROWS; }

static __global__ void tiles_of_product(call_options, int64_t grain, const float *a, const float *b, float *c,
                                        int64_t n, int64_t k, int64_t lda, int64_t ldb, int64_t ldc,
                                        int32_t transpose_a, int32_t accumulate, int64_t first, int64_t last) {
  int64_t from = 0, to = tiles_down(last - first) * tiles_across(n);
  EACH_GRAIN(grain)
  for (int64_t t = from; t < to; t++) {
    int64_t row = first + t / tiles_across(n) * TILE_ROWS, column = t % tiles_across(n) * TILE_COLUMNS;
    pana_lanes_product_f32(a, b + column, c + column, n - column < TILE_COLUMNS ? n - column : TILE_COLUMNS, k, lda,
                           ldb, ldc, transpose_a, accumulate, row, last - row < TILE_ROWS ? last : row + TILE_ROWS);
  }
}

int32_t pana_cuda_product_f32(const float *a, const float *b, float *c, int64_t n, int64_t k, int64_t lda, int64_t ldb,
                              int64_t ldc, int32_t transpose_a, int32_t accumulate, int64_t from, int64_t to) {
  call this_call = begin_call(a, b, c);
  return launch(&this_call, tiles_of_product, 1, tiles_down(to - from) * tiles_across(n), a, b, c, n, k, lda, ldb, ldc,
                transpose_a, accumulate, from, to);
}

/* ---- max_pool_f32 and its way back: a line of windows is an image of its own */

/* The window on images of one line of windows, oy of image i: what lies before it in the image, and how high it is. */
static inline __device__ pana_window line_of(const pana_window *w, int64_t height) {
  pana_window line = *w;
  line.height = height;
  line.out_height = 1;
  return line;
}

static __global__ void lines_of_max_pool(call_options options, int64_t grain, const float *x, float *y,
                                         int32_t *indices, int64_t first, int64_t last) {
  const pana_window *w = &options.window;
  const pana_window line = line_of(w, w->kernel_height);
  int64_t from = first * w->out_height, to = last * w->out_height;
  EACH_GRAIN(grain)
  for (int64_t r = from; r < to; r++) {
    int64_t top = r / w->out_height * w->height + r % w->out_height * w->stride, out = r * w->out_width * w->channels;
    pana_lanes_max_pool_f32(&line, x + top * w->width * w->channels, y + out, indices + out, 0, 1);
  }
}

int32_t pana_cuda_max_pool_f32(const pana_window *window, const float *x, float *y, int32_t *indices, int64_t from,
                               int64_t to) {
  const int64_t lines = (to - from) * window->out_height;
  call this_call = begin_call(window, x, y, indices);
  return launch(&this_call, lines_of_max_pool, grain_UNITS(lines), lines, x, y, indices, from, to);
}

GROUPS(max_pool_backward_f32,
       (const pana_window *window, const float *dy, const int32_t *indices, float *dx, int64_t from, int64_t to),
       (window, dy, indices, dx, from, to))

/* Of windows side by side; the last line has what is left of the image below it. */
static __global__ void lines_of_max_pool_backward(call_options options, int64_t grain, const float *dy,
                                                  const int32_t *indices, float *dx, int64_t first, int64_t last) {
  const pana_window *w = &options.window;
  int64_t from = first * w->out_height, to = last * w->out_height;
  EACH_GRAIN(grain)
  for (int64_t r = from; r < to; r++) {
    int64_t oy = r % w->out_height, above = oy * w->stride, in = r * w->out_width * w->channels;
    const pana_window line = line_of(w, oy + 1 < w->out_height ? w->stride : w->height - above);
    pana_lanes_max_pool_backward_f32(&line, dy + in, indices + in,
                                     dx + (r / w->out_height * w->height + above) * w->width * w->channels, 0, 1);
  }
}

int32_t pana_cuda_max_pool_backward_f32(const pana_window *window, const float *dy, const int32_t *indices, float *dx,
                                        int64_t from, int64_t to) {
  const pana_window w = *window;
  call this_call = begin_call(window, dy, indices, dx);
  if (w.kernel_height != w.stride || w.kernel_width != w.stride || w.out_height < 1)
    return launch(&this_call, groups_of_max_pool_backward_f32, grain_UNITS(to - from), to - from, window, dy, indices,
                  dx, from, to);
  const int64_t lines = (to - from) * w.out_height;
  return launch(&this_call, lines_of_max_pool_backward, grain_UNITS(lines), lines, dy, indices, dx, from, to);
}

/* ---- update_tensors_f32: a table of addresses */

/* updates: null where the only one came as an option, so that it does not change where things lie from step to step. */
static __global__ void groups_of_tensors(call_options options, int64_t grain, const pana_tensor *tensors,
                                         const pana_update *updates, float *sums, int64_t count, int64_t from,
                                         int64_t to) {
  EACH_GRAIN(grain)
  pana_lanes_update_tensors_f32(tensors, updates ? updates : &options.update, sums, 0, 0, 0, count, from, to);
}

/* One address in a table, of memory of the call's session. */
static float *translate(call *c, float *array) {
  take(c, array);
  return array;
}

int32_t pana_cuda_update_tensors_f32(const pana_tensor *tensors, const pana_update *updates, float *sums,
                                     const void *alive1, const void *alive2, const void *alive3, int64_t count,
                                     int64_t from, int64_t to) {
  call this_call = begin_call(sums, alive1, alive2, alive3);
  if (this_call.status != PANA_CUDA_OK || count == 0)
    return this_call.status;
  int32_t last_update = 0;
  int64_t bytes = count * (int64_t)sizeof(pana_tensor);
  std::vector<pana_tensor> table((size_t)count);
  bool ratios = false; /* which are others in each step */
  for (int64_t i = 0; i < count; i++) {
    pana_tensor t = tensors[i];
    t.parameter = translate(&this_call, t.parameter);
    t.gradient = translate(&this_call, t.gradient);
    for (int k = 0; k < 3; k++)
      t.state[k] = translate(&this_call, t.state[k]);
    t.average = translate(&this_call, t.average);
    table[(size_t)i] = t;
    last_update = t.update > last_update ? t.update : last_update;
    ratios |= t.ratio != 1;
  }
  if ((this_call.status = allowed(&this_call)) != PANA_CUDA_OK)
    return this_call.status;
  auto *along = ratios ? copy_along : keep_along;
  const pana_tensor *tensors_there = (const pana_tensor *)along(this_call.session, table.data(), bytes);
  const pana_update *updates_there = NULL;
  if (last_update == 0)
    this_call.options.update = updates[0];
  else
    updates_there =
        (const pana_update *)copy_along(this_call.session, updates, (last_update + 1) * (int64_t)sizeof *updates);
  if (!tensors_there || (last_update > 0 && !updates_there))
    return PANA_CUDA_FAILED;
  return launch(&this_call, groups_of_tensors, 1, to - from, tensors_there, updates_there, sums, count, from, to);
}

/* ---- the list */

static const void *const kernels[] = {
#define PANA_KERNEL(name, parameters, arguments, cuda) (const void *)pana_cuda_##name,
#include "kernels.def"
#undef PANA_KERNEL
};

const void *pana_cuda_kernels(void) { return kernels; }

static const char *const names[] = {
#define PANA_KERNEL(name, parameters, arguments, cuda) #name,
#include "kernels.def"
#undef PANA_KERNEL
};

const char *pana_cuda_kernel_name(int32_t index) {
  return index >= 0 && index < (int32_t)(sizeof names / sizeof *names) ? names[index] : NULL;
}
