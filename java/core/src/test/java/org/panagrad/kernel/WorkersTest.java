package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.Allocation;

@Timeout(60)
@Isolated("counts threads")
class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void doesEveryPartOnce(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertEquals(threads, workers.threads());
      for (int run = 0; run < 2000; run++) {
        int parts = run % 37;
        AtomicIntegerArray done = new AtomicIntegerArray(parts);
        workers.run((part, worker) -> {
          assertTrue(worker >= 0 && worker < threads, "worker " + worker);
          done.incrementAndGet((int) part);
        }, parts);
        for (int part = 0; part < parts; part++) {
          assertEquals(1, done.get(part), "part " + part + " of " + parts + " in run " + run);
        }
      }
    }
  }

  @Test
  void helpersHelp() {
    try (Workers workers = new Workers(3)) {
      CountDownLatch all = new CountDownLatch(3);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      Set<Integer> numbers = ConcurrentHashMap.newKeySet();
      workers.run((_, worker) -> {
        threads.add(Thread.currentThread());
        numbers.add(worker);
        all.countDown();
        await(all); // no part ends before three threads have begun one
      }, 3);
      assertEquals(3, threads.size());
      assertEquals(Set.of(0, 1, 2), numbers);
      assertTrue(threads.contains(Thread.currentThread()), "the caller takes part");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void anExceptionReachesTheCallerAndThePoolGoesOn(int threads) {
    try (Workers workers = new Workers(threads)) {
      for (int run = 0; run < 200; run++) {
        RuntimeException mine = new IllegalStateException("part " + run);
        int wrong = run % 16;
        Throwable thrown = assertThrows(IllegalStateException.class, () -> workers.run((part, _) -> {
          if (part == wrong) {
            throw mine;
          }
        }, 16));
        assertSame(mine, thrown);
        Error error = new StackOverflowError();
        assertSame(error, assertThrows(StackOverflowError.class, () -> workers.run((_, _) -> {
          throw error;
        }, 16)));
        long[] done = new long[16];
        workers.run((part, _) -> done[(int) part] = part + 1, 16);
        for (int part = 0; part < 16; part++) {
          assertEquals(part + 1, done[part]);
        }
      }
    }
  }

  @Test
  void closeEndsTheThreads() throws InterruptedException {
    Set<Thread> before = helpers();
    Workers workers = new Workers(4);
    Set<Thread> mine = helpers();
    mine.removeAll(before);
    assertEquals(3, mine.size());
    assertTrue(mine.stream().allMatch(Thread::isDaemon));
    workers.close();
    for (Thread thread : mine) {
      thread.join();
    }
    workers.close(); // again does nothing
    Throwable thrown = assertThrows(IllegalStateException.class, () -> workers.run((_, _) -> {
    }, 2));
    assertTrue(thrown.getMessage().contains("closed"), thrown.getMessage());
  }

  @Test
  void onePoolOfOneStartsNoThread() {
    Set<Thread> before = helpers();
    try (Workers workers = new Workers(1)) {
      workers.run((_, worker) -> assertEquals(0, worker), 100);
      assertEquals(before, helpers());
    }
    assertThrows(IllegalArgumentException.class, () -> new Workers(0));
  }

  private static Set<Thread> helpers() {
    return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("panagrad-"))
        .collect(Collectors.toSet());
  }

  @Test
  void callersDoNotDisturbEachOther() throws InterruptedException {
    try (Workers workers = new Workers(3)) {
      List<Thread> callers = new ArrayList<>();
      List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int caller = 0; caller < 4; caller++) {
        callers.add(Thread.ofPlatform().start(() -> {
          try {
            for (int run = 0; run < 500; run++) {
              AtomicIntegerArray done = new AtomicIntegerArray(16);
              workers.run((part, _) -> done.incrementAndGet((int) part), 16);
              for (int part = 0; part < 16; part++) {
                assertEquals(1, done.get(part), "part " + part);
              }
            }
          } catch (Throwable e) {
            failures.add(e);
          }
        }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(List.of(), failures);
    }
  }

  @Test
  void aPartMayRunPartsItself() {
    try (Workers workers = new Workers(3)) {
      for (int run = 0; run < 200; run++) {
        AtomicIntegerArray outer = new AtomicIntegerArray(8), inner = new AtomicIntegerArray(8 * 5);
        workers.run((part, _) -> {
          workers.run((small, _) -> inner.incrementAndGet((int) (part * 5 + small)), 5);
          outer.incrementAndGet((int) part);
        }, 8);
        for (int i = 0; i < 40; i++) {
          assertEquals(1, inner.get(i), "inner part " + i + " in run " + run);
          assertEquals(1, outer.get(i / 5), "outer part " + i / 5 + " in run " + run);
        }
      }
    }
  }

  @Test
  void runningAndClosingAtOnceEnds() throws InterruptedException {
    for (int run = 0; run < 500; run++) {
      Workers workers = new Workers(2);
      Thread runner = Thread.ofPlatform().daemon().start(() -> {
        try {
          while (true) {
            workers.run((_, _) -> {
            }, 2);
          }
        } catch (IllegalStateException e) {
          // closed, as it should
        }
      });
      workers.close();
      runner.join(20_000);
      assertTrue(!runner.isAlive(), "a run that met close() hangs, run " + run);
    }
  }

  @Test
  void allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Workers workers = new Workers(2)) {
      long[] ofHelper = new long[2];
      Workers.Task task = (_, worker) -> ofHelper[worker] = threads.getCurrentThreadAllocatedBytes();
      Allocation.requireNone("the caller", () -> workers.run(task, 8));
      long before = ofHelper[1];
      for (int run = 0; run < 10_000; run++) {
        workers.run(task, 8);
      }
      assertEquals(before, ofHelper[1], "bytes of the helper");
    }
  }
}
