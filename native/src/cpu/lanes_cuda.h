/* Lanes as threads of a GPU: half a warp. */
#define LANES_MASK (0xffffu << (threadIdx.x & 16u))

static inline int lane_number(void) { return (int)(threadIdx.x & 15u); }

/* v of another lane. */
static inline float lane_of(float v, int lane) { return __shfl_sync(LANES_MASK, v, lane, LANES); }

static inline void lanes_meet(void) { __syncwarp(LANES_MASK); }
