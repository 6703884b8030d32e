package org.panagrad.bench.run;

/** One measurement of a run, or a family of them. */
public interface Part {
  /**
   * Measures.
   *
   * @param session takes the rows
   * @throws Exception if it cannot be measured at all
   */
  void run(Session session) throws Exception;
}
