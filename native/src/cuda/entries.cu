/*
 * pana_cuda_<kernel> for each row of the registry. The last word of a row says how:
 *   ELEMENTS, BLOCKED, UNITS, TILES   groups take so many units of the range at a time, see launch.h
 *   ELEMENT_LOSS                      as BLOCKED
 *   ROW_LOSS                          as UNITS; the weights of classes come along where they lie in no session
 *   COLUMN_WEIGHTS, TENSORS           entries of their own, below
 */
#include "launch.h"

/* ---- the functions of src/cpu/kernels, in groups */

#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) extern "C" __device__ void pana_lanes_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL

#define WITHOUT_BRACKETS(...) __VA_ARGS__

/* The range of a group is [from, to) again, a grain at a time. */
#define EACH_GRAIN(grain)                                                                                  \
  const int64_t groups = (int64_t)gridDim.x * (BLOCK_THREADS / GROUP_THREADS), end = to;                   \
  from += ((int64_t)blockIdx.x * (BLOCK_THREADS / GROUP_THREADS) + threadIdx.x / GROUP_THREADS) * (grain); \
  for (; to = end - from < (grain) ? end : from + (grain), from < end; from += groups * (grain))

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
#define ENTRY_TILES(name, parameters, arguments)        ENTRY_IN_GROUPS(name, parameters, arguments, grain_TILES(to - from))
#define ENTRY_ELEMENT_LOSS(name, parameters, arguments) ENTRY_BLOCKED(name, parameters, arguments)

/* A small array of a call, from wherever it lies: the address there in both cases. */
static const float *bring(call *c, const float *array, int64_t count) {
  region r;
  if (!array || c->status != PANA_CUDA_OK || region_of(array, count * (int64_t)sizeof *array, &r))
    return array;
  const float *there = (const float *)copy_along(c->session, array, count * (int64_t)sizeof *array);
  if (!there)
    c->status = PANA_CUDA_FAILED;
  return there;
}

/* Of rows: which session's they are is known by the losses. */
#define ENTRY_ROW_LOSS(name, parameters, arguments)                                            \
  GROUPS(name, parameters, arguments)                                                          \
  int32_t pana_cuda_##name parameters {                                                        \
    const float *brought = class_weights;                                                      \
    region r;                                                                                  \
    if (brought && !region_of(brought, 1, &r))                                                 \
      class_weights = NULL;                                                                    \
    call this_call = begin_call arguments;                                                     \
    if (brought && !class_weights)                                                             \
      class_weights = bring(&this_call, brought, columns);                                     \
    int64_t grain = columns <= GROUP_THREADS ? GROUP_THREADS : grain_UNITS(to - from);         \
    return launch(&this_call, groups_of_##name, grain, to - from, WITHOUT_BRACKETS arguments); \
  }

#define ENTRY_COLUMN_WEIGHTS(name, parameters, arguments)
#define ENTRY_TENSORS(name, parameters, arguments)

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
  int64_t floats = (int64_t)(sizeof *options / sizeof options->o[0]) + (int64_t)options->o[3];
  options = (const pana_element_options *)bring(&this_call, options->o, floats);
  return launch(&this_call, groups_of_column_weights, grain_BLOCKED(to - from), to - from, options, prediction, target,
                weights, gradient, losses, sums, statistics, columns, scale, from, to);
}

/* ---- update_tensors_f32: a table of addresses */

static __global__ void groups_of_tensors(call_options, int64_t grain, const pana_tensor *tensors,
                                         const pana_update *updates, float *sums, int64_t count, int64_t from,
                                         int64_t to) {
  EACH_GRAIN(grain)
  pana_lanes_update_tensors_f32(tensors, updates, sums, 0, 0, 0, count, from, to);
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
  pana_tensor *table = (pana_tensor *)room_along(this_call.session, bytes);
  if (!table)
    return PANA_CUDA_FAILED;
  for (int64_t i = 0; i < count; i++) {
    pana_tensor t = tensors[i];
    t.parameter = translate(&this_call, t.parameter);
    t.gradient = translate(&this_call, t.gradient);
    for (int k = 0; k < 3; k++)
      t.state[k] = translate(&this_call, t.state[k]);
    t.average = translate(&this_call, t.average);
    table[i] = t;
    last_update = t.update > last_update ? t.update : last_update;
  }
  if (this_call.status != PANA_CUDA_OK)
    return this_call.status;
  const pana_tensor *tensors_there = (const pana_tensor *)send_along(this_call.session, table, bytes);
  const pana_update *updates_there =
      (const pana_update *)copy_along(this_call.session, updates, (last_update + 1) * (int64_t)sizeof *updates);
  if (!tensors_there || !updates_there)
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
