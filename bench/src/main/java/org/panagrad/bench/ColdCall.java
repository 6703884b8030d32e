package org.panagrad.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.panagrad.ChildJvm;
import org.panagrad.bench.run.Figure;
import org.panagrad.bench.run.Part;
import org.panagrad.bench.run.Row;
import org.panagrad.bench.run.Session;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Product;
import org.panagrad.kernel.Reduction;

/** The first loss in a fresh JVM, with loading and binding all that it needs; and the second. */
public final class ColdCall implements Part {
  @Override
  public void run(Session session) {
    if (!session.wants("ColdCall.first")) {
      return;
    }
    for (Backend backend : List.of(Backend.NATIVE, Backend.VECTOR, Backend.SCALAR)) {
      List<ChildJvm.Result> starts = IntStream.range(0, session.quick() ? 3 : 21)
          .mapToObj(_ -> ChildJvm.run(ChildJvm.USUAL, Child.class, backend.name()).ok()).toList();
      for (String call : List.of("first", "second")) {
        double[] times = starts.stream().mapToDouble(start -> Double.parseDouble(start.value(call))).sorted().toArray();
        session.add(Row.of("ColdCall." + call, Map.of("backend", backend.name()))
            .with(Figure.TIME, times[times.length / 2]).with(Figure.FASTEST, times[0])
            .with(Figure.SLOWEST, times[times.length - 1]));
      }
    }
  }

  /** The whole program. */
  static final class Child {
    private Child() {
    }

    public static void main(String[] args) {
      long start = System.nanoTime();
      try (Compute compute = Compute.of(Backend.valueOf(args[0]), Product.Choice.BUILTIN, 1)) {
        float[] logits = {2, 1, 0, 0, 3, 1}, gradient = new float[6];
        int[] labels = {0, 1};
        compute.softmaxCrossEntropy(logits, labels, gradient, 2, 3, Reduction.MEAN);
        long first = System.nanoTime();
        compute.softmaxCrossEntropy(logits, labels, gradient, 2, 3, Reduction.MEAN);
        long second = System.nanoTime();
        System.out.println("first=" + (first - start) + "\nsecond=" + (second - first));
      }
    }
  }
}
