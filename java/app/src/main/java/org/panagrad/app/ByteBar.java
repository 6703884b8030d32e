package org.panagrad.app;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how a file comes in: a bar drawn again and again on a terminal, one line at the end elsewhere. */
final class ByteBar {
  private static final long REDRAW_NANOS = 100_000_000; // ten times a second
  private static final int GREATEST_BAR = 40, LEAST_BAR = 8;

  private final Terminal terminal;
  private final PrintStream out;
  private final String name;
  private final long total;
  private final LongSupplier nanoTime;
  private final char done, open;
  private long bytes, drawnAt = Long.MIN_VALUE;

  /** The total is -1 where the server did not say. */
  ByteBar(Terminal terminal, String name, long total, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.out = terminal.out();
    this.name = name;
    this.total = total;
    this.nanoTime = nanoTime;
    boolean blocks = ProgressBar.hasBlocks(out);
    done = blocks ? ProgressBar.DONE : '#';
    open = blocks ? ProgressBar.OPEN : '.';
  }

  void add(int count) {
    bytes += count;
    if (terminal.live() && (drawnAt == Long.MIN_VALUE || nanoTime.getAsLong() - drawnAt >= REDRAW_NANOS)) {
      drawnAt = nanoTime.getAsLong();
      out.print("\r" + line());
      out.flush();
    }
  }

  /** As wide as the terminal less one column. */
  String line() {
    int width = terminal.columns() - 1;
    String size = total < 0 ? megabytes(bytes) : megabytes(bytes) + " of " + megabytes(total);
    int room = width - name.length() - size.length() - 4;
    String bar = "";
    if (total > 0 && room >= LEAST_BAR) {
      int length = Math.min(room, GREATEST_BAR), filled = (int) (length * Math.min(bytes, total) / total);
      bar = String.valueOf(done).repeat(filled) + String.valueOf(open).repeat(length - filled) + "  ";
    }
    return padded(name + "  " + bar + size, width);
  }

  /** Leaves the line. */
  void end(String outcome) {
    String text = name + "  " + megabytes(bytes) + ", " + outcome;
    out.println(terminal.live() ? "\r" + padded(text, terminal.columns() - 1) : text);
  }

  private static String padded(String text, int width) {
    return text.length() > width ? text.substring(0, width) : text + " ".repeat(width - text.length());
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MB", bytes * 1e-6);
  }
}
