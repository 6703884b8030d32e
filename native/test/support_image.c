/* Cases: pooling and the lowering of convolutions, on NHWC images; transposition. */
#include <math.h>

#include "support_case.h"

#define WINDOW(images, height, width, channels, kernel_height, kernel_width, stride, padding) \
  DILATED(images, height, width, channels, kernel_height, kernel_width, stride, padding, 1)
#define DILATED(images, height, width, channels, kernel_height, kernel_width, stride, padding, dilation) \
  {                                                                                                      \
    .rows = images, .window = {                                                                          \
      height,                                                                                            \
      width,                                                                                             \
      channels,                                                                                          \
      kernel_height,                                                                                     \
      kernel_width,                                                                                      \
      stride,                                                                                            \
      padding,                                                                                           \
      dilation,                                                                                          \
      ((height) + 2 * (padding) - ((kernel_height)-1) * (dilation)-1) / (stride) + 1,                    \
      ((width) + 2 * (padding) - ((kernel_width)-1) * (dilation)-1) / (stride) + 1                       \
    }                                                                                                    \
  }
/* The same geometry with channels on either side of the lanes' number. */
#define CHANNELS(h, w, kh, kw, s, p)                                                                           \
  WINDOW(3, h, w, 1, kh, kw, s, p), WINDOW(3, h, w, 3, kh, kw, s, p), WINDOW(2, h, w, 15, kh, kw, s, p),       \
      WINDOW(2, h, w, 16, kh, kw, s, p), WINDOW(2, h, w, 17, kh, kw, s, p), WINDOW(2, h, w, 32, kh, kw, s, p), \
      WINDOW(1, h, w, 33, kh, kw, s, p)

LENGTH(images, s->rows)
LENGTH(pixels, s->rows * s->window.height * s->window.width * s->window.channels)
LENGTH(positions, s->rows * s->window.out_height * s->window.out_width)
LENGTH(pooled, positions(s) * s->window.channels)
LENGTH(column_row, s->window.kernel_height * s->window.kernel_width * s->window.channels)
LENGTH(columns, positions(s) * column_row(s))

/* The element of the images that channel c of output position `position` sees at (ky, kx); -1 in the padding. */
static int64_t seen(const shape *s, int64_t position, int64_t ky, int64_t kx, int64_t c) {
  const pana_window *w = &s->window;
  int64_t image = position / (w->out_height * w->out_width), oy = position / w->out_width % w->out_height;
  int64_t ox = position % w->out_width;
  int64_t y = oy * w->stride - w->padding + ky * w->dilation, x = ox * w->stride - w->padding + kx * w->dilation;
  if (y < 0 || y >= w->height || x < 0 || x >= w->width)
    return -1;
  return ((image * w->height + y) * w->width + x) * w->channels + c;
}

/* ---- pooling: disjoint and overlapping windows, rows and columns left over, gaps, the whole image, none */

static const shape pools[] = {
    CHANNELS(6, 6, 2, 2, 2, 0),     CHANNELS(5, 7, 3, 2, 1, 0),     CHANNELS(7, 5, 3, 3, 2, 0),
    WINDOW(0, 4, 4, 3, 2, 2, 2, 0), WINDOW(2, 1, 1, 5, 1, 1, 1, 0), WINDOW(2, 8, 9, 18, 2, 2, 3, 0),
    WINDOW(2, 4, 3, 7, 4, 3, 1, 0), WINDOW(2, 2, 2, 3, 3, 3, 1, 0), WINDOW(1, 28, 28, 65, 2, 2, 2, 0),
};

CALL(max_pool_f32, &s->window, a[0], a[1], a[2], from, to)
CALL(max_pool_backward_f32, &s->window, a[0], a[1], a[2], from, to)

/* Among several greatest elements the first one wins; among several NaN the last one. */
ORACLE(max_pool_copy) {
  const float *x = a[0];
  for (int64_t o = 0; o < pooled(s); o++) {
    double greatest = -INFINITY;
    int64_t index = 0;
    for (int64_t k = 0; k < s->window.kernel_height * s->window.kernel_width; k++) {
      int64_t at = seen(s, o / s->window.channels, k / s->window.kernel_width, k % s->window.kernel_width,
                        o % s->window.channels);
      if (!((double)x[at] > greatest) && !isnan(x[at]))
        continue;
      greatest = (double)x[at];
      index = k;
    }
    want(&w[1], o, greatest, EXACT);
    want(&w[2], o, (double)index, EXACT);
  }
}

static void fill_indices(const shape *s, style how, void *data, int64_t n, uint64_t stream) {
  (void)how;
  int32_t *indices = data;
  uint64_t elements = (uint64_t)(s->window.kernel_height * s->window.kernel_width);
  for (int64_t i = 0; i < n; i++)
    indices[i] = (int32_t)(random_bits(stream, (uint64_t)i) % elements);
}

ORACLE(max_pool_backward_sum) {
  const float *dy = a[0];
  const int32_t *indices = a[1];
  for (int64_t i = 0; i < pixels(s); i++)
    want(&w[2], i, 0, EXACT);
  for (int64_t o = 0; o < pooled(s); o++) {
    int64_t at = seen(s, o / s->window.channels, indices[o] / s->window.kernel_width,
                      indices[o] % s->window.kernel_width, o % s->window.channels);
    w[2].value[at] = (double)((float)w[2].value[at] + dy[o]);
  }
}

/* The mean has padding too: windows that begin and end outside, and the whole image. */
static const shape averages[] = {
    CHANNELS(6, 6, 2, 2, 2, 0),        CHANNELS(5, 7, 3, 3, 2, 1),      WINDOW(0, 4, 4, 3, 2, 2, 2, 0),
    WINDOW(2, 1, 1, 5, 3, 3, 1, 2),    WINDOW(2, 8, 9, 18, 2, 2, 3, 0), WINDOW(2, 4, 3, 7, 4, 3, 1, 0),
    WINDOW(1, 28, 28, 65, 2, 2, 2, 1), WINDOW(2, 7, 7, 33, 7, 7, 1, 0),
};

CALL(average_pool_f32, &s->window, a[0], a[1], from, to)
CALL(average_pool_backward_f32, &s->window, a[0], a[1], from, to)

static int64_t places(const shape *s) { return s->window.kernel_height * s->window.kernel_width; }

/* The element that output o sees at a place of the window; -1 in the padding. */
static int64_t seen_at(const shape *s, int64_t o, int64_t place) {
  return seen(s, o / s->window.channels, place / s->window.kernel_width, place % s->window.kernel_width,
              o % s->window.channels);
}

ORACLE(average_pool_in_order) {
  const float *x = a[0];
  for (int64_t o = 0; o < pooled(s); o++) {
    float sum = 0;
    for (int64_t k = 0; k < places(s); k++)
      sum += seen_at(s, o, k) < 0 ? 0.0f : x[seen_at(s, o, k)];
    want(&w[1], o, (double)(sum / (float)places(s)), EXACT);
  }
}

ORACLE(average_pool_backward_sum) {
  const float *dy = a[0];
  for (int64_t i = 0; i < pixels(s); i++)
    want(&w[1], i, 0, EXACT);
  for (int64_t o = 0; o < pooled(s); o++)
    for (int64_t k = 0; k < places(s); k++) {
      int64_t at = seen_at(s, o, k);
      if (at >= 0)
        w[1].value[at] = (double)((float)w[1].value[at] + dy[o] / (float)places(s));
    }
}

/* ---- lowering: as above, and padding up to windows that see nothing else */

static const shape convolutions[] = {
    CHANNELS(6, 6, 3, 3, 1, 1),          CHANNELS(5, 7, 3, 2, 2, 0),         CHANNELS(4, 5, 2, 3, 3, 2),
    WINDOW(0, 4, 4, 3, 3, 3, 1, 1),      WINDOW(2, 1, 1, 5, 1, 1, 1, 0),     WINDOW(2, 2, 3, 3, 2, 2, 1, 4),
    WINDOW(2, 2, 2, 7, 5, 5, 1, 2),      WINDOW(2, 6, 1, 17, 3, 1, 2, 0),    WINDOW(1, 1, 9, 4, 1, 5, 1, 2),
    WINDOW(1, 14, 14, 64, 3, 3, 1, 1),   DILATED(3, 7, 8, 3, 3, 3, 1, 2, 2), DILATED(2, 9, 7, 17, 2, 3, 2, 0, 3),
    DILATED(2, 5, 4, 16, 3, 2, 1, 3, 4), DILATED(2, 3, 2, 5, 3, 3, 1, 5, 3),
};

/* col starts at another row than the range does: half way from 0 to it. */
CALL(im2col_f32, &s->window, a[0], (float *)a[1] + from / 2 * column_row(s), from / 2, from, to)
CALL(col2im_f32, &s->window, (const float *)a[0] + from / 2 * (columns(s) / (s->rows ? s->rows : 1)), a[1], from / 2,
     from, to)

#define EACH_COLUMN(i, at) for (int64_t i = 0, at; i < columns(s) && (at = seen_by(s, i), true); i++)
static int64_t seen_by(const shape *s, int64_t i) {
  int64_t c = i % s->window.channels, kx = i / s->window.channels % s->window.kernel_width;
  int64_t ky = i / s->window.channels / s->window.kernel_width % s->window.kernel_height;
  return seen(s, i / column_row(s), ky, kx, c);
}

ORACLE(im2col_copy) {
  const float *x = a[0];
  EACH_COLUMN(i, at) want(&w[1], i, at < 0 ? 0 : (double)x[at], EXACT);
}

ORACLE(col2im_sum) {
  const float *col = a[0];
  for (int64_t i = 0; i < pixels(s); i++)
    want(&w[1], i, 0, EXACT);
  EACH_COLUMN(i, at) if (at >= 0) w[1].value[at] = (double)((float)w[1].value[at] + col[i]);
}

/* ---- transposition */

static const shape matrices[] = {
    {.rows = 0, .columns = 3},   {.rows = 3, .columns = 0},    {.rows = 1, .columns = 1},   {.rows = 1, .columns = 129},
    {.rows = 129, .columns = 1}, {.rows = 15, .columns = 17},  {.rows = 16, .columns = 16}, {.rows = 33, .columns = 31},
    {.rows = 65, .columns = 64}, {.rows = 2, .columns = 4097},
};
LENGTH(matrix, s->rows * s->columns)
LENGTH(matrix_columns, s->columns)

CALL(transpose_f32, a[0], a[1], s->rows, s->columns, from, to)

ORACLE(transpose_copy) {
  const float *x = a[0];
  for (int64_t i = 0; i < matrix(s); i++)
    want(&w[1], i % s->columns * s->rows + i / s->columns, (double)x[i], EXACT);
}

static const kernel_case cases[] = {
    {.kernel = "max_pool_f32",
     SHAPES(pools),
     .units = images,
     .call = call_max_pool_f32,
     .canonical = max_pool_copy,
     .arrays = {{"x", IN, pixels, -1, 1}, {"y", OUT, pooled}, {"indices", OUT, pooled, .integer = true}}},
    {.kernel = "max_pool_backward_f32",
     SHAPES(pools),
     .units = images,
     .call = call_max_pool_backward_f32,
     .canonical = max_pool_backward_sum,
     .arrays = {{"dy", IN, pooled, -1, 1},
                {"indices", IN, pooled, .fill = fill_indices, .integer = true},
                {"dx", OUT, pixels}}},
    {.kernel = "average_pool_f32",
     SHAPES(averages),
     .units = images,
     .call = call_average_pool_f32,
     .canonical = average_pool_in_order,
     .arrays = {{"x", IN, pixels, -1, 1}, {"y", OUT, pooled}}},
    {.kernel = "average_pool_backward_f32",
     SHAPES(averages),
     .units = images,
     .call = call_average_pool_backward_f32,
     .canonical = average_pool_backward_sum,
     .arrays = {{"dy", IN, pooled, -1, 1}, {"dx", OUT, pixels}}},
    {.kernel = "im2col_f32",
     SHAPES(convolutions),
     .units = positions,
     .call = call_im2col_f32,
     .canonical = im2col_copy,
     .arrays = {{"x", IN, pixels, -1, 1}, {"col", OUT, columns}}},
    {.kernel = "col2im_f32",
     SHAPES(convolutions),
     .units = images,
     .call = call_col2im_f32,
     .canonical = col2im_sum,
     .arrays = {{"col", IN, columns, -1, 1}, {"x", OUT, pixels}}},
    {.kernel = "transpose_f32",
     SHAPES(matrices),
     .units = matrix_columns,
     .call = call_transpose_f32,
     .canonical = transpose_copy,
     .arrays = {{"x", IN, matrix, -1, 1}, {"y", OUT, matrix}}},
};
const family image_family = {"image", cases, COUNT(cases)};
