#include "lanes.h"

#include <cstring>

#include "panagrad.h"

enum { LANES = 16 };

extern "C" {
int pana_emulated_lane(void) { return fiber_number() % LANES; }

float pana_emulated_lane_of(float v, int lane) {
  uint32_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  bits = (uint32_t)fiber_exchange(bits, lane, LANES);
  std::memcpy(&v, &bits, sizeof v);
  return v;
}

void pana_emulated_lanes_meet(void) { fibers_meet(LANES); }

#define PANA_ENTRY(name)
#define PANA_KERNEL(name, parameters, arguments, cuda) void pana_lanes_##name parameters;
#include "kernels.def"
#undef PANA_KERNEL
}

namespace {

template <typename F> void run(fiber_order order, F body) {
  run_fibers(
      LANES, order, [](void *f) { (*static_cast<F *>(f))(); }, &body);
}

struct kernels {
#define PANA_KERNEL(name, parameters, arguments, cuda) void(*name) parameters;
#include "kernels.def"
#undef PANA_KERNEL
};

template <fiber_order ORDER> const kernels *table() {
  static const kernels all = {
#define PANA_KERNEL(name, parameters, arguments, cuda) \
  [] parameters { run(ORDER, [&] { pana_lanes_##name arguments; }); },
#include "kernels.def"
#undef PANA_KERNEL
  };
  return &all;
}

} // namespace

const void *emulated_lanes(fiber_order order) {
  return order == FIRST_TO_LAST ? table<FIRST_TO_LAST>() : table<LAST_TO_FIRST>();
}
