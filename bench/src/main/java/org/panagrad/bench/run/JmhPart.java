package org.panagrad.bench.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Benchmarks of JMH.
 *
 * @param benchmarks regular expression that their names contain
 * @param parameters by name; others have the values of their annotations
 * @param effort     how long
 */
record JmhPart(String benchmarks, Map<String, String[]> parameters, Effort effort) implements Part {

  /**
   * How long a row is measured.
   *
   * @param forks        JVMs, one after the other
   * @param warmups      iterations before those that count
   * @param iterations   those that count, in each JVM
   * @param milliseconds of an iteration
   */
  record Effort(int forks, int warmups, int iterations, int milliseconds) {
  }

  static JmhPart of(String benchmarks, Effort effort) {
    return new JmhPart(benchmarks, Map.of(), effort);
  }

  JmhPart with(String parameter, String... values) {
    Map<String, String[]> all = new LinkedHashMap<>(parameters);
    all.put(parameter, values);
    return new JmhPart(benchmarks, all, effort);
  }

  @Override
  public void run(Session session) throws RunnerException {
    TimeValue time = TimeValue.milliseconds(effort.milliseconds);
    ChainedOptionsBuilder options = new OptionsBuilder()
        .include("(?=.*(" + benchmarks + "))(?=.*(" + session.only() + "))").forks(effort.forks)
        .warmupIterations(effort.warmups).warmupTime(time).measurementIterations(effort.iterations)
        .measurementTime(time).addProfiler(GCProfiler.class)
        .jvmArgsAppend("-Xbatch"); // code is compiled when it is hot, not later when a core is free
    Map<String, String[]> all = new LinkedHashMap<>(parameters);
    all.putAll(session.parameters());
    all.forEach(options::param);
    try {
      new Runner(options.build(), new JmhRows(session)).run();
    } catch (NoBenchmarksException e) {
      return; // none of these was asked for
    }
  }
}
