package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batches;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.metric.Metrics;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;

/** After warm-up, nothing that repeats allocates on the heap: neither the caller nor a helper thread. */
@Tag("allocation")
@Isolated("counts threads")
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int FEATURES = 4 * 4;
  private static final int ROUND = 100;

  /**
   * Bytes of rounds. What the JIT compiles late or throws away may allocate once, so the steady state is sought: so many
   * rounds in a row without a byte, and not for ever.
   */
  private static final class Meter {
    private static final int QUIET = 30, MOST = 200;
    private final long[] bytes = new long[MOST];
    private int count, quiet;

    /** Whether more rounds are wanted. */
    boolean add(long bytes) {
      if (quiet < QUIET && count < MOST) {
        this.bytes[count++] = bytes;
        quiet = bytes == 0 ? quiet + 1 : 0;
      }
      return quiet < QUIET && count < MOST;
    }

    void requireNothing(String what) {
      assertEquals(QUIET, quiet, () -> what + ": never " + QUIET + " rounds of " + ROUND
          + " in a row without allocation; bytes of the last rounds "
          + Arrays.toString(Arrays.copyOfRange(bytes, Math.max(0, count - QUIET), count)));
    }
  }

  /** Every kind of layer, and hardly anything to compute: thousands of calls must be quick everywhere. */
  private static Sequential tiny() {
    return Sequential.of(Input.image(4, 4, 1), Conv2D.of(2, 3).relu(), MaxPool2D.of(2), Flatten.of(),
        Dense.of(4).relu(), Dense.of(3));
  }

  private record Setup(Kernels kernels, Product.Choice product, int threads) {
    Compute compute() {
      return Compute.of(kernels, product, threads);
    }

    @Override
    public String toString() {
      return kernels.name() + ", " + product + ", threads " + threads;
    }
  }

  static List<Setup> setups() {
    List<Setup> setups = new ArrayList<>();
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= 2; threads++) {
        setups.add(new Setup(kernels, Product.Choice.BUILTIN, threads));
        if (Product.missing() == null) {
          setups.add(new Setup(kernels, Product.Choice.OPENBLAS, threads));
        }
      }
    }
    return setups;
  }

  /** The calling thread and the library's helpers. */
  private static long[] threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread == Thread.currentThread() || thread.getName().startsWith("panagrad-"))
        .mapToLong(Thread::threadId).sorted().toArray();
  }

  /** Bytes that these threads allocated so far. */
  private static void read(long[] threads, long[] bytes) {
    for (int i = 0; i < threads.length; i++) {
      bytes[i] = THREADS.getThreadAllocatedBytes(threads[i]);
    }
  }

  private static long round(Runnable work, long[] threads, long[] before, long[] after) {
    read(threads, before);
    for (int i = 0; i < ROUND; i++) {
      work.run();
    }
    read(threads, after);
    long sum = 0;
    for (int i = 0; i < threads.length; i++) {
      sum += after[i] - before[i];
    }
    return sum;
  }

  private static void requireNoAllocation(String what, int helpers, Runnable work) {
    long[] threads = threads(), before = new long[threads.length], after = new long[threads.length];
    assertEquals(1 + helpers, threads.length, "threads");
    Meter meter = new Meter();
    while (meter.add(round(work, threads, before, after))) {
    }
    meter.requireNothing(what);
  }

  @ParameterizedTest
  @MethodSource("setups")
  void trainingStep(Setup setup) {
    Batches batches = new Batches(Networks.random(20, FEATURES, 3, 1), 8);
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
      requireNoAllocation("step", compute.threads() - 1, new Runnable() {
        private int next;
        private double losses;

        @Override
        public void run() {
          losses += Networks.step(model, batches.load(next++ % batches.count()));
        }
      });
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void prediction(Setup setup) {
    float[] features = new float[128 * FEATURES], predictions = new float[128 * 3];
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
      for (int samples : new int[]{1, 128, 1}) {
        requireNoAllocation("predict " + samples, compute.threads() - 1,
            () -> model.predict(features, predictions, samples));
      }
    }
  }

  /** Between two calls of a listener lies one whole step of fit. */
  @ParameterizedTest
  @MethodSource("setups")
  void fit(Setup setup) {
    int steps = ROUND * (Meter.MOST + 1);
    Meter meter = new Meter();
    TrainingListener listener = new TrainingListener() {
      private long last;

      @Override
      public void onTrainingBatch(Progress progress) {
        if (progress.batch() % ROUND == 0) {
          long bytes = THREADS.getCurrentThreadAllocatedBytes();
          meter.add(bytes - last);
          last = bytes;
        }
      }
    };
    try (Compute compute = setup.compute();
        Model model = tiny().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy(), Metrics.accuracy())) {
      model.fit(Networks.random(steps, FEATURES, 3, 1), Fit.epochs(1).batchSize(1).listener(listener));
    }
    meter.requireNothing("fit");
  }
}
