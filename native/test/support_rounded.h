/*
 * A number and how far a computation of it in float may be off: an operation adds its own rounding to what its operands
 * bring along. An oracle that goes through a kernel's formula in these has a derived tolerance at the end.
 */
#ifndef PANA_TEST_SUPPORT_ROUNDED_H
#define PANA_TEST_SUPPORT_ROUNDED_H

#include <float.h>
#include <math.h>

#include "support.h"

typedef struct rounded {
  double value, error;
} rounded;

static inline rounded exactly(double value) { return (rounded){value, 0}; }

/* What a float keeps: beyond its range nothing is left to be near to; an error of NaN (0 * inf) is any. */
static inline rounded rounded_of(double value, double error) {
  if (!(fabs(value) <= (double)FLT_MAX))
    return exactly(isnan(value) ? value : copysign(INFINITY, value));
  return (rounded){value, isnan(error) ? INFINITY : error + U * (fabs(value) + error) + TINY};
}

static inline rounded plus(rounded x, rounded y) { return rounded_of(x.value + y.value, x.error + y.error); }
static inline rounded minus(rounded x, rounded y) { return rounded_of(x.value - y.value, x.error + y.error); }

static inline rounded times(rounded x, rounded y) {
  double error = fabs(x.value) * y.error + fabs(y.value) * x.error + x.error * y.error;
  return rounded_of(x.value * y.value, error);
}

static inline rounded over(rounded x, rounded y) {
  double quotient = x.value / y.value, least = fabs(y.value) - y.error;
  double error = (x.error + fabs(quotient) * y.error) / (least > 0 ? least : 0);
  return rounded_of(quotient, error);
}

static inline rounded root(rounded x) {
  double high = sqrt(fmax(x.value + x.error, 0)), low = sqrt(fmax(x.value - x.error, 0));
  return rounded_of(sqrt(x.value), high - low);
}

static inline rounded greater(rounded x, rounded y) {
  return (rounded){x.value > y.value ? x.value : y.value, fmax(x.error, y.error)};
}

static inline rounded magnitude(rounded x) { return (rounded){fabs(x.value), x.error}; }

#endif
