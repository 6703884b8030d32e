package org.panagrad.nn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.panagrad.graph.Parameter.Initializer;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Philox;

/**
 * Initial values by name. They depend on the model's seed and the parameter's place alone: the uniform ones come from
 * the kernel, the normal ones are computed once in Java with {@link StrictMath}, so both are the same on every backend.
 */
public enum Initializers implements Initializer {
  /** Ones. */
  ONES((values, n, fanIn, fanOut, seed, stream) -> {
    for (long i = 0; i < n; i++) {
      values.setAtIndex(JAVA_FLOAT, i, 1);
    }
  }),
  /** Zeros. */
  ZEROS((values, n, fanIn, fanOut, seed, stream) -> values.asSlice(0, 4 * n).fill((byte) 0)),
  /** Uniform in +-sqrt(6 / (fanIn + fanOut)): Glorot and Bengio, 2010. */
  GLOROT_UNIFORM((values, n, fanIn, fanOut, seed, stream) -> uniform(values, n, 6.0 / (fanIn + fanOut), seed, stream)),
  /** Normal with variance 2 / (fanIn + fanOut). */
  GLOROT_NORMAL((values, n, fanIn, fanOut, seed, stream) -> normal(values, n, 2.0 / (fanIn + fanOut), seed, stream)),
  /** Uniform in +-sqrt(6 / fanIn), for relu: He and others, 2015. */
  HE_UNIFORM((values, n, fanIn, fanOut, seed, stream) -> uniform(values, n, 6.0 / fanIn, seed, stream)),
  /** Uniform in +-1 / sqrt(fanOut): PyTorch's for recurrent layers, whose fanOut is the size of a state. */
  RECURRENT_UNIFORM((values, n, fanIn, fanOut, seed, stream) -> uniform(values, n, 1.0 / fanOut, seed, stream)),
  /** Standard normal, for embeddings. */
  STANDARD_NORMAL((values, n, fanIn, fanOut, seed, stream) -> normal(values, n, 1, seed, stream)),
  /** Normal with variance 2 / fanIn, for relu. */
  HE_NORMAL((values, n, fanIn, fanOut, seed, stream) -> normal(values, n, 2.0 / fanIn, seed, stream));

  private final Initializer initializer;

  Initializers(Initializer initializer) {
    this.initializer = initializer;
  }

  @Override
  public void fill(MemorySegment values, long n, long fanIn, long fanOut, long seed, long stream) {
    initializer.fill(values, n, fanIn, fanOut, seed, stream);
  }

  /** What suits the activation that follows. */
  static Initializers suiting(boolean relu) {
    return relu ? HE_UNIFORM : GLOROT_UNIFORM;
  }

  private static void uniform(MemorySegment values, long n, double squaredLimit, long seed, long stream) {
    Kernels kernels = Backends.of(Backend.SCALAR);
    float limit = (float) StrictMath.sqrt(squaredLimit);
    kernels.uniform(values, -limit, limit, seed, stream, 0, n);
  }

  /** Box and Muller, 1958: two words give one number. */
  private static void normal(MemorySegment values, long n, double variance, long seed, long stream) {
    double deviation = StrictMath.sqrt(variance);
    for (long i = 0; i < n; i++) {
      double u = unit(Philox.word(seed, stream, 2 * i)), v = unit(Philox.word(seed, stream, 2 * i + 1));
      double normal = StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
      values.setAtIndex(JAVA_FLOAT, i, (float) (deviation * normal));
    }
  }

  /** In (0, 1). */
  private static double unit(int word) {
    return ((word & 0xffffffffL) + 0.5) * 0x1p-32;
  }
}
