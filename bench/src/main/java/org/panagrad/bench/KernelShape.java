package org.panagrad.bench;

import java.util.List;
import java.util.Set;
import org.panagrad.kernel.Arguments;
import org.panagrad.kernel.Arguments.Memory;
import org.panagrad.kernel.Arguments.Style;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.KernelCase;
import org.panagrad.kernel.KernelCases;
import org.panagrad.kernel.Setup;
import org.panagrad.kernel.Size;

/**
 * A row of {@link KernelCases} at the size that moves a given number of bytes: a vector's length, or the rows of a matrix
 * of usual width, or images. No options are set, and every output is asked for.
 */
final class KernelShape {
  private static final int WIDTH = 256, ODD_WIDTH = 251, MULTIPLE = 64, CHANNELS = 16;
  private static final float LEAST = 1e-6f, GREATEST = 8;
  /** Kernels that take an exponential, a logarithm or a power for each element: no stream of bytes is their limit. */
  static final Set<String> EXPONENTIAL = Set.of("exp", "log", "log1p", "expm1", "tanh", "sigmoid", "softplus", "atan",
      "softmax", "softmax_cross_entropy", "softmax_cross_entropy_probabilities", "focal_softmax", "entropy",
      "softmax_tile_sums", "softmax_tile_gradient", "binary_cross_entropy", "binary_cross_entropy_logits",
      "binary_cross_entropy_pos_weights", "focal", "log_cosh", "poisson_nll", "kullback_leibler", "general_robust",
      "mean_squared_logarithmic_error", "gaussian_nll", "gaussian_kl", "lstm_cell", "gru_cell");

  private final KernelCase row;
  private final boolean odd;
  private final Size size;
  private final Setup setup;

  /**
   * A kernel at a size.
   *
   * @param kernel name in the registry
   * @param bytes  about as many as its arrays have
   * @param odd    whether no length is a multiple of a vector's
   */
  KernelShape(String kernel, long bytes, boolean odd) {
    row = KernelCases.of(kernel);
    this.odd = odd;
    size = size(bytes);
    setup = row.at().apply(size);
  }

  Setup setup() {
    return setup;
  }

  /** The tests' values without those whose results are denormals, which take a processor a hundred times as long. */
  static int[][] values(Setup setup) {
    int[][] words = Arguments.initial(setup, Style.ORDINARY, 1);
    for (int k = 0; k < words.length; k++) {
      Setup.Array array = setup.arrays().get(k);
      for (int i = 0; i < words[k].length && !array.ints() && !array.strict() && array.fill() != null; i++) {
        float x = Float.intBitsToFloat(words[k][i]), size = Math.clamp(Math.abs(x), LEAST, GREATEST);
        words[k][i] = Float.floatToRawIntBits(x == 0 ? x : Math.copySign(size, x));
      }
    }
    return words;
  }

  private boolean isVector() {
    return row.sizes().stream().allMatch(s -> s.window() == null && s.rows() <= 1);
  }

  private Size size(long bytes) {
    long few = 4096, step = bytes(2 * few) - bytes(few);
    long units = Math.max(1, (long) ((double) bytes * few / step));
    if (isVector()) {
      units = Math.max(MULTIPLE, units / MULTIPLE * MULTIPLE) - (odd ? 1 : 0);
    }
    return at(units);
  }

  private long bytes(long units) {
    return row.at().apply(at(units)).bytes();
  }

  private Size at(long units) {
    Size images = row.sizes().stream().filter(s -> s.window() != null && s.window().channels() == CHANNELS).findFirst()
        .orElse(null);
    if (images != null) {
      return Size.of(units, images.window());
    }
    if (isVector()) {
      return Size.of(units);
    }
    long width = odd ? ODD_WIDTH : WIDTH;
    return switch (row.name()) {
      case "product_f32" -> Size.of(units, width, width);
      case "column_sums_f32", "column_squares_f32", "norm_parameter_sums_f32" -> Size.of(units, width, 4096);
      case "matrix_squares_f32", "update_matrix_f32" -> Size.of(units, width, 1);
      case "embedding_f32", "embedding_backward_f32" -> Size.of(units, width, 1000);
      case "ctc_f32" -> Size.of(units, 29, 44); // samples of 44 frames, an alphabet
      default -> Size.of(units, width);
    };
  }

  /** Bytes by what is read and written, once each; scratch and arrays that the call leaves out do not count. */
  Work work() {
    double read = 0, written = 0, elements = 0;
    List<Setup.Array> arrays = setup.arrays();
    for (int k = 0; k < arrays.size(); k++) {
      Setup.Array array = arrays.get(k);
      if (array.role() == Setup.Role.SCRATCH || isLeftOut(k)) {
        continue;
      }
      read += array.role() == Setup.Role.OUT ? 0 : 4.0 * array.length();
      written += array.written() ? 4.0 * array.length() : 0;
      elements = Math.max(elements, array.length());
    }
    if (row.name().equals("product_f32")) {
      double multiplyAdds = (double) size.rows() * size.columns() * size.depth();
      return new Work(multiplyAdds, Work.Stream.COPY, read + written, 0, multiplyAdds);
    }
    boolean updates = arrays.stream().anyMatch(a -> a.role() == Setup.Role.INOUT);
    Work.Stream stream = written < read / 8 ? Work.Stream.READ : updates ? Work.Stream.UPDATE : Work.Stream.COPY;
    return Work.of(elements, stream, read + written).exps(isExponential() ? elements : 0);
  }

  private boolean isExponential() {
    return EXPONENTIAL.contains(row.name().replace("_f32", ""));
  }

  /** An input that the call can do without belongs to an option that is not set. */
  private boolean isLeftOut(int array) {
    if (setup.arrays().get(array).role() != Setup.Role.IN) {
      return false;
    }
    Setup small = row.at().apply(at(1));
    int[][] initial = Arguments.initial(small, Style.ORDINARY, 1);
    try {
      Arguments.of(small, initial, Memory.HEAP, 1 << array, -1).call(Backends.of(Backend.SCALAR));
      return true;
    } catch (NullPointerException | IllegalArgumentException e) {
      return false;
    }
  }
}
