package org.panagrad.bench;

/**
 * What one operation of a benchmark does, and so what limits it.
 *
 * @param elements     what its time is divided by; 0 if it has none
 * @param stream       how it goes through memory
 * @param bytes        read and written, each array once; 0 if nobody counts
 * @param exps         exponentials, logarithms and the like
 * @param multiplyAdds of matrix products
 */
public record Work(double elements, Stream stream, double bytes, double exps, double multiplyAdds) {
  /** The shape of a pass over memory, which LimitBenchmark measures under the same name. */
  public enum Stream {
    /** Reads alone. */
    READ,
    /** As much is written as read, elsewhere. */
    COPY,
    /** Four reads and three writes, in place. */
    UPDATE
  }

  /** A pass over memory. */
  public static Work of(double elements, Stream stream, double bytes) {
    return new Work(elements, stream, bytes, 0, 0);
  }

  /** The same with exponentials. */
  public Work exps(double count) {
    return new Work(elements, stream, bytes, count, multiplyAdds);
  }

  /** Nothing but matrix products. */
  public static Work products(double elements, double multiplyAdds) {
    return new Work(elements, Stream.COPY, 0, 0, multiplyAdds);
  }
}
