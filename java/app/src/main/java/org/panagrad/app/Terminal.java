package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the output goes.
 *
 * @param out     standard output
 * @param live    whether a line can be drawn again
 * @param columns width
 */
record Terminal(PrintStream out, boolean live, int columns) {
  private static final int COLUMNS = 80, LEAST = 20;

  static Terminal detect(PrintStream out, Map<String, String> environment) {
    boolean live = isTerminal() && !"dumb".equals(environment.get("TERM"));
    return new Terminal(out, live, columns(environment.get("COLUMNS")));
  }

  /** Of the output alone: java.io.Console would also want the input to be a terminal. */
  private static boolean isTerminal() {
    Path output = Path.of("/proc/self/fd/1");
    if (Files.isSymbolicLink(output)) {
      try {
        return Files.readSymbolicLink(output).toString().matches("/dev/(pts/.*|tty.*|console)");
      } catch (IOException e) {
        return false;
      }
    }
    return System.console() != null && System.console().isTerminal();
  }

  static int columns(@Nullable String text) {
    return text != null && text.matches("[1-9][0-9]{0,3}") ? Math.max(LEAST, Integer.parseInt(text)) : COLUMNS;
  }
}
