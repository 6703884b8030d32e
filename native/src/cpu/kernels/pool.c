#include "kernel.h"
#include "panagrad.h"

static inline vf take(const float *p, int n) { return n == LANES ? vf_load(p) : vf_load_first(p, n); }

/* One window of up to 16 channels: x points at its first element. */
static inline void pool_lanes(const pana_window *w, const float *x, float *y, int32_t *indices, int n) {
  vf greatest = vf_set(-INFINITY);
  vi index = vi_set(0);
  for (int64_t ky = 0; ky < w->kernel_height; ky++)
    for (int64_t kx = 0; kx < w->kernel_width; kx++) {
      vf v = take(x + (ky * w->width + kx) * w->channels, n);
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

void PANA_FN(max_pool_f32)(const pana_window *w, const float *x, float *y, int32_t *indices, int64_t from, int64_t to) {
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

/* Adds dy to the element of the window that indices names. */
static inline void unpool_lanes(const pana_window *w, const float *dy, const int32_t *indices, float *dx, int n) {
  vf d = take(dy, n);
  vi index = n == LANES ? vi_load(indices) : vi_load_first(indices, n);
  for (int64_t ky = 0; ky < w->kernel_height; ky++)
    for (int64_t kx = 0; kx < w->kernel_width; kx++) {
      float *p = dx + (ky * w->width + kx) * w->channels;
      vm here = vi_eq(index, vi_set((int32_t)(ky * w->kernel_width + kx)));
      vf sum = vf_add(take(p, n), vf_select(here, d, vf_zero()));
      if (n == LANES)
        vf_store(p, sum);
      else
        vf_store_first(p, n, sum);
    }
}

void PANA_FN(max_pool_backward_f32)(const pana_window *w, const float *dy, const int32_t *indices, float *dx,
                                    int64_t from, int64_t to) {
  int64_t image = w->height * w->width * w->channels;
  int64_t o = from * w->out_height * w->out_width * w->channels;
  for (int64_t i = from; i < to; i++) {
    memset(dx + i * image, 0, (size_t)image * sizeof(float));
    for (int64_t oy = 0; oy < w->out_height; oy++)
      for (int64_t ox = 0; ox < w->out_width; ox++, o += w->channels) {
        float *corner = dx + i * image + (oy * w->stride * w->width + ox * w->stride) * w->channels;
        int64_t c = 0;
        for (; c + LANES <= w->channels; c += LANES)
          unpool_lanes(w, dy + o + c, indices + o + c, corner + c, LANES);
        if (c < w->channels)
          unpool_lanes(w, dy + o + c, indices + o + c, corner + c, (int)(w->channels - c));
      }
  }
}
