package org.panagrad.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Memory;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.MatrixTiles;
import org.panagrad.kernel.Update;

/**
 * What {@link Adafactor} keeps of the matrices of a tensor: mean squares of their rows and columns, and what a step
 * makes of these. Kernels sum the squares; what is left to do for each row and column is done here, in double, rounded
 * once.
 */
final class Factors {
  /** Names of the states. */
  static final List<String> NAMES = List.of("row_var", "col_var");

  private final Adafactor rule;
  private final MatrixTiles tiles;
  private final MemorySegment rowMeans, columnMeans, rowSums, columnSums, rowRoots, columnRoots;

  private Factors(Adafactor rule, MatrixTiles tiles, Memory memory) {
    this.rule = rule;
    this.tiles = tiles;
    rowMeans = memory.floats(tiles.matrices() * tiles.rows());
    columnMeans = memory.floats(tiles.matrices() * tiles.columns());
    rowRoots = memory.floats(tiles.matrices() * tiles.rows());
    columnRoots = memory.floats(tiles.matrices() * tiles.columns());
    rowSums = memory.floats(tiles.rowSums());
    columnSums = memory.floats(tiles.columnSums());
  }

  /** Null where a rule keeps nothing but arrays of the tensor's size; that is so of any vector, and of no elements. */
  static @Nullable Factors of(Rule rule, Memory memory, long... shape) {
    long matrices = 1;
    for (int i = 0; i < shape.length - 2; i++) {
      matrices *= shape[i];
    }
    int last = shape.length - 1;
    return rule instanceof Adafactor adafactor && last > 0 && matrices * shape[last - 1] * shape[last] > 0
        ? new Factors(adafactor, new MatrixTiles(matrices, shape[last - 1], shape[last]), memory)
        : null;
  }

  List<MemorySegment> states() {
    return List.of(rowMeans, columnMeans);
  }

  /** Sums the squares in one of so many parts of the tensor. */
  void sum(Kernels kernels, Update update, MemorySegment parameter, MemorySegment gradient, long part, long parts) {
    kernels.matrixSquares(update, parameter, gradient, rowSums, columnSums, tiles, tiles.count() * part / parts,
        tiles.count() * (part + 1) / parts);
  }

  /** Brings the means up to this step, once all parts are summed, and then the roots of their estimate. */
  void follow(Kernels kernels, long step) {
    double fresh = rule.fresh(step);
    long columns = tiles.matrices() * tiles.columns();
    kernels.sumPartials(columnSums, columnRoots, tiles.blocks(), columns, 0, columns);
    kernels.download(columnRoots);
    kernels.download(columnMeans);
    kernels.download(rowSums);
    kernels.download(rowMeans);
    for (long c = 0; c < columns; c++) {
      float mean = mix(columnMeans, c, columnRoots.getAtIndex(JAVA_FLOAT, c) / (double) tiles.rows(), fresh);
      columnRoots.setAtIndex(JAVA_FLOAT, c, (float) Math.sqrt(mean));
    }
    for (long m = 0; m < tiles.matrices(); m++) {
      followRows(m * tiles.rows(), (m + 1) * tiles.rows(), fresh);
    }
    kernels.upload(columnRoots);
    kernels.upload(columnMeans);
    kernels.upload(rowRoots);
    kernels.upload(rowMeans);
  }

  private void followRows(long from, long to, double fresh) {
    double total = 0;
    for (long r = from; r < to; r++) {
      double sum = 0;
      for (long tile = r * tiles.across(); tile < (r + 1) * tiles.across(); tile++) {
        sum += rowSums.getAtIndex(JAVA_FLOAT, tile);
      }
      total += mix(rowMeans, r, sum / tiles.columns(), fresh);
    }
    double mean = total / (to - from), scale = mean < rule.epsilon1() ? rule.epsilon1() : mean;
    for (long r = from; r < to; r++) {
      rowRoots.setAtIndex(JAVA_FLOAT, r, (float) Math.sqrt(rowMeans.getAtIndex(JAVA_FLOAT, r) / scale));
    }
  }

  private static float mix(MemorySegment means, long i, double now, double fresh) {
    float mean = (float) ((1 - fresh) * means.getAtIndex(JAVA_FLOAT, i) + fresh * now);
    means.setAtIndex(JAVA_FLOAT, i, mean);
    return mean;
  }

  /** The rule, or the pass before it that reads, on elements. */
  void update(Kernels kernels, Update update, MemorySegment parameter, MemorySegment gradient,
      @Nullable MemorySegment average, @Nullable MemorySegment sums, float ratio, long from, long to) {
    kernels.updateMatrix(update, parameter, gradient, rowRoots, columnRoots, average, sums, ratio, tiles.rows(),
        tiles.columns(), from, to);
  }
}
