package org.panagrad.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.panagrad.ChildJvm;
import org.panagrad.bench.run.Figure;
import org.panagrad.bench.run.Part;
import org.panagrad.bench.run.Row;
import org.panagrad.bench.run.Session;
import org.panagrad.kernel.Arguments;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.KernelCases;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Setup;
import org.panagrad.kernel.Size;

/**
 * From which length on native code is faster than plain Java: a kernel of each family, on heap arrays, a vector or a row,
 * each backend in a JVM of its own, both with all checks. {@link Backend#AUTO} does not choose by length: it takes native
 * code for everything, and this table says what that costs.
 */
public final class Crossover implements Part {
  private static final String[] KERNELS = {"exp_f32", "relu_f32", "map_f32", "bias_f32", "row_sums_f32", "softmax_f32",
      "layer_norm_f32", "mean_squared_error_f32", "binary_cross_entropy_logits_f32", "softmax_cross_entropy_f32",
      "iou_f32",
      "adam_f32", "uniform_f32", "lstm_cell_f32"};
  private static final String[] FEW = {"exp_f32", "mean_squared_error_f32", "softmax_cross_entropy_f32", "adam_f32"};
  private static final int LONGEST = 4096, BATCHES = 9;

  @Override
  public void run(Session session) {
    if (!session.wants("Crossover.call")) {
      return;
    }
    for (String kernel : session.quick() ? FEW : KERNELS) {
      int milliseconds = session.quick() ? 2 : 10;
      session
          .add(row(kernel, times(kernel, Backend.NATIVE, milliseconds), times(kernel, Backend.SCALAR, milliseconds)));
    }
  }

  private static TreeMap<Integer, Double> times(String kernel, Backend backend, int milliseconds) {
    List<String> flags = new ArrayList<>(ChildJvm.USUAL);
    flags.add("-Xbatch"); // code is compiled when it is hot, not later when a core is free
    ChildJvm.Result result = ChildJvm
        .run(flags, Child.class, kernel, backend.name(), String.valueOf(milliseconds)).ok();
    TreeMap<Integer, Double> times = new TreeMap<>();
    for (int n = 1; n <= LONGEST; n *= 2) {
      times.put(n, Double.valueOf(result.value(String.valueOf(n))));
    }
    return times;
  }

  /** From that length on native code is faster at every length that was tried. */
  private static Row row(String kernel, TreeMap<Integer, Double> ours, TreeMap<Integer, Double> java) {
    Row row = Row.of("Crossover.call", Map.of("kernel", kernel));
    int from = -1;
    for (int n : ours.descendingKeySet()) {
      if (ours.get(n) > java.get(n)) {
        break;
      }
      from = n;
    }
    String note = "1 element: native %.0f ns, Java %.0f; %d: %.0f, %.0f".formatted(ours.get(1), java.get(1), LONGEST,
        ours.get(LONGEST), java.get(LONGEST));
    return from < 0
        ? row.because("not up to " + LONGEST + "; " + note)
        : row.with(Figure.CROSSOVER, from).because(note);
  }

  /** Times one kernel on one backend at all lengths. */
  static final class Child {
    private Child() {
    }

    public static void main(String[] args) {
      Kernels kernels = Backends.of(Backend.valueOf(args[1]));
      long nanoseconds = 1_000_000L * Integer.parseInt(args[2]);
      List<Runnable> calls = new ArrayList<>();
      for (int n = 1; n <= LONGEST; n *= 2) {
        calls.add(call(kernels, args[0], n));
      }
      for (int turn = 0; turn < 2; turn++) { // the first one for the compilers
        for (int i = 0; i < calls.size(); i++) {
          double time = time(calls.get(i), nanoseconds);
          if (turn == 1) {
            System.out.println((1 << i) + "=" + time);
          }
        }
      }
    }

    private static Runnable call(Kernels kernels, String kernel, int n) {
      Setup setup = KernelCases.of(kernel).at().apply(Size.of(n));
      Arguments arguments = Arguments.of(setup, KernelShape.values(setup), Memory.HEAP);
      return () -> setup.call(kernels, arguments.segments(), setup.from(), setup.to());
    }

    /** Nanoseconds of a call: the median of batches that take so long each. */
    private static double time(Runnable call, long nanoseconds) {
      long calls = 1;
      while (batch(call, calls) < nanoseconds / 2) {
        calls *= 2;
      }
      double[] times = new double[BATCHES];
      for (int i = 0; i < BATCHES; i++) {
        times[i] = (double) batch(call, calls) / calls;
      }
      Arrays.sort(times);
      return times[BATCHES / 2];
    }

    private static long batch(Runnable call, long calls) {
      long start = System.nanoTime();
      for (long i = 0; i < calls; i++) {
        call.run();
      }
      return System.nanoTime() - start;
    }
  }
}
