package org.panagrad.app;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;

/** Ctrl-C during training: files that are being written are finished, others not begun. */
final class Interruption implements AutoCloseable {
  private final ReentrantLock writing = new ReentrantLock();
  private final Thread hook;
  private boolean saved;

  /** Writes files. */
  @FunctionalInterface
  interface Writer {
    void write() throws IOException;
  }

  Interruption(ProgressBar bar, PrintStream err) {
    hook = new Thread(() -> {
      bar.stop();
      writing.lock(); // and never unlocked: the JVM ends after this
      err.println("panagrad: interrupted, " + (saved ? "after all files were written" : "nothing was saved"));
    });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void save(Writer writer) throws IOException {
    writing.lock();
    try {
      writer.write();
      saved = true;
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it runs already
    }
  }
}
