package org.panagrad.app;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.panagrad.train.Evaluation;
import org.panagrad.train.History;
import org.panagrad.train.Progress;
import org.panagrad.train.TrainingListener;

/** Shows how training goes: a bar drawn again and again on a terminal, a few lines per epoch elsewhere. */
final class ProgressBar implements TrainingListener {
  private static final long REDRAW_NANOS = 100_000_000; // ten times a second
  private static final int PLAIN_LINES = 4; // per epoch; the last is the epoch's own
  private static final int LEAST_BAR = 8, GREATEST_BAR = 40;
  static final char DONE = '\u2588', OPEN = '\u2591';

  private final Terminal terminal;
  private final PrintStream out;
  private final int epochs;
  private final LongSupplier nanoTime;
  private final char done, open;
  private long drawnAt = Long.MIN_VALUE;
  private boolean inLine, stopped;

  /** Figures of the epoch under way. */
  record Figures(int epoch, int epochs, int batch, int batches, long samples, double loss, double accuracy,
      double seconds) {

    static Figures of(Progress progress) {
      return new Figures(progress.epoch(), progress.epochs(), progress.batch(), progress.batches(), progress.samples(),
          progress.loss(), progress.metric(0), progress.seconds());
    }

    /** Of the whole run, if later epochs take as long as this one. */
    double secondsLeft() {
      return seconds / batch * ((double) (epochs - epoch + 1) * batches - batch);
    }
  }

  ProgressBar(Terminal terminal, int epochs, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.out = terminal.out();
    this.epochs = epochs;
    this.nanoTime = nanoTime;
    boolean blocks = hasBlocks(out);
    done = blocks ? DONE : '#';
    open = blocks ? OPEN : '.';
  }

  /** Whether the output's encoding has the characters of a bar. */
  static boolean hasBlocks(PrintStream out) {
    Charset charset = out.charset();
    return charset.canEncode() && charset.newEncoder().canEncode("" + DONE + OPEN);
  }

  @Override
  public void onTrainingBatch(Progress progress) {
    if (isDue(progress.batch(), progress.batches())) {
      draw(Figures.of(progress));
    }
  }

  /** Asked after every step, so it makes no objects. */
  boolean isDue(int batch, int batches) {
    if (!terminal.live()) {
      long before = (long) (batch - 1) * PLAIN_LINES / batches, now = (long) batch * PLAIN_LINES / batches;
      return now > before && batch < batches;
    }
    return drawnAt == Long.MIN_VALUE || batch == batches || nanoTime.getAsLong() - drawnAt >= REDRAW_NANOS;
  }

  synchronized void draw(Figures figures) {
    if (stopped) {
      return;
    }
    drawnAt = nanoTime.getAsLong();
    if (terminal.live()) {
      out.print("\r" + bar(figures));
      out.flush();
      inLine = true;
    } else {
      String part = format("%3.0f %%", 100.0 * figures.batch / figures.batches);
      out.println((epoch(figures.epoch) + "  " + part + "  " + String.join("  ", fields(figures))).stripTrailing());
    }
  }

  /** As wide as the terminal less one column, where many terminals would begin a new line. */
  String bar(Figures figures) {
    int width = terminal.columns() - 1;
    List<String> fields = fields(figures);
    while (!fields.isEmpty() && rest(width, figures, fields) < LEAST_BAR) {
      fields.removeLast();
    }
    int length = Math.clamp(rest(width, figures, fields), 0, GREATEST_BAR);
    int filled = (int) ((long) length * figures.batch / figures.batches);
    String line = epoch(figures.epoch) + " " + String.valueOf(done).repeat(filled)
        + String.valueOf(open).repeat(length - filled) + "  " + String.join("  ", fields);
    return line.length() > width ? line.substring(0, width) : line + " ".repeat(width - line.length());
  }

  private int rest(int width, Figures figures, List<String> fields) {
    return width - epoch(figures.epoch).length() - 3 - String.join("  ", fields).length();
  }

  private String epoch(int number) {
    return "Epoch " + number + "/" + epochs;
  }

  /** Of the same widths most of the time, so that the bar keeps its length. */
  private static List<String> fields(Figures figures) {
    List<String> fields = new ArrayList<>();
    fields.add(loss(figures.loss));
    fields.add("accuracy " + format("%4.1f %%", 100 * figures.accuracy));
    fields.add(format("%,5.0f images/s", figures.samples / figures.seconds));
    fields
        .add(format("%-10s", figures.batch == figures.batches ? "validating" : time(figures.secondsLeft()) + " left"));
    return fields;
  }

  @Override
  public synchronized void onEpoch(History.Epoch epoch) {
    String name = epoch(epoch.number());
    line(name + "  training    " + measured(epoch.training()) + "  " + speed(epoch.samplesPerSecond()) + "  "
        + time(epoch.seconds()));
    Evaluation validation = epoch.validation();
    if (validation != null) {
      line(" ".repeat(name.length()) + "  validation  " + measured(validation));
    }
  }

  private void line(String text) {
    // over the bar, if one is there
    out.println(inLine ? "\r" + text + " ".repeat(Math.max(0, terminal.columns() - 1 - text.length())) : text);
    inLine = false;
  }

  /** Leaves the line of the bar, and draws no more. */
  synchronized void stop() {
    stopped = true;
    if (inLine) {
      out.println();
      inLine = false;
    }
  }

  // figures as text, here and in the summary

  static String measured(Evaluation evaluation) {
    return loss(evaluation.loss()) + "  accuracy " + format("%.2f %%", 100 * evaluation.metrics().getFirst());
  }

  private static String loss(double loss) {
    return "loss " + format("%.4f", loss);
  }

  static String speed(double perSecond) {
    return format("%,.0f images/s", perSecond);
  }

  static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? format("%d:%02d", whole / 60, whole % 60)
        : format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
