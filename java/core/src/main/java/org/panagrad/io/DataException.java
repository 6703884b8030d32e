package org.panagrad.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file's content is not what it should be; the message names file, place, value and what was expected. */
public final class DataException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * A problem of a text whose file is not known here.
   *
   * @param problem place, value and what was expected
   */
  public DataException(String problem) {
    super(problem);
  }

  /**
   * A problem of a file.
   *
   * @param file the file
   * @param problem place, value and what was expected
   */
  public DataException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /**
   * A problem of a file that another exception told.
   *
   * @param file the file
   * @param problem place, value and what was expected; the cause's message is added to it
   * @param cause what told it
   */
  public DataException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem + ": " + cause.getMessage(), cause);
  }
}
