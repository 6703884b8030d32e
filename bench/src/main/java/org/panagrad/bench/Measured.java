package org.panagrad.bench;

/** A benchmark that knows from its parameters alone, before any data is there, what an operation does. */
public interface Measured {
  /**
   * What it does.
   *
   * @param method the benchmark's
   * @return its work
   */
  Work work(String method);
}
