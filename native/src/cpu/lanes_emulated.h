/* Lanes as fibers on the CPU, for tests where there is no GPU: native/test/emulation has them. */
#ifdef __cplusplus
extern "C" {
#endif
int pana_emulated_lane(void);
float pana_emulated_lane_of(float v, int lane);
void pana_emulated_lanes_meet(void);
#ifdef __cplusplus
}
#endif

static inline int lane_number(void) { return pana_emulated_lane(); }
static inline float lane_of(float v, int lane) { return pana_emulated_lane_of(v, lane); }
static inline void lanes_meet(void) { pana_emulated_lanes_meet(); }
