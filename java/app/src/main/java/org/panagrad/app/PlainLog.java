package org.panagrad.app;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Shows what the library logs, such as a fallback and its reason, as one plain line each. */
final class PlainLog extends Handler {
  /** Held here, because java.util.logging forgets the settings of a logger that nobody holds. */
  private static final Logger LIBRARY = Logger.getLogger("org.panagrad");

  private final PrintStream err;
  private final SimpleFormatter formatter = new SimpleFormatter();

  private PlainLog(PrintStream err) {
    this.err = err;
  }

  static void install(PrintStream err) {
    LIBRARY.setUseParentHandlers(false);
    LIBRARY.addHandler(new PlainLog(err));
  }

  @Override
  public void publish(LogRecord line) {
    err.println("panagrad: " + formatter.formatMessage(line));
  }

  @Override
  public void flush() {
    err.flush();
  }

  @Override
  public void close() {
  }
}
