package org.panagrad.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import org.panagrad.ChildJvm;
import org.panagrad.bench.run.Figure;
import org.panagrad.bench.run.Part;
import org.panagrad.bench.run.Row;
import org.panagrad.bench.run.Session;
import org.panagrad.ffi.EmptyCall;
import org.panagrad.kernel.Backend;

/**
 * How long a caller waits for the prediction of one sample: closed loops, each caller with a model of its own, alone and
 * with as many callers as cores, with and without a thread that allocates 500 MB a second. After each prediction a caller
 * makes empty native calls for about as long: {@code empty} is that time, the machine's own jitter under the same load.
 */
public final class LatencyBenchmark implements Part {
  private static final long GARBAGE = 500_000_000;
  private static final String OURS = "PANAGRAD";

  @Override
  public void run(Session session) {
    if (!session.wants("LatencyBenchmark.predict")) {
      return;
    }
    List<Workload> networks = session.quick()
        ? List.of(Workload.SMALL_MLP, Workload.MLP)
        : List.of(Workload.SMALL_MLP, Workload.MLP, Workload.CNN);
    measure(session, OURS, List.of(), networks, session.quick() ? 1 : 60);
    for (PeerPredictors peers : ServiceLoader.load(PeerPredictors.class)) {
      for (String name : peers.names()) {
        measure(session, name, peers.flags(), networks, session.quick() ? 1 : 10);
      }
    }
  }

  private static void measure(Session session, String library, List<String> flags, List<Workload> networks,
      int seconds) {
    int cores = Runtime.getRuntime().availableProcessors();
    for (Workload network : networks) {
      for (int callers = 1; callers <= cores; callers += Math.max(1, cores - 1)) {
        for (boolean allocating : new boolean[]{false, true}) {
          Map<String, String> parameters = new LinkedHashMap<>();
          parameters.put("library", library);
          parameters.put("network", network.name());
          parameters.put("callers", String.valueOf(callers));
          parameters.put("allocating", allocating ? "500 MB/s" : "nothing");
          add(session, parameters, child(flags, library, network, callers, allocating, seconds));
        }
      }
    }
  }

  private static ChildJvm.Result child(List<String> more, String library, Workload network, int callers,
      boolean allocating, int seconds) {
    List<String> flags = new ArrayList<>(ChildJvm.USUAL);
    flags.add("-Xbatch"); // code is compiled when it is hot, not later when a core is free
    flags.addAll(more);
    return ChildJvm.run(flags, Child.class, network.name(), String.valueOf(callers), String.valueOf(allocating),
        String.valueOf(seconds), library).ok();
  }

  private static void add(Session session, Map<String, String> parameters, ChildJvm.Result result) {
    for (String what : List.of("predict", "empty")) {
      Row row = Row.of("LatencyBenchmark." + what, parameters);
      for (Figure figure : List.of(Figure.P50, Figure.P99, Figure.P999, Figure.MAX, Figure.COUNT)) {
        row = row.with(figure, Double.parseDouble(result.value(what + figure)));
      }
      session.add(row);
    }
  }

  private static Predictor open(String library, Workload network) {
    if (library.equals(OURS)) {
      return Predictor.ours(network, Backend.AUTO);
    }
    for (PeerPredictors peers : ServiceLoader.load(PeerPredictors.class)) {
      if (peers.names().contains(library)) {
        return peers.open(library, network);
      }
    }
    throw new IllegalArgumentException("no library " + library + " on the class path");
  }

  /** One setting. */
  static final class Child {
    private Child() {
    }

    public static void main(String[] args) throws InterruptedException {
      int count = Integer.parseInt(args[1]);
      List<Caller> callers = new ArrayList<>();
      CountDownLatch warm = new CountDownLatch(count);
      for (int i = 0; i < count; i++) {
        Caller caller = new Caller(args[4], Workload.valueOf(args[0]), warm, Integer.parseInt(args[3]));
        caller.start();
        callers.add(caller);
      }
      try (AllocatingThread garbage = Boolean.parseBoolean(args[2]) ? new AllocatingThread(GARBAGE) : null) {
        for (Caller caller : callers) {
          caller.join();
        }
      }
      Histogram predict = new Histogram(3), empty = new Histogram(3);
      for (Caller caller : callers) {
        predict.add(caller.predict);
        empty.add(caller.empty);
      }
      print("predict", predict);
      print("empty", empty);
    }

    private static void print(String what, Histogram times) {
      System.out.println(what + Figure.P50 + "=" + times.getValueAtPercentile(50));
      System.out.println(what + Figure.P99 + "=" + times.getValueAtPercentile(99));
      System.out.println(what + Figure.P999 + "=" + times.getValueAtPercentile(99.9));
      System.out.println(what + Figure.MAX + "=" + times.getMaxValue());
      System.out.println(what + Figure.COUNT + "=" + times.getTotalCount());
    }
  }

  /** A closed loop. */
  private static final class Caller extends Thread {
    private static final int MANY = 1000;
    /** Nanoseconds, until the compilers are done. */
    private static final long WARM_UP = 1_000_000_000;
    private static final long HOUR = 3_600_000_000_000L;

    /** Of a fixed range, so that recording allocates nothing. */
    private final Histogram predict = new Histogram(HOUR, 3), empty = new Histogram(HOUR, 3);
    private final String library;
    private final Workload network;
    private final CountDownLatch warm;
    private final int seconds;

    Caller(String library, Workload network, CountDownLatch warm, int seconds) {
      this.library = library;
      this.network = network;
      this.warm = warm;
      this.seconds = seconds;
    }

    @Override
    public void run() {
      try (Predictor model = open(library, network)) {
        float[] features = network.samples(1), predictions = new float[Workload.CLASSES];
        loop(model, features, predictions, WARM_UP, MANY);
        predict.reset();
        empty.reset();
        loop(model, features, predictions, WARM_UP / 4, MANY);
        double call = (double) empty.getValueAtPercentile(50) / MANY;
        int calls = Math.max(1, (int) (predict.getValueAtPercentile(50) / call));
        warm.countDown();
        warm.await();
        predict.reset();
        empty.reset();
        loop(model, features, predictions, 1_000_000_000L * seconds, calls);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void loop(Predictor model, float[] features, float[] predictions, long nanoseconds, int calls) {
      for (long start = System.nanoTime(), end = start + nanoseconds; start < end; start = System.nanoTime()) {
        model.predict(features, predictions);
        long between = System.nanoTime();
        for (int call = 0; call < calls; call++) {
          EmptyCall.plain();
        }
        long stop = System.nanoTime();
        predict.recordValue(between - start);
        empty.recordValue(stop - between);
      }
    }
  }
}
