package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.panagrad.ChildJvm;
import org.panagrad.bench.run.Figure;
import org.panagrad.bench.run.Part;
import org.panagrad.bench.run.Row;
import org.panagrad.bench.run.Session;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.RowLoss;
import org.panagrad.kernel.Update;
import org.panagrad.kernel.UpdateRule;
import org.panagrad.optim.Adam;
import org.panagrad.optim.RuleMemory;

/**
 * How long the JVM needs to reach a safepoint while kernels go over large arrays and another thread makes garbage, so that
 * the collector wants one hundreds of times a second. The times are the JVM's own (-Xlog:safepoint), each kind of work in a
 * JVM of its own. What counts is the difference to {@code javaLoop}: a thread that can be stopped anywhere, and that keeps
 * the processor as busy. {@code inOneCall} is what the library does not do: e^x of the whole array in one critical call.
 */
public final class SafepointLatency implements Part {
  private static final Pattern REACHED = Pattern.compile("Reaching safepoint:\\s*(\\d+) ns");
  private static final String BASELINE = "javaLoop";

  /** What goes on beside the collector. */
  private enum Work {
    NOTHING, JAVA_LOOP, EXP_HEAP, EXP_OFF_HEAP, ADAM_HEAP, CROSS_ENTROPY_HEAP, CROSS_ENTROPY_OFF_HEAP, VECTOR_EXP_HEAP, SCALAR_EXP_HEAP, IN_ONE_CALL;

    /** In the words of the table. */
    String title() {
      StringBuilder title = new StringBuilder();
      for (String word : name().toLowerCase(Locale.ROOT).split("_")) {
        title.append(title.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
      }
      return title.toString();
    }
  }

  @Override
  public void run(Session session) {
    if (!session.wants("SafepointLatency")) {
      return;
    }
    List<Work> all = session.quick()
        ? List.of(Work.NOTHING, Work.JAVA_LOOP, Work.EXP_HEAP, Work.CROSS_ENTROPY_OFF_HEAP, Work.IN_ONE_CALL)
        : List.of(Work.values());
    Map<Work, Histogram> measured = new LinkedHashMap<>();
    for (Work work : all) {
      measured.put(work, measure(work, session.quick() ? 2 : 60));
    }
    Histogram baseline = measured.get(Work.JAVA_LOOP);
    measured.forEach((work, times) -> session.add(row(work, times, baseline)));
  }

  private static Histogram measure(Work work, int seconds) {
    List<String> flags = new ArrayList<>(ChildJvm.USUAL);
    flags.addAll(List.of("-Xms1g", "-Xmx1g", "-Xmn16m", "-XX:+UseSerialGC", "-Xlog:safepoint:stdout"));
    String output = ChildJvm.run(flags, Child.class, work.name(), String.valueOf(seconds)).ok().output();
    Histogram times = new Histogram(3);
    REACHED.matcher(output.substring(output.indexOf("begin"), output.indexOf("end="))).results()
        .forEach(match -> times.recordValue(Long.parseLong(match.group(1))));
    return times;
  }

  private static Row row(Work work, Histogram times, Histogram baseline) {
    Row row = Row.of("SafepointLatency." + work.title(), Map.of()).with(Figure.P50, times.getValueAtPercentile(50))
        .with(Figure.P99, times.getValueAtPercentile(99)).with(Figure.P999, times.getValueAtPercentile(99.9))
        .with(Figure.MAX, times.getMaxValue()).with(Figure.COUNT, times.getTotalCount());
    double over = 1e-3 * (times.getValueAtPercentile(99.9) - baseline.getValueAtPercentile(99.9));
    return row.because("p99.9 %+.1f µs to %s".formatted(over, BASELINE));
  }

  /** Repeats one kind of work while another thread allocates. */
  static final class Child {
    private static final int ELEMENTS = 8_000_000, CLASSES = 100_000;

    private Child() {
    }

    public static void main(String[] args) throws InterruptedException {
      Runnable call = call(Work.valueOf(args[0]));
      long warm = System.nanoTime() + 1_000_000_000L;
      while (System.nanoTime() < warm) {
        call.run();
      }
      long end = System.nanoTime() + 1_000_000_000L * Integer.parseInt(args[1]);
      long calls = 0;
      try (AllocatingThread _ = new AllocatingThread(0)) {
        System.out.println("begin");
        for (; System.nanoTime() < end; calls++) {
          call.run();
        }
        System.out.println("end=" + calls);
      }
    }

    private static Runnable call(Work work) {
      return switch (work) {
        case NOTHING -> Child::sleep;
        case JAVA_LOOP -> Child::count;
        case EXP_HEAP -> exp(Backend.NATIVE, true);
        case EXP_OFF_HEAP -> exp(Backend.NATIVE, false);
        case VECTOR_EXP_HEAP -> exp(Backend.VECTOR, true);
        case SCALAR_EXP_HEAP -> exp(Backend.SCALAR, true);
        case ADAM_HEAP -> adam();
        case CROSS_ENTROPY_HEAP -> crossEntropy(true);
        case CROSS_ENTROPY_OFF_HEAP -> crossEntropy(false);
        case IN_ONE_CALL -> {
          MemorySegment x = floats(true), y = floats(true);
          yield () -> RawCalls.critical(x, y, ELEMENTS);
        }
      };
    }

    private static void sleep() {
      try {
        Thread.sleep(10); // the row NOTHING: a thread that stops at once, so that the JVM's own time alone is measured
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static volatile long counter;

    private static void count() {
      for (int i = 0; i < 100_000; i++) {
        counter = i;
      }
    }

    private static MemorySegment floats(boolean heap) {
      return heap
          ? MemorySegment.ofArray(new float[ELEMENTS])
          : Arena.global().allocate(JAVA_FLOAT, ELEMENTS);
    }

    private static Runnable exp(Backend backend, boolean heap) {
      Kernels kernels = Backends.of(backend);
      MemorySegment x = floats(heap), y = floats(heap);
      return () -> kernels.exp(x, y, 0, ELEMENTS);
    }

    private static Runnable adam() {
      Kernels kernels = Backends.of(Backend.NATIVE);
      MemorySegment p = floats(true), g = floats(true), m = floats(true), v = floats(true);
      Update update = new Update(UpdateRule.ADAM);
      new Adam(0.9, 0.999, 1e-8, false, false).prepare(update, 1e-3, 10, new RuleMemory());
      return () -> kernels.update(update, p, g, m, v, null, null, null, 1, 0, ELEMENTS);
    }

    private static Runnable crossEntropy(boolean heap) {
      Kernels kernels = Backends.of(Backend.NATIVE);
      int rows = ELEMENTS / CLASSES;
      MemorySegment logits = floats(heap), gradient = floats(heap);
      MemorySegment labels = MemorySegment.ofArray(new int[rows]), losses = MemorySegment.ofArray(new float[rows]);
      RowLoss loss = RowLoss.softmaxCrossEntropy();
      return () -> kernels.rowLoss(loss, logits, labels, null, gradient, losses, null, CLASSES, 1, 0, rows);
    }
  }
}
