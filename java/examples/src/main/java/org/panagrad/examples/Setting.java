package org.panagrad.examples;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Compute;

/**
 * Where an example runs.
 *
 * @param data    folder of real data: mnist, breast-cancer.csv, cal-housing.arff; or null, where examples draw their own
 * @param out     folder for what they write
 * @param computes what to compute with, opened anew at each call
 * @param seed    of initial values, shuffling and what is drawn
 * @param reduced whether less is trained, as in the tests; each example states the size beside its figures
 * @param log     where progress goes
 */
public record Setting(@Nullable Path data, Path out, Supplier<Compute> computes, long seed, boolean reduced,
    PrintStream log) {

  /**
   * What to compute with, to be closed.
   *
   * @return kernels, product and threads
   */
  public Compute compute() {
    return computes.get();
  }

  /**
   * A file of real data.
   *
   * @param name as "breast-cancer.csv", or the folder "mnist"
   * @return it, or null where it is not there
   */
  public @Nullable Path file(String name) {
    Path file = data == null ? null : data.resolve(name);
    return file != null && Files.exists(file) ? file : null;
  }

  /**
   * Says something about the progress.
   *
   * @param format of {@link String#format}
   * @param values its arguments
   */
  public void say(String format, Object... values) {
    log.println(String.format(Locale.ROOT, format, values));
  }
}
