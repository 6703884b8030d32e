package org.panagrad.examples;

import java.io.IOException;

/** A program that trains something small and says what came of it. Stateless; {@link Examples} lists all. */
public interface Example {
  /**
   * Its name on the command line.
   *
   * @return in lower case, with hyphens
   */
  String name();

  /**
   * What it shows.
   *
   * @return one line
   */
  String description();

  /**
   * Runs it.
   *
   * @param setting where, with what data, how long
   * @return what came of it
   * @throws IOException if data cannot be read or a file cannot be written
   */
  Report run(Setting setting) throws IOException;
}
