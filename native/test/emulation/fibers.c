/* swapcontext asks the kernel for the signal mask each time; it only begins a fiber here, and _longjmp goes on. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* it takes a jump to another stack for a mistake */
#include "fibers.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 1 << 18, SIZES = 11 };

typedef struct {
  unsigned char *stack;
  jmp_buf place;
  int begun, ended;
  int waits;                /* log2 of the size of the group that it waits for, or -1 */
  uint64_t met[SIZES];      /* how often it has come to meet a group of that size */
  uint64_t given[SIZES][2]; /* by turns: a neighbour may still read the one before */
} fiber;

static fiber fibers[FIBERS];
static int fiber_count, current;
static ucontext_t scheduler_context;
static jmp_buf scheduler;
static void (*fiber_body)(void *);
static void *fiber_argument;

static void begin(void) {
  fiber_body(fiber_argument);
  fibers[current].ended = 1;
  _longjmp(scheduler, 1);
}

static void go_on(int number) {
  fiber *f = &fibers[number];
  current = number;
  if (_setjmp(scheduler))
    return;
  if (f->begun)
    _longjmp(f->place, 1);
  f->begun = 1;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = f->stack;
  context.uc_stack.ss_size = STACK;
  context.uc_link = &scheduler_context;
  makecontext(&context, begin, 0);
  setcontext(&context);
}

/* Whether all of the group that it waits for have come as often as it has, or have ended. */
static int may_go_on(int number) {
  const fiber *f = &fibers[number];
  if (f->ended)
    return 0;
  if (f->waits < 0)
    return 1;
  int size = 1 << f->waits, first = number / size * size;
  for (int k = first; k < first + size && k < fiber_count; k++)
    if (!fibers[k].ended && fibers[k].met[f->waits] < f->met[f->waits])
      return 0;
  return 1;
}

void run_fibers(int count, fiber_order order, void (*body)(void *), void *argument) {
  if (count > FIBERS) {
    fprintf(stderr, "%d fibers, at most %d\n", count, FIBERS);
    abort();
  }
  fiber_count = count;
  fiber_body = body;
  fiber_argument = argument;
  for (int k = 0; k < count; k++) {
    fiber *f = &fibers[k];
    if (!f->stack)
      f->stack = malloc(STACK);
    f->begun = f->ended = 0;
    f->waits = -1;
    memset(f->met, 0, sizeof f->met);
  }
  for (int left = count, moved = 1; left > 0;) {
    if (!moved) {
      fprintf(stderr, "%d fibers wait for others that never come\n", left);
      abort();
    }
    moved = 0;
    for (int i = 0; i < count; i++) {
      int number = order == FIRST_TO_LAST ? i : count - 1 - i;
      if (!may_go_on(number))
        continue;
      go_on(number);
      moved = 1;
      left -= fibers[number].ended;
    }
  }
}

int fiber_number(void) { return current; }

static int log2_of(int size) { return __builtin_ctz((unsigned)size); }

void fibers_meet(int size) {
  fiber *f = &fibers[current];
  f->waits = log2_of(size);
  f->met[f->waits]++;
  if (!_setjmp(f->place))
    _longjmp(scheduler, 1);
  fibers[current].waits = -1;
}

uint64_t fiber_exchange(uint64_t value, int number, int size) {
  int log = log2_of(size);
  uint64_t turn = fibers[current].met[log] % 2;
  fibers[current].given[log][turn] = value;
  fibers_meet(size);
  return fibers[current / size * size + number % size].given[log][turn];
}
