package org.panagrad.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A small pool that cuts work into parts. The calling thread takes part; helpers exist only when more than one thread
 * was asked for. Which thread does which part changes no bit, since parts are cut by shape alone. Running allocates
 * nothing.
 */
public final class Workers implements AutoCloseable {

  /** Work that consists of independent parts. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does one part.
     *
     * @param part   which, from 0
     * @param worker number of the thread in this run, below {@link Workers#threads}: for scratch memory
     */
    void run(long part, int worker);
  }

  /** Turns of waiting before a thread parks: some tens of microseconds, about what waking it up costs. */
  private static final int SPINS = 1000;

  private final Thread[] helpers;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong nextPart = new AtomicLong();
  private final AtomicInteger busy = new AtomicInteger();
  private volatile @Nullable Task task;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Thread caller;
  private volatile long parts;
  private volatile long generation;
  private volatile boolean closed;

  /**
   * A pool of this many threads, the caller's included.
   *
   * @param threads at least 1; 1 starts none
   * @throws IllegalArgumentException if threads is less than 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      int worker = i + 1;
      helpers[i] = Thread.ofPlatform().daemon().name("panagrad-" + worker).start(() -> help(worker));
    }
  }

  /**
   * Threads that take part.
   *
   * @return the caller's included
   */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Does all parts and returns when they are done. The first exception of a part is thrown here; parts that had not
   * begun are then left undone. While another thread's run is under way, the caller does its parts alone.
   *
   * @param work  what to do
   * @param count parts
   * @throws IllegalStateException if the pool is closed
   */
  public void run(Task work, long count) {
    if (closed) {
      throw new IllegalStateException("the threads are closed");
    }
    // a part that calls run meets the lock that its own run holds
    if (helpers.length == 0 || count <= 1 || lock.isHeldByCurrentThread() || !lock.tryLock()) {
      alone(work, count);
      return;
    }
    try {
      if (closed) { // since it was asked above: nobody would come to help
        alone(work, count);
      } else {
        share(work, count);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void alone(Task work, long count) {
    for (long part = 0; part < count; part++) {
      work.run(part, 0);
    }
  }

  private void share(Task work, long count) {
    failure = null;
    task = work;
    parts = count;
    nextPart.set(0);
    busy.set(helpers.length);
    caller = Thread.currentThread();
    generation++; // only the holder of the lock writes it
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
    takeParts(work, 0);
    for (int spin = 0; busy.get() > 0; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
    task = null;
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void takeParts(Task work, int worker) {
    try {
      for (long part = nextPart.getAndIncrement(); part < parts; part = nextPart.getAndIncrement()) {
        work.run(part, worker);
      }
    } catch (RuntimeException | Error e) {
      nextPart.set(parts);
      failure = e;
    }
  }

  private void help(int worker) {
    long seen = 0;
    while (true) {
      for (int spin = 0; generation == seen && !closed; spin++) {
        if (spin < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (closed) {
        return;
      }
      seen = generation;
      Task work = task;
      if (work != null) {
        takeParts(work, worker);
      }
      if (busy.decrementAndGet() == 0) {
        LockSupport.unpark(caller);
      }
    }
  }

  /** Ends the helpers, after the run that is under way, and waits until they are gone. Not to be called from a part. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Thread helper : helpers) {
        LockSupport.unpark(helper);
      }
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (int i = 0; i < helpers.length;) {
      try {
        helpers[i].join();
        i++;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
