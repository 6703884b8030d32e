package org.panagrad.bench;

import java.util.concurrent.locks.LockSupport;

/** A thread that makes garbage, so that the collector has work, until it is closed. */
final class AllocatingThread implements AutoCloseable {
  private static final int CHUNK = 16 << 10;
  /** Keeps the compiler from leaving the arrays out. */
  private static volatile byte[] last = {};

  private final Thread thread;
  private volatile boolean enough;

  /**
   * Begins.
   *
   * @param bytesPerSecond of garbage; 0 for as much as it can
   */
  AllocatingThread(long bytesPerSecond) {
    thread = Thread.ofPlatform().daemon().name("allocates").start(() -> allocate(bytesPerSecond));
  }

  private void allocate(long bytesPerSecond) {
    long start = System.nanoTime();
    for (long done = 0; !enough; done += CHUNK) {
      while (bytesPerSecond > 0 && done > (System.nanoTime() - start) * 1e-9 * bytesPerSecond) {
        LockSupport.parkNanos(500_000);
      }
      last = new byte[CHUNK];
    }
  }

  @Override
  public void close() throws InterruptedException {
    enough = true;
    thread.join();
  }
}
