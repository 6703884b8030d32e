package org.panagrad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;

/** Whether repeated work allocates on the heap: the caller's bytes and those of the library's helper threads. */
public final class Allocation {
  /** Repetitions of a round. */
  public static final int ROUND = 100;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {
  }

  /**
   * Bytes of rounds. What the JIT compiles late or throws away may allocate once, so the steady state is sought: so
   * many rounds in a row without a byte, and not for ever.
   */
  public static final class Meter {
    /** Rounds at most. */
    public static final int MOST = 200;
    private static final int QUIET = 30;
    private final long[] bytes = new long[MOST];
    private int count, quiet;

    /** Whether more rounds are wanted. */
    public boolean add(long bytes) {
      if (quiet < QUIET && count < MOST) {
        this.bytes[count++] = bytes;
        quiet = bytes == 0 ? quiet + 1 : 0;
      }
      return quiet < QUIET && count < MOST;
    }

    /** Fails where the steady state was not met. */
    public void requireNothing(String what) {
      assertEquals(QUIET, quiet, () -> what + ": never " + QUIET + " rounds of " + ROUND
          + " in a row without allocation; bytes of the last rounds "
          + Arrays.toString(Arrays.copyOfRange(bytes, Math.max(0, count - QUIET), count)));
    }
  }

  /** A backend of each kind: the tiers of the native one differ in addresses alone. */
  public static List<Backend> backends() {
    return Stream.of(Backend.NATIVE, Backend.VECTOR, Backend.SCALAR).filter(b -> Backends.missing(b) == null).toList();
  }

  /** Bytes that the calling thread allocated so far. */
  public static long ofThisThread() {
    return THREADS.getCurrentThreadAllocatedBytes();
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

  /**
   * Fails unless work comes to a steady state without allocation.
   *
   * @param what    for the message
   * @param helpers threads of the library that take part; no others may be there
   * @param work    repeated
   */
  public static void requireNone(String what, int helpers, Runnable work) {
    long[] threads = threads();
    assertEquals(1 + helpers, threads.length, "threads");
    requireNone(what, threads, work);
  }

  /**
   * The same of the calling thread alone, whatever others there are.
   *
   * @param what for the message
   * @param work repeated
   */
  public static void requireNone(String what, Runnable work) {
    requireNone(what, new long[]{Thread.currentThread().threadId()}, work);
  }

  private static void requireNone(String what, long[] threads, Runnable work) {
    long[] before = new long[threads.length], after = new long[threads.length];
    Meter meter = new Meter();
    while (meter.add(round(work, threads, before, after))) {
    }
    meter.requireNothing(what);
  }
}
