/* Pooling: the greatest, or the mean, of what each window sees. */
#include "kernel.h"

/* One window of up to 16 channels: x points at its first element. */
static inline void pool_lanes(const pana_window *w, const float *x, float *y, int32_t *indices, int n) {
  vf greatest = vf_set(-INFINITY);
  vi index = vi_set(0);
  for (int64_t ky = 0; ky < w->kernel_height; ky++)
    for (int64_t kx = 0; kx < w->kernel_width; kx++) {
      vf v = vf_load_up_to(x + (ky * w->width + kx) * w->channels, n);
      /* The first element is taken even if it is -inf: index 0 stands already. */
      vm better = vm_or(vf_lt(greatest, v), vf_nan(v));
      greatest = vf_select(better, v, greatest);
      index = vi_select(better, vi_set((int32_t)(ky * w->kernel_width + kx)), index);
    }
  if (n == LANES) {
    vf_store(y, greatest);
    vi_store(indices, index);
  } else {
    vf_store_first(y, n, greatest);
    vi_store_first(indices, n, index);
  }
}

KERNEL(max_pool_f32)(const pana_window *w, const float *x, float *y, int32_t *indices, int64_t from, int64_t to) {
  int64_t image = w->height * w->width * w->channels;
  int64_t o = from * w->out_height * w->out_width * w->channels;
  for (int64_t i = from; i < to; i++)
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++, o += w->channels) {
        const float *corner = x + i * image + (oy * w->stride * w->width + ox * w->stride) * w->channels;
        int64_t c = 0;
        for (; c + LANES <= w->channels; c += LANES)
          pool_lanes(w, corner + c, y + o + c, indices + o + c, LANES);
        if (c < w->channels)
          pool_lanes(w, corner + c, y + o + c, indices + o + c, (int)(w->channels - c));
      }
}

/* Adds dy to the element of the window that indices names; where the window is fresh, the others become 0. */
static ALWAYS_INLINE void unpool_lanes(const pana_window *w, int fresh, const float *dy, const int32_t *indices,
                                       float *dx, int n) {
  vf d = vf_load_up_to(dy, n);
  vi index = n == LANES ? vi_load(indices) : vi_load_first(indices, n);
  for (int64_t ky = 0; ky < w->kernel_height; ky++)
    for (int64_t kx = 0; kx < w->kernel_width; kx++) {
      float *p = dx + (ky * w->width + kx) * w->channels;
      vm here = vi_eq(index, vi_set((int32_t)(ky * w->kernel_width + kx)));
      vf before = fresh ? vf_zero() : vf_load_up_to(p, n);
      vf_store_up_to(p, n, vf_add(before, vf_select(here, d, vf_zero())));
    }
}

/* A line of windows. */
static ALWAYS_INLINE void unpool_line(const pana_window *w, int fresh, const float *dy, const int32_t *indices,
                                      float *dx) {
  for (int64_t ox = 0; ox < w->out_width; ox++) {
    int64_t o = ox * w->channels, c = 0;
    float *corner = dx + o * w->stride;
    for (; c + LANES <= w->channels; c += LANES)
      unpool_lanes(w, fresh, dy + o + c, indices + o + c, corner + c, LANES);
    if (c < w->channels)
      unpool_lanes(w, fresh, dy + o + c, indices + o + c, corner + c, (int)(w->channels - c));
  }
}

static inline void clear(float *p, int64_t count) { clear_floats(p, count); }

/* Windows side by side: each element is written once, and 0 where no window is. */
FUNCTION void unpool_tiled(const pana_window *w, const float *dy, const int32_t *indices, float *dx) {
  int64_t line = w->width * w->channels, seen = w->out_width * w->stride * w->channels, o = 0;
  for (int64_t oy = 0; oy < w->out_height; oy++, o += w->out_width * w->channels) {
    float *top = dx + oy * w->stride * line;
    unpool_line(w, 1, dy + o, indices + o, top);
    for (int64_t ky = 0; ky < w->stride; ky++)
      clear(top + ky * line + seen, line - seen);
  }
  int64_t below = w->out_height * w->stride;
  clear(dx + below * line, (w->height - below) * line);
}

FUNCTION void unpool_overlapping(const pana_window *w, const float *dy, const int32_t *indices, float *dx) {
  int64_t line = w->width * w->channels, o = 0;
  clear(dx, w->height * line);
  for (int64_t oy = 0; oy < w->out_height; oy++, o += w->out_width * w->channels)
    unpool_line(w, 0, dy + o, indices + o, dx + oy * w->stride * line);
}

KERNEL(max_pool_backward_f32)
(const pana_window *w, const float *dy, const int32_t *indices, float *dx, int64_t from, int64_t to) {
  int64_t image = w->height * w->width * w->channels, pooled = w->out_height * w->out_width * w->channels;
  int tiled = w->kernel_height == w->stride && w->kernel_width == w->stride;
  for (int64_t i = from; i < to; i++)
    if (tiled)
      unpool_tiled(w, dy + i * pooled, indices + i * pooled, dx + i * image);
    else
      unpool_overlapping(w, dy + i * pooled, indices + i * pooled, dx + i * image);
}

/* What a window sees: image rows [top, bottom), columns [left, right). */
typedef struct {
  int64_t top, bottom, left, right;
} view;

static inline view view_at(const pana_window *w, int64_t oy, int64_t ox) {
  int64_t y = oy * w->stride - w->padding, x = ox * w->stride - w->padding;
  int64_t bottom = y + w->kernel_height, right = x + w->kernel_width;
  return (view){y < 0 ? 0 : y, bottom < w->height ? bottom : w->height, x < 0 ? 0 : x,
                right < w->width ? right : w->width};
}

static inline vf elements(const pana_window *w) { return vf_set((float)(w->kernel_height * w->kernel_width)); }

/* Up to 16 channels of an output: the mean of those of the image. */
static inline void average_lanes(const pana_window *w, const view *v, const float *image, float *y, int n) {
  vf sum = vf_zero();
  for (int64_t iy = v->top; iy < v->bottom; iy++)
    for (int64_t ix = v->left; ix < v->right; ix++)
      sum = vf_add(sum, vf_load_up_to(image + (iy * w->width + ix) * w->channels, n));
  vf_store_up_to(y, n, vf_div(sum, elements(w)));
}

KERNEL(average_pool_f32)(const pana_window *w, const float *x, float *y, int64_t from, int64_t to) {
  int64_t o = from * w->out_height * w->out_width * w->channels;
  for (int64_t i = from; i < to; i++)
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++, o += w->channels) {
        view v = view_at(w, oy, ox);
        const float *image = x + i * w->height * w->width * w->channels;
        for (int64_t c = 0; c < w->channels; c += LANES)
          average_lanes(w, &v, image + c, y + o + c, first_lanes(w->channels - c));
      }
}

/* Adds the share of each element of the window that is no padding. */
static inline void share_lanes(const pana_window *w, const view *v, const float *dy, float *image, int n) {
  vf share = vf_div(vf_load_up_to(dy, n), elements(w));
  for (int64_t iy = v->top; iy < v->bottom; iy++)
    for (int64_t ix = v->left; ix < v->right; ix++) {
      float *p = image + (iy * w->width + ix) * w->channels;
      vf_store_up_to(p, n, vf_add(vf_load_up_to(p, n), share));
    }
}

KERNEL(average_pool_backward_f32)(const pana_window *w, const float *dy, float *dx, int64_t from, int64_t to) {
  int64_t pixels = w->height * w->width * w->channels, o = from * w->out_height * w->out_width * w->channels;
  for (int64_t i = from; i < to; i++) {
    float *image = dx + i * pixels;
    clear_floats(image, pixels);
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++, o += w->channels) {
        view v = view_at(w, oy, ox);
        for (int64_t c = 0; c < w->channels; c += LANES)
          share_lanes(w, &v, dy + o + c, image + c, first_lanes(w->channels - c));
      }
  }
}
