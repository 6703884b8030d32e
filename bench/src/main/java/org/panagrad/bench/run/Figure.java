package org.panagrad.bench.run;

/** What was measured, or follows from it. */
public enum Figure {
  /** Nanoseconds of an operation: the median. */
  TIME,
  /** The fastest iteration. */
  FASTEST,
  /** The slowest iteration. */
  SLOWEST,
  /** What the time is divided by. */
  ELEMENTS,
  /** Read and written. */
  BYTES,
  /** Nanoseconds that the limit takes, in this run. */
  LIMIT,
  /** Bytes on the Java heap, an operation. */
  ALLOCATED,
  /** Nanoseconds within which half of all operations end. */
  P50,
  /** 99 %. */
  P99,
  /** 99.9 %. */
  P999,
  /** The longest. */
  MAX,
  /** How many operations the percentiles come of. */
  COUNT,
  /** Elements from which native code is faster than plain Java. */
  CROSSOVER
}
