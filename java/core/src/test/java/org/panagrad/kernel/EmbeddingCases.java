package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.Setup.EPS;

import java.util.Arrays;
import java.util.List;

/** {@link KernelCases} of embeddings. Depth: the vocabulary. */
final class EmbeddingCases {
  /** Words that occur often, and hardly; the last two are longer than native code takes from the heap in one call. */
  private static final List<Size> SIZES = List.of(Size.of(0, 3, 4), Size.of(1, 1, 1), Size.of(33, 17, 5),
      Size.of(9, 10, 20), Size.of(65, 64, 200), Size.of(5000, 3, 70), Size.of(4, 4097, 3), Size.of(3, 32_771, 2),
      Size.of(300, 300, 40));

  private EmbeddingCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("embedding_f32", EmbeddingCases::embedding, SIZES),
        new KernelCase("embedding_backward_f32", EmbeddingCases::embeddingBackward, SIZES));
  }

  private static Setup embedding(Size s) {
    long rows = s.rows(), columns = s.columns(), vocabulary = s.depth();
    return new Setup().in("table", vocabulary * columns, -1, 1).ints("indices", rows, vocabulary)
        .out("y", rows * columns).range(0, rows)
        .call((k, a, from, to) -> k.embedding(a[0], a[1], a[2], vocabulary, columns, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < rows * columns; i++) {
            put(out[2], within[2], i, in[0][(int) ((long) in[1][(int) (i / columns)] * columns + i % columns)], 0);
          }
        })
        .gradient(0, 2, Double.NaN, (k, a, dy, dx) -> k.embeddingBackward(a[1], dy, dx, rows, columns, 0, vocabulary));
  }

  private static Setup embeddingBackward(Size s) {
    long rows = s.rows(), columns = s.columns(), vocabulary = s.depth();
    return new Setup().ints("indices", rows, vocabulary).in("dy", rows * columns, -1, 1)
        .out("dTable", vocabulary * columns).range(0, vocabulary)
        .call((k, a, from, to) -> k.embeddingBackward(a[0], a[1], a[2], rows, columns, from, to))
        .oracle((in, out, within) -> {
          Arrays.fill(within[2], 0);
          for (int i = 0; i < rows * columns; i++) {
            int at = (int) ((long) in[0][(int) (i / columns)] * columns + i % columns);
            double sum = out[2][at] + in[1][i];
            put(out[2], within[2], at, sum, within[2][at] + EPS * (Math.abs(sum) + within[2][at]));
          }
        });
  }
}
