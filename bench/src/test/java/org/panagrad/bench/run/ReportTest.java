package org.panagrad.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.panagrad.bench.Work;
import org.panagrad.bench.Work.Stream;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;

class ReportTest {
  private static final Map<String, String> MACHINE = Map.of("Processor", "a processor");

  @BeforeAll
  static void point() {
    Locale.setDefault(Locale.ROOT);
  }

  private static Session session() {
    return new Session(true, Pattern.compile(""), Map.of(), Path.of("."), new PrintStream(new ByteArrayOutputStream()));
  }

  private static Row kernel(String backend, double time) {
    return Row.of("KernelBenchmark.call", Map.of("kernel", "exp_f32", "backend", backend)).with(Figure.TIME, time);
  }

  /** 1000 elements of 8 bytes in 500 ns, where a copy of 8,000 bytes takes 400 and as many exps 250. */
  private static List<Row> rows() {
    Session session = session();
    session.add(Row.of("LimitBenchmark.copy", Map.of()).with(Figure.TIME, 200), Work.of(0, Stream.COPY, 4000));
    session.add(Row.of("LimitBenchmark.copy", Map.of()).with(Figure.TIME, 800), Work.of(0, Stream.COPY, 16_000));
    session.add(Row.of("PeakBenchmark.exps", Map.of()).with(Figure.TIME, 25), Work.of(100, Stream.COPY, 0).exps(100));
    Work work = Work.of(1000, Stream.COPY, 8000).exps(1000);
    session.add(kernel("NATIVE", 500), work);
    session.add(kernel("SCALAR", 5000), work);
    session.add(kernel("VECTOR", 450), work);
    return session.rows();
  }

  @Test
  void aRowSaysTimeElementBandwidthAndShareOfTheGreaterLimit() {
    Row row = rows().get(3);
    assertEquals(0.5, row.perElement());
    assertEquals(16, row.bandwidth());
    assertEquals("copy", row.limit());
    assertEquals(0.8, row.ofLimit(), 1e-12);
    assertTrue(
        Text.line(row).matches("KernelBenchmark.call .*500 ns  ns/element 0.500  GB/s 16.0  of limit 80 % \\(copy\\)"),
        Text.line(row));
  }

  @Test
  void markdownHasAColumnForEachFigureAndTheRowsThatAreLost() {
    String text = new Report(MACHINE, rows()).markdown();
    assertTrue(text.contains("| Processor | a processor |"), text);
    assertTrue(text.contains("## KernelBenchmark"), text);
    assertTrue(text.contains("| ns an element | GB/s | of the limit |"), text);
    assertTrue(text.contains("500 ns | 0.500 | 16.0 | 80 % (copy) |"), text);
    assertTrue(text.contains("## Where native code loses"), text);
    assertTrue(text.contains("- KernelBenchmark.call{kernel=exp_f32}: 500 ns, VECTOR 450 ns"), text);
    assertFalse(text.contains("SCALAR 5"), text);
  }

  @Test
  void jsonHoldsEveryFigure() throws DataException {
    Map<?, ?> whole = (Map<?, ?>) Json.parse(new Report(MACHINE, rows()).json());
    Map<?, ?> row = (Map<?, ?>) ((List<?>) whole.get("rows")).get(3);
    assertEquals(500.0, row.get("time"));
    assertEquals(8000.0, row.get("bytes"));
    assertEquals("copy", row.get("limitedBy"));
    assertEquals(MACHINE, whole.get("environment"));
  }

  @Test
  void theChartHasABarForEachNativeRow() {
    String svg = Chart.svg(rows());
    assertTrue(svg.contains(">80 % of copy</text>"), svg);
    assertEquals(1, svg.split("fill=\"#4c78a8\"", -1).length - 1);
  }

  @Test
  void aStepIsComparedWithItsProducts() {
    Session session = session();
    Work work = Work.products(32, 1e6);
    session.add(Row.of("TrainingStepBenchmark.products", Map.of("network", "CNN", "threads", "1")).with(Figure.TIME, 6),
        work);
    session.add(Row.of("TrainingStepBenchmark.step", Map.of("network", "CNN", "threads", "2")).with(Figure.TIME, 8),
        work);
    assertEquals(0.75, session.rows().getLast().ofLimit());
  }

  @Test
  void aRowWithoutFiguresSaysWhy() {
    Row row = Row.of("JniBenchmark.empty", Map.of()).because("no jni.h");
    assertEquals("JniBenchmark.empty: no jni.h", Text.line(row));
    assertTrue(new Report(MACHINE, List.of(row)).markdown().contains("| empty | no jni.h |"));
  }
}
