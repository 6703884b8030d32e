package org.panagrad.bench.run;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.util.Statistics;
import org.panagrad.bench.Measured;
import org.panagrad.bench.Work;

/** Makes rows of what JMH measures, one when each is there. What JMH says otherwise goes nowhere but for failures. */
final class JmhRows implements OutputFormat {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Session session;

  JmhRows(Session session) {
    this.session = session;
  }

  @Override
  public void endBenchmark(@Nullable BenchmarkResult result) {
    if (result == null || result.getPrimaryResult() == null) {
      return; // it failed, and JMH has said so
    }
    BenchmarkParams params = result.getParams();
    Map<String, String> parameters = new LinkedHashMap<>();
    params.getParamsKeys().stream().sorted().forEach(key -> parameters.put(key, params.getParam(key)));
    Statistics times = result.getPrimaryResult().getStatistics();
    double unit = params.getTimeUnit().toNanos(1);
    Row row = Row.of(name(params.getBenchmark()), parameters).with(Figure.TIME, unit * times.getPercentile(50))
        .with(Figure.FASTEST, unit * times.getMin()).with(Figure.SLOWEST, unit * times.getMax());
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
    if (allocated != null) {
      row = row.with(Figure.ALLOCATED, allocated.getScore());
    }
    session.add(row, work(params));
  }

  /** Class and method, without packages. */
  static String name(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }

  /** What the benchmark says of itself when its parameters are set. */
  private static @Nullable Work work(BenchmarkParams params) {
    int method = params.getBenchmark().lastIndexOf('.');
    try {
      Object benchmark = Class.forName(params.getBenchmark().substring(0, method)).getConstructor().newInstance();
      if (!(benchmark instanceof Measured measured)) {
        return null;
      }
      for (Field field : benchmark.getClass().getFields()) {
        if (params.getParamsKeys().contains(field.getName())) {
          field.set(benchmark, value(field.getType(), params.getParam(field.getName())));
        }
      }
      return measured.work(params.getBenchmark().substring(method + 1));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(params.getBenchmark() + " cannot be asked what it does", e);
    }
  }

  private static Object value(Class<?> type, String text) {
    if (type == int.class) {
      return Integer.parseInt(text);
    }
    if (type == long.class) {
      return Long.parseLong(text);
    }
    if (type == boolean.class) {
      return Boolean.parseBoolean(text);
    }
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(text)) {
          return constant;
        }
      }
    }
    return text;
  }

  @Override
  public void println(String text) {
    if (text.contains("xception") || text.contains("Error") || text.contains("ERROR")) {
      System.err.println(text);
    }
  }

  @Override
  public void print(String text) {
    println(text);
  }

  @Override
  public void iteration(BenchmarkParams params, IterationParams iteration, int number) {
  }

  @Override
  public void iterationResult(BenchmarkParams params, IterationParams iteration, int number, IterationResult data) {
  }

  @Override
  public void startBenchmark(BenchmarkParams params) {
  }

  @Override
  public void startRun() {
  }

  @Override
  public void endRun(Collection<RunResult> results) {
  }

  @Override
  public void flush() {
  }

  @Override
  public void close() {
  }

  @Override
  public void verbosePrintln(String text) {
  }

  @Override
  public void write(int b) {
  }

  @Override
  public void write(byte[] b) throws IOException {
  }
}
