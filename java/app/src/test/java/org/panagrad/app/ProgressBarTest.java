package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.panagrad.train.Evaluation;
import org.panagrad.train.History;

class ProgressBarTest {
  private static final ProgressBar.Figures HALF = new ProgressBar.Figures(1, 2, 50, 100, 6400, 0.25, 0.9314, 3.2),
      END = new ProgressBar.Figures(2, 2, 100, 100, 12800, 0.125, 1, 6.4);
  private static final History.Epoch EPOCH = new History.Epoch(1, new Evaluation(0.5, List.of(0.85)),
      new Evaluation(0.25, List.of(0.925)), 12800, 6.4);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong(-5);

  private ProgressBar bar(boolean live, int columns, Charset charset) {
    return new ProgressBar(new Terminal(new PrintStream(bytes, true, charset), live, columns), 2, nanos::get);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theBarShowsTheFigures() {
    ProgressBar bar = bar(true, 80, StandardCharsets.UTF_8);
    assertEquals("Epoch 1/2 \u2588\u2588\u2588\u2588\u2588\u2591\u2591\u2591\u2591\u2591\u2591  "
        + "loss 0.2500  accuracy 93.1 %  2,000 images/s  0:10 left ", bar.bar(HALF));
    assertEquals(79, bar.bar(HALF).length());
    assertTrue(bar.bar(END).strip().endsWith("validating"), bar.bar(END));
    assertFalse(bar.bar(END).contains("\u2591"));
  }

  @Test
  void anotherCharsetGetsOtherCharacters() {
    assertEquals("Epoch 1/2 #####......  loss 0.2500  accuracy 93.1 %  2,000 images/s  0:10 left ",
        bar(true, 80, StandardCharsets.US_ASCII).bar(HALF));
  }

  @Test
  void theBarFitsAnyWidth() {
    for (int columns = 20; columns < 200; columns++) {
      assertEquals(columns - 1, bar(true, columns, StandardCharsets.UTF_8).bar(HALF).length());
    }
  }

  @Test
  void itIsDrawnTenTimesASecondAtMostAndAtTheEnd() {
    ProgressBar bar = bar(true, 80, StandardCharsets.UTF_8);
    assertTrue(bar.isDue(1, 100));
    bar.draw(HALF);
    assertFalse(bar.isDue(2, 100));
    nanos.addAndGet(99_999_999);
    assertFalse(bar.isDue(3, 100));
    nanos.addAndGet(1);
    assertTrue(bar.isDue(4, 100));
    bar.draw(HALF);
    assertFalse(bar.isDue(99, 100));
    assertTrue(bar.isDue(100, 100));
  }

  @Test
  void theEpochTakesTheBarsPlace() {
    ProgressBar bar = bar(true, 80, StandardCharsets.UTF_8);
    bar.draw(HALF);
    bar.onEpoch(EPOCH);
    bar.stop();
    bar.draw(HALF);
    String first = "Epoch 1/2  training    loss 0.5000  accuracy 85.00 %  2,000 images/s  0:06";
    assertEquals("\r" + bar.bar(HALF) + "\r" + first + " ".repeat(79 - first.length()) + System.lineSeparator()
        + "           validation  loss 0.2500  accuracy 92.50 %" + System.lineSeparator(), text());
  }

  @Test
  void plainLinesAreAHandful() {
    ProgressBar bar = bar(false, 80, StandardCharsets.UTF_8);
    for (int batches : new int[]{1, 2, 3, 4, 7, 469}) {
      int lines = 0;
      for (int batch = 1; batch <= batches; batch++) {
        lines += bar.isDue(batch, batches) ? 1 : 0;
      }
      assertEquals(Math.min(3, batches - 1), lines, batches + " batches");
    }
    bar.draw(HALF);
    assertEquals("Epoch 1/2   50 %  loss 0.2500  accuracy 93.1 %  2,000 images/s  0:10 left" + System.lineSeparator(),
        text());
  }

  @Test
  void timesAreReadable() {
    assertEquals("0:00", ProgressBar.time(0.2));
    assertEquals("1:05", ProgressBar.time(65));
    assertEquals("2:03:04", ProgressBar.time(2 * 3600 + 3 * 60 + 4));
  }
}
