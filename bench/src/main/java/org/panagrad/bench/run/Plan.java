package org.panagrad.bench.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.panagrad.bench.Crossover;
import org.panagrad.bench.ColdCall;
import org.panagrad.bench.JniLibrary;
import org.panagrad.bench.LatencyBenchmark;
import org.panagrad.bench.SafepointLatency;
import org.panagrad.bench.run.JmhPart.Effort;
import org.panagrad.kernel.KernelCase;
import org.panagrad.kernel.KernelCases;

/** What a run measures, in order: the limits first, since the rest is compared with them. */
final class Plan {
  /** Kernels that are measured in all ways: each family's commonest, and what services and training spend time in. */
  private static final String[] CHOSEN = {"exp_f32", "relu_f32", "softmax_cross_entropy_f32", "mean_squared_error_f32",
      "adam_f32", "column_sums_f32"};
  private static final String[] CHOSEN_QUICKLY = {"exp_f32", "softmax_cross_entropy_f32", "mean_squared_error_f32",
      "adam_f32"};

  private final boolean quick;
  private final Effort effort;
  private final long first = Caches.bytes(1) * 3 / 4, second = Caches.bytes(2) / 2, beyond = 3 * Caches.bytes(3);

  Plan(boolean quick) {
    this.quick = quick;
    effort = quick ? new Effort(1, 1, 3, 100) : new Effort(1, 3, 5, 200);
  }

  /**
   * The parts.
   *
   * @param peers whether those of other libraries are measured too
   */
  List<Part> parts(boolean peers) {
    List<Part> parts = new ArrayList<>(limits());
    parts.addAll(quick ? kernelsQuickly() : kernels());
    parts.addAll(wholeWork());
    parts.addAll(boundary());
    parts.add(new SafepointLatency());
    parts.add(new LatencyBenchmark());
    if (peers) {
      parts.add(JmhPart.of("\\.peers\\.", quick ? effort : new Effort(2, 3, 5, 300)));
    }
    return parts;
  }

  private List<Part> limits() {
    Effort effort = quick ? new Effort(1, 3, 3, 100) : this.effort; // everything rests on them
    JmhPart streams = JmhPart.of("\\.LimitBenchmark\\.", effort);
    return List.of(quick ? streams.with("bytes", "14336", "458752", "100663296") : streams,
        JmhPart.of("\\.PeakBenchmark\\.", effort));
  }

  private static String[] all() {
    return KernelCases.all().stream().map(KernelCase::name).toArray(String[]::new);
  }

  private static String[] strings(long... numbers) {
    return Arrays.stream(numbers).mapToObj(Long::toString).toArray(String[]::new);
  }

  private JmhPart kernel(String... names) {
    return JmhPart.of("\\.KernelBenchmark\\.", effort).with("kernel", names);
  }

  private List<Part> kernelsQuickly() {
    return List.of(
        kernel(CHOSEN_QUICKLY).with("backend", "NATIVE").with("memory", "native").with("bytes",
            strings(second, beyond)),
        new JmhPart("\\.KernelBenchmark\\.", Map.of(), new Effort(1, 4, 3, 250)) // the Vector API warms up slowly
            .with("kernel", "adam_f32").with("backend", "VECTOR", "SCALAR").with("memory", "heap")
            .with("bytes", strings(second)));
  }

  /** Every kernel in the second-level cache on every backend, and beyond the caches; the chosen ones in every way. */
  private List<Part> kernels() {
    return List.of(
        kernel(all()).with("memory", "native").with("bytes", strings(second)),
        kernel(all()).with("backend", "NATIVE").with("memory", "native").with("bytes", strings(beyond)),
        kernel(CHOSEN).with("odd", "false", "true").with("bytes", strings(first, beyond / 12)),
        kernel(CHOSEN).with("odd", "true").with("bytes", strings(second, beyond)),
        kernel(CHOSEN).with("memory", "heap").with("bytes", strings(second, beyond)));
  }

  private List<Part> wholeWork() {
    JmhPart steps = JmhPart.of("\\.TrainingStepBenchmark\\.step",
        quick ? new Effort(1, 2, 3, 400) : new Effort(2, 5, 5, 1000));
    JmhPart products = new JmhPart("\\.TrainingStepBenchmark\\.products", steps.parameters(), effort)
        .with("threads", "1");
    JmhPart predictions = JmhPart.of("\\.PredictionBenchmark\\.", effort).with("backend", "NATIVE");
    if (quick) {
      return List.of(on32(products), on32(steps).with("threads", "1"), predictions);
    }
    return List.of(products.with("backend", "NATIVE"), steps, predictions,
        JmhPart.of("\\.(SoftmaxCrossEntropy|ElementLoss|CustomLoss|Updater)Benchmark\\.", effort)
            .with("backend", "NATIVE")
            .with("memory", "native"),
        JmhPart.of("\\.LinearCrossEntropyBenchmark\\.", new Effort(1, 1, 3, 1000)));
  }

  private static JmhPart on32(JmhPart part) {
    return part.with("batchSize", "32").with("product", "BUILTIN").with("backend", "NATIVE");
  }

  private List<Part> boundary() {
    String missing = JniLibrary.missing();
    Part jni = missing == null
        ? JmhPart.of("\\.JniBenchmark\\.", effort)
        : session -> session.add(Row.of("JniBenchmark.empty", Map.of()).because(missing));
    return List.of(JmhPart.of("\\.CallBenchmark\\.", effort), jni, new Crossover(), new ColdCall());
  }
}
