/*
 * Threads of a GPU as fibers of one thread of the CPU, so that what is written for a GPU can be tested where there is
 * none. A fiber runs until it must meet others; which of those that can run goes on next is the caller's choice, so
 * that a test can try more than one order: what does not meet where it must then gives other bits.
 */
#ifndef PANA_TEST_FIBERS_H
#define PANA_TEST_FIBERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fiber_order { FIRST_TO_LAST, LAST_TO_FIRST } fiber_order;

/* Runs body(argument) in `count` fibers, at most FIBERS; fails the process where some wait and none can go on. */
enum { FIBERS = 1024 };
void run_fibers(int count, fiber_order order, void (*body)(void *argument), void *argument);

/* The number of the fiber that asks. */
int fiber_number(void);

/* Waits until all fibers of the group have come here: the `size` neighbours, a power of two, of which this is one. */
void fibers_meet(int size);

/* What the fiber `number` gives in the same call, among `size` neighbours. All of them must call it. */
uint64_t fiber_exchange(uint64_t value, int number, int size);

#ifdef __cplusplus
}
#endif
#endif
