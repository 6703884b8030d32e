package org.panagrad.kernel;

import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.L;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Kernels in Java's Vector API, with the bits of {@link ScalarKernels}, which does what does not pay here and what is
 * left over behind the last whole vector. The methods cut their range into pieces for {@link VectorLoops}.
 *
 * <p>The steps from piece to piece are not constant: C2 may drop the safepoint polls of loops with a constant step (it
 * does under the serial and parallel collectors), but keeps them in these.
 */
final class VectorKernels extends ScalarKernels {
  private static final Class<?> OFF_HEAP = MemorySegment.NULL.getClass(),
      HEAP = MemorySegment.ofArray(new float[0]).getClass();
  private static final VectorLoops OFF_HEAP_LOOPS = VectorLoops.of(OFF_HEAP), HEAP_LOOPS = VectorLoops.of(HEAP);
  /** A vector for each partial sum, one set per thread so that nothing is allocated. */
  private static final ThreadLocal<float[]> COLUMN_PARTIALS = ThreadLocal.withInitial(() -> new float[PARTIALS * L]);

  /** A weight for each element of a block, spread here since rows do not end with vectors. */
  private static final ThreadLocal<float[]> WEIGHTS = ThreadLocal.withInitial(() -> new float[BLOCK]);

  /** What {@link VectorLoops.Loss#terms} found, for the pass behind it. */
  private static final ThreadLocal<float[]> TERMS = ThreadLocal.withInitial(() -> new float[2 * BLOCK]);

  /** Whether this processor and JVM have vectors of a width that the kernels are written for. */
  static boolean supported() {
    return L == 16 || L == 8;
  }

  @Override
  public String name() {
    return "vector " + L * Float.SIZE;
  }

  /** The loops for these segments, whose class tells where they lie. */
  private static VectorLoops loops(MemorySegment a, @Nullable MemorySegment b, @Nullable MemorySegment c,
      @Nullable MemorySegment d) {
    Class<?> kind = a.getClass();
    if (b != null && b.getClass() != kind || c != null && c.getClass() != kind || d != null && d.getClass() != kind) {
      return VectorLoops.ANY;
    }
    return kind == OFF_HEAP ? OFF_HEAP_LOOPS : kind == HEAP ? HEAP_LOOPS : VectorLoops.ANY;
  }

  /** Elements of the block at i. */
  private static int block(long i, long to) {
    return (int) Math.min(BLOCK, to - i);
  }

  /** Rows, of those left, that make about a block. */
  private static int rows(long left, long columns) {
    return (int) Math.min(left, Math.max(1, BLOCK / columns));
  }

  /** The end of the whole vectors. */
  private static long whole(long from, long to) {
    return to - Math.max(0, to - from) % L;
  }

  // elementary

  /** As in softmax, the sums going nowhere: x - 0 is x. */
  @Override
  public void exp(MemorySegment x, MemorySegment y, long from, long to) {
    VectorLoops loops = loops(x, y, null, null);
    float[] partial = Partials.ofThread();
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.softmax().exp(x, y, i * BYTES, count, 0, partial);
      i += count;
    }
  }

  @Override
  public void log(MemorySegment x, MemorySegment y, long from, long to) {
    super.log(x, y, apply(VectorElementary.Name.LOG, x, y, from, to), to);
  }

  @Override
  public void log1p(MemorySegment x, MemorySegment y, long from, long to) {
    super.log1p(x, y, apply(VectorElementary.Name.LOG1P, x, y, from, to), to);
  }

  @Override
  public void expm1(MemorySegment x, MemorySegment y, long from, long to) {
    super.expm1(x, y, apply(VectorElementary.Name.EXPM1, x, y, from, to), to);
  }

  @Override
  public void tanh(MemorySegment x, MemorySegment y, long from, long to) {
    super.tanh(x, y, apply(VectorElementary.Name.TANH, x, y, from, to), to);
  }

  @Override
  public void sigmoid(MemorySegment x, MemorySegment y, long from, long to) {
    super.sigmoid(x, y, apply(VectorElementary.Name.SIGMOID, x, y, from, to), to);
  }

  @Override
  public void softplus(MemorySegment x, MemorySegment y, long from, long to) {
    super.softplus(x, y, apply(VectorElementary.Name.SOFTPLUS, x, y, from, to), to);
  }

  /** A function of the whole vectors; returns their end. */
  private static long apply(VectorElementary.Name name, MemorySegment x, MemorySegment y, long from, long to) {
    VectorLoops.Elementary loop = loops(x, y, null, null).elementary(name);
    if (loop == null) {
      return from;
    }
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loop.apply(x, y, i * BYTES, count);
      i += count;
    }
    return end;
  }

  // activation

  @Override
  public void relu(MemorySegment x, MemorySegment y, long from, long to) {
    VectorLoops loops = loops(x, y, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.activations().relu(x, y, i * BYTES, count);
      i += count;
    }
    super.relu(x, y, end, to);
  }

  @Override
  public void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long from, long to) {
    VectorLoops loops = loops(y, dy, dx, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.activations().reluBackward(y, dy, dx, i * BYTES, count);
      i += count;
    }
    super.reluBackward(y, dy, dx, end, to);
  }

  // rows

  @Override
  public void bias(MemorySegment x, MemorySegment bias, MemorySegment y, long columns, long from, long to) {
    VectorLoops loops = loops(x, bias, y, null);
    long stride = columns * BYTES;
    for (long c = 0; c < columns;) {
      int count = block(c, columns);
      for (long r = from; r < to;) {
        int rows = rows(to - r, count);
        long row = r * stride + c * BYTES;
        loops.rows().add(x, row, stride, bias, c * BYTES, 0, y, row, stride, rows, count);
        r += rows;
      }
      c += count;
    }
  }

  @Override
  public void columnSums(MemorySegment x, MemorySegment sums, long rows, long columns, long blockRows, long from,
      long to) {
    VectorLoops loops = loops(x, sums, null, null);
    float[] partial = COLUMN_PARTIALS.get();
    long end = whole(0, columns);
    for (long b = from; b < to; b++) {
      long first = b * blockRows;
      int count = (int) Math.min(blockRows, rows - first);
      for (long c = 0; c < end; c += L) {
        loops.rows().columnSums(x, (first * columns + c) * BYTES, columns * BYTES, count, sums,
            (b * columns + c) * BYTES,
            partial);
      }
    }
    sumColumns(x, sums, end, rows, columns, blockRows, from, to);
  }

  // softmax

  @Override
  float maximum(MemorySegment x, long row, long columns) {
    VectorLoops loops = loops(x, null, null, null);
    float m = Float.NEGATIVE_INFINITY;
    long end = whole(row, row + columns);
    for (long i = row; i < end;) {
      int count = block(i, end);
      float v = loops.softmax().maximum(x, i * BYTES, count);
      m = v > m ? v : m;
      i += count;
    }
    float rest = super.maximum(x, end, row + columns - end);
    return rest > m ? rest : m;
  }

  @Override
  float expBlock(MemorySegment x, @Nullable MemorySegment y, long from, long to, float maximum) {
    float[] partial = Partials.ofThread();
    loops(x, y, null, null).softmax().exp(x, y, from * BYTES, (int) (to - from), maximum, partial);
    return Vectors.tree(partial);
  }

  @Override
  float dotBlock(MemorySegment y, MemorySegment dy, long from, long to) {
    float[] partial = Partials.ofThread();
    loops(y, dy, null, null).softmax().dot(y, dy, from * BYTES, (int) (to - from), partial);
    return Vectors.tree(partial);
  }

  @Override
  void scale(MemorySegment y, long from, long to, float factor) {
    VectorLoops loops = loops(y, null, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.softmax().scale(y, factor, i * BYTES, count);
      i += count;
    }
    super.scale(y, end, to, factor);
  }

  @Override
  public void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long columns, long from, long to) {
    for (long r = from; r < to; r++) {
      double sum = 0;
      for (long c = 0; c < columns;) {
        int count = block(c, columns);
        sum += dotBlock(y, dy, r * columns + c, r * columns + c + count);
        c += count;
      }
      spread(y, dy, dx, (float) sum, r * columns, (r + 1) * columns);
    }
  }

  /** dx = y * (dy - dot). */
  private static void spread(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long from, long to) {
    VectorLoops loops = loops(y, dy, dx, null);
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.softmax().softmaxBackward(y, dy, dx, dot, i * BYTES, count);
      i += count;
    }
  }

  // losses

  @Override
  float lossBlock(ElementLoss loss, MemorySegment prediction, MemorySegment target, @Nullable MemorySegment weights,
      long columns, @Nullable MemorySegment gradient, @Nullable MemorySegment losses, float scale, long from, long to) {
    VectorLoops.Loss loop = loops(prediction, target, gradient, losses).loss(loss.formula());
    if (loop == null || !isVectorized(loss)) {
      return super.lossBlock(loss, prediction, target, weights, columns, gradient, losses, scale, from, to);
    }
    float[] partial = Partials.ofThread();
    Partials.clear(partial);
    long end = whole(from, to);
    float[] each = weights == null ? null : weightsOfElements(weights, columns, from, end);
    float[] terms = TERMS.get();
    loop.terms(prediction, target, from * BYTES, (int) (end - from), terms);
    loop.block(prediction, target, terms, each, gradient, losses, loss.options(), scale, from * BYTES,
        (int) (end - from), partial);
    addLosses(loss, prediction, target, weights, columns, gradient, losses, scale, from, end, to, partial);
    return Vectors.tree(partial);
  }

  /**
   * In vectors stand Poisson's loss for logarithms of rates, without Stirling's term; focal with gamma 2; the divergence
   * of targets that are no logarithms.
   */
  private static boolean isVectorized(ElementLoss loss) {
    float[] o = loss.options();
    return switch (loss.formula()) {
      case POISSON_NLL -> o[0] != 0 && o[1] == 0;
      case FOCAL -> o[0] == 2;
      case KULLBACK_LEIBLER -> o[0] == 0;
      default -> true;
    };
  }

  /** The weight of each element of a block. */
  private static float[] weightsOfElements(MemorySegment weights, long columns, long from, long to) {
    float[] each = WEIGHTS.get();
    long row = from / columns;
    for (long i = from; i < to; row++) {
      long end = Math.min(to, (row + 1) * columns);
      Arrays.fill(each, (int) (i - from), (int) (end - from), get(weights, row));
      i = end;
    }
    return each;
  }

  // optimizers

  @Override
  public void sgd(MemorySegment parameter, MemorySegment gradient, float rate, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, null, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().sgd(parameter, gradient, rate, i * BYTES, count);
      i += count;
    }
    super.sgd(parameter, gradient, rate, end, to);
  }

  @Override
  public void momentum(MemorySegment parameter, MemorySegment gradient, MemorySegment momentumBuffer, float rate,
      float momentum, float weight, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, momentumBuffer, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, i * BYTES, count);
      i += count;
    }
    super.momentum(parameter, gradient, momentumBuffer, rate, momentum, weight, end, to);
  }

  @Override
  public void rmsProp(MemorySegment parameter, MemorySegment gradient, MemorySegment squareAverage, float rate,
      float rho, float oneMinusRho, float epsilon, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, squareAverage, null);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, i * BYTES, count);
      i += count;
    }
    super.rmsProp(parameter, gradient, squareAverage, rate, rho, oneMinusRho, epsilon, end, to);
  }

  @Override
  public void adam(MemorySegment parameter, MemorySegment gradient, MemorySegment firstMoment,
      MemorySegment secondMoment, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float step,
      float correction, float epsilon, long from, long to) {
    VectorLoops loops = loops(parameter, gradient, firstMoment, secondMoment);
    long end = whole(from, to);
    for (long i = from; i < end;) {
      int count = block(i, end);
      loops.optimizers().adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2,
          oneMinusBeta2, step,
          correction, epsilon, i * BYTES, count);
      i += count;
    }
    super.adam(parameter, gradient, firstMoment, secondMoment, beta1, oneMinusBeta1, beta2, oneMinusBeta2, step,
        correction, epsilon, end, to);
  }

  // pooling

  @Override
  public void maxPool(Window w, MemorySegment x, MemorySegment y, MemorySegment indices, long from, long to) {
    VectorLoops loops = loops(x, y, indices, null);
    long across = w.channels() * BYTES, down = w.width() * across, end = whole(0, w.channels());
    for (long r = from * w.outHeight(); r < to * w.outHeight(); r++) {
      long corner = corner(w, r) * BYTES;
      for (long c = 0; c < end; c += L) {
        loops.pools().maxPool(x, corner + c * BYTES, w.stride() * across, down, across, (int) w.kernelHeight(),
            (int) w.kernelWidth(), y, indices, r * w.outWidth() * across + c * BYTES, across, (int) w.outWidth());
      }
    }
    pool(w, end, x, y, indices, from, to);
  }

  @Override
  public void maxPoolBackward(Window w, MemorySegment dy, MemorySegment indices, MemorySegment dx, long from, long to) {
    VectorLoops loops = loops(dy, indices, dx, null);
    long across = w.channels() * BYTES, down = w.width() * across, end = whole(0, w.channels());
    clear(dx, from * w.image(), to * w.image());
    for (long r = from * w.outHeight(); r < to * w.outHeight(); r++) {
      long corner = corner(w, r) * BYTES;
      for (long c = 0; c < end; c += L) {
        loops.pools().maxPoolBackward(dy, indices, r * w.outWidth() * across + c * BYTES, across, dx,
            corner + c * BYTES,
            w.stride() * across, down, across, (int) w.kernelHeight(), (int) w.kernelWidth(), (int) w.outWidth());
      }
    }
    unpool(w, end, dy, indices, dx, from, to);
  }

  /** The first element that row r = (image, oy) of the outputs sees, without padding. */
  private static long corner(Window w, long r) {
    return r / w.outHeight() * w.image() + r % w.outHeight() * w.stride() * w.width() * w.channels();
  }

  private static void clear(MemorySegment x, long from, long to) {
    VectorLoops loops = loops(x, null, null, null);
    for (long i = from; i < to;) {
      int count = block(i, to);
      loops.rows().zero(x, i * BYTES, count);
      i += count;
    }
  }

  // convolution: a line of a window is a run of floats, in the image as in the columns

  @Override
  public void im2col(Window w, MemorySegment x, MemorySegment col, long first, long from, long to) {
    VectorLoops loops = loops(x, col, null, null);
    for (long r = from; r < to;) {
      // once for each line of outputs, since divisions are slow
      long image = r / w.positions() * w.image(), oy = r % w.positions() / w.outWidth(), ox = r % w.outWidth();
      long end = Math.min(to, r - ox + w.outWidth());
      for (; r < end; r++, ox++) {
        see(loops, w, x, image, oy * w.stride() - w.padding(), ox * w.stride() - w.padding(), col,
            (r - first) * w.seen(), true);
      }
    }
  }

  @Override
  public void col2im(Window w, MemorySegment col, MemorySegment x, long first, long from, long to) {
    VectorLoops loops = loops(col, x, null, null);
    clear(x, from * w.image(), to * w.image());
    long out = (from - first) * w.positions() * w.seen();
    for (long image = from; image < to; image++) {
      for (long oy = 0; oy < w.outHeight(); oy++) {
        for (long ox = 0; ox < w.outWidth(); ox++, out += w.seen()) {
          see(loops, w, x, image * w.image(), oy * w.stride() - w.padding(), ox * w.stride() - w.padding(), col, out,
              false);
        }
      }
    }
  }

  /** Copies what the window at (y0, x0) of an image sees to col, or adds col to it. */
  private static void see(VectorLoops loops, Window w, MemorySegment x, long image, long y0, long x0, MemorySegment col,
      long to, boolean gather) {
    long run = w.kernelWidth() * w.channels(), line = w.width() * w.channels();
    long top = Math.max(0, -y0), bottom = Math.min(w.kernelHeight(), w.height() - y0);
    long left = Math.max(0, -x0) * w.channels(), right = Math.min(w.kernelWidth(), w.width() - x0) * w.channels();
    if (gather && (bottom - top < w.kernelHeight() || right - left < run)) {
      clear(col, to, to + w.seen());
    }
    int lines = (int) (bottom - top);
    for (long c = left; c < right;) {
      int count = block(c, right);
      long in = (image + (y0 + top) * line + x0 * w.channels() + c) * BYTES, out = (to + top * run + c) * BYTES;
      if (gather) {
        loops.rows().copy(x, in, line * BYTES, col, out, run * BYTES, lines, count);
      } else {
        loops.rows().add(x, in, line * BYTES, col, out, run * BYTES, x, in, line * BYTES, lines, count);
      }
      c += count;
    }
  }

  // product

  /** Terms added by one visit of a tile; a strip of b of this depth stays in the first cache. */
  private static final int DEPTH = 64;
  /** The tallest tile, and its width in vectors: sums, a row of b and a factor in the 32 or 16 registers. */
  private static final int TILE_ROWS = 6, WIDE_ROWS = 4, TILE_VECTORS = L == 16 ? 4 : 2;

  @Override
  public void product(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long lda, long ldb, long ldc,
      boolean transposeA, boolean accumulate, long from, long to) {
    VectorLoops loops = loops(a, b, c, null);
    long aRow = (transposeA ? 1 : lda) * BYTES, aStep = (transposeA ? lda : 1) * BYTES;
    long end = whole(0, n);
    for (long j = 0; j < end;) {
      int columns = strip(end - j);
      // at least one round, so that k = 0 writes the zeros
      long p = 0;
      do {
        int depth = (int) Math.min(DEPTH, k - p);
        boolean fresh = !accumulate && p == 0;
        for (long i = from; i < to;) {
          int rows = rowsOfTile(columns, to - i);
          multiply(loops, rows, columns, a, i * aRow + p * aStep, aRow, aStep, b, (p * ldb + j) * BYTES, ldb * BYTES, c,
              (i * ldc + j) * BYTES, ldc * BYTES, depth, fresh);
          i += rows;
        }
        p += depth;
      } while (p < k);
      j += columns;
    }
    lastColumns(a, b, c, end, n, k, aRow / BYTES, aStep / BYTES, ldb, ldc, accumulate, from, to);
  }

  /**
   * The columns behind the last whole vector, one by one: masked accesses make the loops too large for the JIT's first
   * compiler, and then they are never compiled by the second.
   */
  private static void lastColumns(MemorySegment a, MemorySegment b, MemorySegment c, long first, long n, long k,
      long aRow, long aStep, long ldb, long ldc, boolean accumulate, long from, long to) {
    for (long i = from; i < to; i++) {
      for (long j = first; j < n; j++) {
        float sum = accumulate ? get(c, i * ldc + j) : 0;
        for (long p = 0; p < k; p++) {
          sum = Math.fma(get(a, i * aRow + p * aStep), get(b, p * ldb + j), sum);
        }
        set(c, i * ldc + j, sum);
      }
    }
  }

  /** Columns of the next strip: as many vectors as a tile has, 2, or one. */
  private static int strip(long left) {
    return left >= TILE_VECTORS * L ? TILE_VECTORS * L : left >= 2 * L ? 2 * L : L;
  }

  private static int rowsOfTile(int columns, long left) {
    int rows = columns == 4 * L ? WIDE_ROWS : TILE_ROWS;
    return left < rows ? 1 : rows;
  }

  private static void multiply(VectorLoops loops, int rows, int columns, MemorySegment a, long ao, long aRow,
      long aStep,
      MemorySegment b, long bo, long ldb, MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    if (rows > 1) {
      switch (columns / L) {
        case 4 -> loops.products().multiply4x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
        case 2 -> loops.products().multiply6x2(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
        default -> loops.products().multiply6x1(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      }
    } else if (columns == 4 * L) {
      loops.products().multiply1x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
    } else {
      for (int v = 0; v < columns; v += L) {
        loops.products().multiply1x1(a, ao, aRow, aStep, b, bo + v * BYTES, ldb, c, co + v * BYTES, ldc, depth, fresh);
      }
    }
  }
}
