/* Lowering of a convolution to a product: gathering what each output position sees, and back. */
#include "run.h"

/* Whether several threads share an output, in which none may write more than its part. */
#if defined(PANA_LANES)
enum { GATHER_WHOLE = 1 };
#else
enum { GATHER_WHOLE = 0 };
#endif

/* What a line of the window sees of a line of the image, from kernel columns `left` to `right`: runs of floats that
 * stand `step` apart. Without dilation neighbours are one run. */
typedef struct {
  int64_t left, right, runs, run, step;
} line;

/* Kernel columns before position `x` of the image, when the window starts at `start`. Divisions are slow, and windows
 * at the left edge alone need them. */
static inline int64_t columns_before(int64_t start, int64_t dilation, int64_t x) {
  return start >= x ? 0 : (x - start - 1) / dilation + 1;
}

static ALWAYS_INLINE line line_at(const pana_window *w, int64_t dilation, int64_t start) {
  int64_t left = columns_before(start, dilation, 0), right = w->kernel_width;
  if (start + (w->kernel_width - 1) * dilation >= w->width)
    right = columns_before(start, dilation, w->width);
  if (left >= right)
    return (line){0};
  if (dilation == 1)
    return (line){left, right, 1, (right - left) * w->channels, 0};
  return (line){left, right, right - left, w->channels, dilation * w->channels};
}

/* One output position: what it sees of its image, line by line of the window. */
static ALWAYS_INLINE void gather(const pana_window *w, int64_t dilation, const float *image, int64_t oy, int64_t ox,
                                 float *out) {
  int64_t width = w->kernel_width * w->channels;
  int64_t y0 = oy * w->stride - w->padding, x0 = ox * w->stride - w->padding;
  line l = line_at(w, dilation, x0);
  for (int64_t ky = 0; ky < w->kernel_height; ky++, out += width) {
    int64_t y = y0 + ky * dilation;
    if (y < 0 || y >= w->height || l.runs == 0) {
      fill_run(out, 0, width);
      continue;
    }
    const float *seen = image + (y * w->width + x0 + l.left * dilation) * w->channels;
    fill_run(out, 0, l.left * w->channels);
    for (int64_t k = 0; k < l.runs; k++)
      copy_run(out + l.left * w->channels + k * l.run, seen + k * l.step, l.run);
    fill_run(out + l.right * w->channels, 0, width - l.right * w->channels);
  }
}

/* Output columns [left, right) whose windows lie wholly between the sides of the image, as runs without gaps. */
typedef struct {
  int64_t left, right;
} columns;

FUNCTION columns columns_inside(const pana_window *w) {
  int64_t space = w->width + w->padding - w->kernel_width;
  if (w->dilation > 1 || space < 0)
    return (columns){0, 0};
  return (columns){(w->padding + w->stride - 1) / w->stride, space / w->stride + 1};
}

static inline int64_t clamp(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }

/* Output positions [from, to) of a line, one by one. */
FUNCTION void gather_each(const pana_window *w, const float *image, int64_t oy, int64_t from, int64_t to, float *out) {
  int64_t row = w->kernel_height * w->kernel_width * w->channels;
  for (int64_t ox = from; ox < to; ox++, out += row)
    if (w->dilation == 1)
      gather(w, 1, image, oy, ox, out);
    else
      gather(w, w->dilation, image, oy, ox, out);
}

/* Those whose windows lie wholly inside the image: a run for each line of the window. By fours up to three floats more
 * are read and written, which the next run, beginning there, puts right. */
static ALWAYS_INLINE void gather_runs(const pana_window *w, int64_t run, int64_t fours, const float *image, int64_t oy,
                                      int64_t from, int64_t to, float *out) {
  int64_t across = w->width * w->channels;
  const float *seen = image + (oy * w->stride - w->padding) * across + (from * w->stride - w->padding) * w->channels;
  for (int64_t ox = from; ox < to; ox++, seen += w->stride * w->channels)
    for (int64_t ky = 0; ky < w->kernel_height; ky++, out += run)
      if (fours > 0)
        for (int64_t k = 0; k < fours; k++)
          memcpy(out + 4 * k, seen + ky * across + 4 * k, 4 * sizeof(float));
      else
        copy_run(out, seen + ky * across, run);
}

/* Output positions [from, to) of a line; `end` is where the caller's part of col ends. */
FUNCTION void gather_line(const pana_window *w, columns inside, const float *image, int64_t oy, int64_t from,
                          int64_t to, float *out, const float *end) {
  int64_t run = w->kernel_width * w->channels, row = w->kernel_height * run;
  int64_t top = oy * w->stride - w->padding, below = w->height - top - w->kernel_height;
  int64_t left = top < 0 || below < 0 ? to : clamp(inside.left, from, to), right = clamp(inside.right, left, to);
  float *runs = out + (left - from) * row, *rest = out + (right - from) * row;
  if (from < left)
    gather_each(w, image, oy, from, left, out);
  if (GATHER_WHOLE || run >= LANES || below == 0 || w->width * w->channels < 3 || end - rest < 3)
    gather_runs(w, run, 0, image, oy, left, right, runs);
  else if (run <= 4)
    gather_runs(w, run, 1, image, oy, left, right, runs);
  else
    gather_runs(w, run, (run + 3) / 4, image, oy, left, right, runs);
  if (right < to)
    gather_each(w, image, oy, right, to, rest);
}

KERNEL(im2col_f32)(const pana_window *w, const float *x, float *col, int64_t first, int64_t from, int64_t to) {
  int64_t positions = w->out_height * w->out_width, image = w->height * w->width * w->channels;
  int64_t row = w->kernel_height * w->kernel_width * w->channels;
  columns inside = columns_inside(w);
  const float *end = col + (to - first) * row;
  /* Divided once, then counted: a division costs as much as the gathering of a small window. */
  int64_t i = from / positions, oy = from % positions / w->out_width, ox = from % w->out_width;
  for (int64_t r = from; r < to; ox = 0) {
    int64_t count = w->out_width - ox < to - r ? w->out_width - ox : to - r;
    gather_line(w, inside, x + i * image, oy, ox, ox + count, col + (r - first) * row, end);
    r += count;
    if (++oy < w->out_height)
      continue;
    oy = 0;
    i++;
  }
}

/* One output position: adds what came back of it to its image. */
static ALWAYS_INLINE void scatter(const pana_window *w, int64_t dilation, const float *in, int64_t oy, int64_t ox,
                                  float *image) {
  int64_t y0 = oy * w->stride - w->padding, x0 = ox * w->stride - w->padding;
  line l = line_at(w, dilation, x0);
  lanes_meet(); /* a run of the position before began elsewhere */
  for (int64_t ky = 0; ky < w->kernel_height; ky++, in += w->kernel_width * w->channels) {
    int64_t y = y0 + ky * dilation;
    if (y < 0 || y >= w->height || l.runs == 0)
      continue;
    float *seen = image + (y * w->width + x0 + l.left * dilation) * w->channels;
    for (int64_t k = 0; k < l.runs; k++)
      add_run(seen + k * l.step, in + l.left * w->channels + k * l.run, l.run);
  }
}

KERNEL(col2im_f32)(const pana_window *w, const float *col, float *x, int64_t first, int64_t from, int64_t to) {
  int64_t row = w->kernel_height * w->kernel_width * w->channels, image = w->height * w->width * w->channels;
  const float *in = col + (from - first) * w->out_height * w->out_width * row;
  for (int64_t i = from; i < to; i++) {
    clear_floats(x + i * image, image);
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++, in += row)
        if (w->dilation == 1)
          scatter(w, 1, in, oy, ox, x + i * image);
        else
          scatter(w, w->dilation, in, oy, ox, x + i * image);
  }
}

KERNEL(transpose_f32)(const float *x, float *y, int64_t rows, int64_t columns, int64_t from, int64_t to) {
  enum { TILE = 16 };
  for (int64_t c0 = from; c0 < to; c0 += TILE)
    for (int64_t r0 = 0; r0 < rows; r0 += TILE)
      for (int64_t c = c0; c < to && c < c0 + TILE; c++)
        EACH_OF(r, rows - r0 < TILE ? rows - r0 : TILE)
  y[c * rows + r0 + r] = x[(r0 + r) * columns + c];
}
