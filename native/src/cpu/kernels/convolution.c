/* Lowering of a convolution to a product: gathering what each output position sees, and back. */
#include "kernel.h"
#include "panagrad.h"

/* The columns [first, last) of the kernel that lie inside the image's `size` when it starts at `start`. */
static inline int64_t first_inside(int64_t start) { return start < 0 ? -start : 0; }
static inline int64_t last_inside(int64_t start, int64_t kernel, int64_t size) {
  int64_t room = size - start;
  return room < kernel ? (room < 0 ? 0 : room) : kernel;
}

/* Runs are short (kernel_width * channels): a loop of vectors beats a call of memcpy. */
static inline void copy_run(float *to, const float *from, int64_t count) {
  int64_t c = 0;
  for (; c + LANES <= count; c += LANES)
    vf_store(to + c, vf_load(from + c));
  if (c < count)
    vf_store_first(to + c, (int)(count - c), vf_load_first(from + c, (int)(count - c)));
}

static inline void zero_run(float *to, int64_t count) {
  for (int64_t c = 0; c < count; c++)
    to[c] = 0.0f;
}

/* One output position: what it sees of its image, row by row of the window. */
static inline void gather(const pana_window *w, const float *image, int64_t oy, int64_t ox, float *out) {
  int64_t run = w->kernel_width * w->channels;
  int64_t y0 = oy * w->stride - w->padding, x0 = ox * w->stride - w->padding;
  int64_t left = first_inside(x0), right = last_inside(x0, w->kernel_width, w->width);
  for (int64_t ky = 0; ky < w->kernel_height; ky++, out += run) {
    int64_t y = y0 + ky;
    if (y < 0 || y >= w->height || left >= right) {
      zero_run(out, run);
      continue;
    }
    zero_run(out, left * w->channels);
    copy_run(out + left * w->channels, image + (y * w->width + x0 + left) * w->channels, (right - left) * w->channels);
    zero_run(out + right * w->channels, run - right * w->channels);
  }
}

void PANA_FN(im2col_f32)(const pana_window *w, const float *x, float *col, int64_t first, int64_t from, int64_t to) {
  int64_t positions = w->out_height * w->out_width, image = w->height * w->width * w->channels;
  int64_t row = w->kernel_height * w->kernel_width * w->channels;
  /* Divided once, then counted: a division costs as much as the gathering of a small window. */
  int64_t i = from / positions, oy = from % positions / w->out_width, ox = from % w->out_width;
  float *out = col + (from - first) * row;
  for (int64_t r = from; r < to; r++, out += row) {
    gather(w, x + i * image, oy, ox, out);
    if (++ox < w->out_width)
      continue;
    ox = 0;
    if (++oy < w->out_height)
      continue;
    oy = 0;
    i++;
  }
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

void PANA_FN(col2im_f32)(const pana_window *w, const float *col, float *x, int64_t first, int64_t from, int64_t to) {
  int64_t run = w->kernel_width * w->channels, image = w->height * w->width * w->channels;
  const float *in = col + (from - first) * w->out_height * w->out_width * w->kernel_height * run;
  for (int64_t i = from; i < to; i++) {
    float *picture = x + i * image;
    memset(picture, 0, (size_t)image * sizeof(float));
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++) {
        int64_t y0 = oy * w->stride - w->padding, x0 = ox * w->stride - w->padding;
        int64_t left = first_inside(x0), right = last_inside(x0, w->kernel_width, w->width);
        for (int64_t ky = 0; ky < w->kernel_height; ky++, in += run) {
          int64_t y = y0 + ky;
          if (y < 0 || y >= w->height || left >= right)
            continue;
          add_run(picture + (y * w->width + x0 + left) * w->channels, in + left * w->channels,
                  (right - left) * w->channels);
        }
      }
  }
}

void PANA_FN(transpose_f32)(const float *x, float *y, int64_t rows, int64_t columns, int64_t from, int64_t to) {
  enum { TILE = 16 };
  for (int64_t c0 = from; c0 < to; c0 += TILE)
    for (int64_t r0 = 0; r0 < rows; r0 += TILE)
      for (int64_t c = c0; c < to && c < c0 + TILE; c++)
        for (int64_t r = r0; r < rows && r < r0 + TILE; r++)
          y[c * rows + r] = x[r * columns + c];
}
