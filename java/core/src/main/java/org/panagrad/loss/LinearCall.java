package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reached;
import org.panagrad.kernel.RowLoss;
import org.panagrad.kernel.Workers;

/**
 * The arguments of {@link LinearCrossEntropy} and its scratch memory, which is allocated once, for the largest batch.
 *
 * <p>Memory of an arena is best for all arguments: OpenBLAS takes nothing else, and a product with a large weight on
 * the Java heap is done in Java, with the same bits but slowly. With more than one thread the arenas must be shared
 * ones.
 *
 * <p>Not thread-safe: one for each thread.
 */
public final class LinearCall {
  /** Rows of a tile: they share one reading of the weight. */
  static final int ROW_TILE = 128;
  /** Classes of a tile: a canonical block. */
  static final int CLASS_TILE = Kernels.BLOCK;
  /** Rows of a matrix that one thread takes at a time. */
  private static final long PANEL = 32;
  /** Floats for each row in {@link #sums} and in {@link #factors}. */
  private static final long TRIPLE = 3;

  private final Compute compute;
  private final Kernels kernels;
  private final Reached reached;
  private final long panel;
  private final long mostRows, inputs, mostClasses, rowTile, classTile;
  private final Workers.Task sumsTask = this::sumsPanel, gradientTask = this::gradientPanel,
      weightTask = this::weightPanel, transposeTask = this::transposePanel, inputTask = this::inputPanel;

  // scratch: a tile of logits, which becomes their gradient, and it transposed; the tile's gradient of x, transposed
  private final MemorySegment logits, logitsTransposed, inputTransposed, biasSums;
  // for each tile of classes and row its maximum, sum and distance; for each row what makes its gradient
  private final MemorySegment sums, factors, targets, hits, losses;
  private final double[] tileWeights;
  private final Slices xTiles = new Slices(), weightTiles = new Slices(), biasTiles = new Slices(),
      classWeightTiles = new Slices(), sumsTiles = new Slices(), xGradientTiles = new Slices(),
      weightGradientTiles = new Slices(), biasGradientTiles = new Slices();

  // arguments
  private MemorySegment x = MemorySegment.NULL, weight = MemorySegment.NULL, labels = MemorySegment.NULL;
  private @Nullable MemorySegment bias, sampleWeight, xGradient, weightGradient, biasGradient;
  private long rows, classes;
  private boolean withoutSelf;

  // of the pass that is running
  private RowLoss function = RowLoss.softmaxCrossEntropy();
  private double scale;
  private @Nullable MemorySegment classWeight;
  private long tile, tileRows, part, partClasses;

  LinearCall(Compute compute, Arena arena, long rows, long inputs, long classes, long rowTile, long classTile) {
    Memories.size("rows", rows, 0, Integer.MAX_VALUE);
    Memories.size("inputs", inputs, 1, Integer.MAX_VALUE);
    Memories.size("classes", classes, 1, Integer.MAX_VALUE);
    this.compute = compute;
    kernels = compute.kernels();
    reached = new Reached(kernels, 1);
    panel = compute.part(PANEL);
    mostRows = rows;
    this.inputs = inputs;
    mostClasses = this.classes = classes;
    this.rowTile = rowTile;
    this.classTile = classTile;
    long tall = Math.min(rows, rowTile), wide = Math.min(classes, classTile), parts = parts(classes, classTile);
    logits = floats(arena, tall * wide);
    logitsTransposed = floats(arena, tall * wide);
    inputTransposed = floats(arena, tall * inputs);
    biasSums = floats(arena, wide);
    sums = floats(arena, TRIPLE * tall * parts);
    factors = floats(arena, TRIPLE * tall);
    targets = floats(arena, tall);
    hits = floats(arena, tall);
    losses = floats(arena, rows);
    sumsTiles.of(sums, parts, TRIPLE * tall);
    tileWeights = new double[Math.toIntExact(parts)];
  }

  /**
   * With scratch for batches up to a size.
   *
   * @param compute kernels, product and threads
   * @param arena   whose memory the scratch is, on a GPU one of {@code compute.kernels().arena()}: {@link #bytes(long, long, long)}
   * @param rows    most rows of a batch
   * @param inputs  elements of a row of x
   * @param classes outputs of the layer
   * @return a call that holds nothing yet
   * @throws IllegalArgumentException if inputs or classes are less than 1
   */
  public static LinearCall on(Compute compute, Arena arena, long rows, long inputs, long classes) {
    return new LinearCall(compute, arena, rows, inputs, classes, ROW_TILE, CLASS_TILE);
  }

  private static MemorySegment floats(Arena arena, long count) {
    return arena.allocate(Math.multiplyExact(4L, count), 64);
  }

  private static long parts(long n, long size) {
    return (n + size - 1) / size;
  }

  /**
   * The memory that a call allocates; it allocates nothing later. Two tiles of logits are nearly all of it, 4 MiB: the
   * logits of a batch and their gradient would be 8 x rows x classes bytes.
   *
   * @param rows    most rows of a batch
   * @param inputs  elements of a row of x
   * @param classes outputs of the layer
   * @return bytes off the heap
   */
  public static long bytes(long rows, long inputs, long classes) {
    return bytes(rows, inputs, classes, ROW_TILE, CLASS_TILE);
  }

  static long bytes(long rows, long inputs, long classes, long rowTile, long classTile) {
    long tall = Math.min(rows, rowTile), wide = Math.min(classes, classTile);
    long perRow = 2 * wide + inputs + TRIPLE * parts(classes, classTile) + TRIPLE + 2;
    return 4 * (tall * perRow + wide + rows);
  }

  /**
   * What every call has; bias, weights and gradients that were given before are taken away.
   *
   * @param x      rows x inputs floats
   * @param weight inputs x classes floats
   * @param bias   classes floats, or null for none
   * @param labels rows ints
   * @param rows   of the batch
   * @return this
   */
  public LinearCall of(MemorySegment x, MemorySegment weight, @Nullable MemorySegment bias, MemorySegment labels,
      long rows) {
    this.x = x;
    this.weight = weight;
    this.bias = bias;
    this.labels = labels;
    this.rows = rows;
    classes = mostClasses;
    sampleWeight = xGradient = weightGradient = biasGradient = null;
    withoutSelf = false;
    return this;
  }

  /** The same with fewer classes than there is scratch for. */
  LinearCall classes(long count) {
    classes = count;
    return this;
  }

  /** The same, where class i has a probability of 0 in row i. */
  LinearCall withoutSelf(boolean without) {
    withoutSelf = without;
    return this;
  }

  /**
   * Where the gradients go; each may be null. They overlap no other array.
   *
   * @param xGradient      rows x inputs floats
   * @param weightGradient inputs x classes floats
   * @param biasGradient   classes floats; without a bias too
   * @return this
   */
  public LinearCall gradients(@Nullable MemorySegment xGradient, @Nullable MemorySegment weightGradient,
      @Nullable MemorySegment biasGradient) {
    this.xGradient = xGradient;
    this.weightGradient = weightGradient;
    this.biasGradient = biasGradient;
    return this;
  }

  /**
   * A weight for each row; 0 takes it out of loss, gradient and divisor.
   *
   * @param sampleWeight rows floats, not negative, or null
   * @return this
   */
  public LinearCall sampleWeight(@Nullable MemorySegment sampleWeight) {
    this.sampleWeight = sampleWeight;
    return this;
  }

  /**
   * The rows' losses of the last evaluation, times their weights, not divided by anything.
   *
   * @return a float for each row
   */
  public MemorySegment losses() {
    return losses;
  }

  MemorySegment labels() {
    return labels;
  }

  @Nullable
  MemorySegment sampleWeight() {
    return sampleWeight;
  }

  long rows() {
    return rows;
  }

  // before anything is written

  void check(RowLoss function) {
    Memories.size("rows", rows, 0, mostRows);
    Memories.size("classes", classes, 1, mostClasses);
    Memories.in("x", x, rows * inputs);
    Memories.in("weight", weight, inputs * classes);
    Memories.in("labels", labels, rows);
    if (bias != null) {
      Memories.in("bias", bias, classes);
    }
    if (sampleWeight != null) {
      Memories.in("sampleWeight", sampleWeight, rows);
    }
    kernels.requireReached("scratch", logits);
    kernels.requireReached("x", x);
    kernels.requireReached("weight", weight);
    kernels.requireReached("bias", bias);
    MemorySegment classWeights = function.classWeights();
    if (classWeights != null && classWeights.byteSize() != 4 * classes) {
      throw new IllegalArgumentException(
          "classWeight has " + classWeights.byteSize() / 4 + " weights for " + classes + " classes");
    }
    checkGradient("xGradient", xGradient, rows * inputs);
    checkGradient("weightGradient", weightGradient, inputs * classes);
    checkGradient("biasGradient", biasGradient, classes);
    Memories.apart("xGradient", xGradient, rows * inputs, "weightGradient", weightGradient, inputs * classes);
    Memories.apart("xGradient", xGradient, rows * inputs, "biasGradient", biasGradient, classes);
    Memories.apart("weightGradient", weightGradient, inputs * classes, "biasGradient", biasGradient, classes);
    function.check(labels, sampleWeight, classes, 0, rows);
  }

  private void checkGradient(String name, @Nullable MemorySegment gradient, long n) {
    Memories.outIfAny(name, gradient, n);
    kernels.requireReached(name, gradient);
    Memories.apart(name, gradient, n, "x", x, rows * inputs);
    Memories.apart(name, gradient, n, "weight", weight, inputs * classes);
    Memories.apart(name, gradient, n, "bias", bias, classes);
    Memories.apart(name, gradient, n, "labels", labels, rows);
    Memories.apart(name, gradient, n, "sampleWeight", sampleWeight, rows);
  }

  // the passes

  /** Gradients times scale, and the losses; their sum. */
  double run(RowLoss function, float scale) {
    this.function = function;
    this.scale = scale;
    boolean smooth = function.labelSmoothing() > 0;
    MemorySegment weights = smooth ? function.classWeights() : null;
    classWeight = weights == null ? null : reached.of(0, weights);
    long tiles = parts(rows, rowTile), parts = parts(classes, classTile);
    slice(tiles, parts);
    if (smooth) {
      weighTiles(parts);
    }
    for (tile = 0; tile < tiles; tile++) {
      tileRows = Math.min(rowTile, rows - tile * rowTile);
      passRows(parts);
    }
    if (rows == 0) {
      clear(weightGradient, inputs * classes);
      clear(biasGradient, classes);
    }
    kernels.upload(losses);
    return Compute.sum(losses, rows);
  }

  private void slice(long tiles, long parts) {
    xTiles.of(x, tiles, rowTile * inputs);
    weightTiles.of(weight, parts, classTile);
    slice(biasTiles, bias, parts, classTile);
    slice(classWeightTiles, classWeight, parts, classTile);
    slice(xGradientTiles, xGradient, tiles, rowTile * inputs);
    slice(weightGradientTiles, weightGradient, parts, classTile);
    slice(biasGradientTiles, biasGradient, parts, classTile);
  }

  private static void slice(Slices slices, @Nullable MemorySegment array, long count, long step) {
    if (array != null) {
      slices.of(array, count, step);
    }
  }

  private void clear(@Nullable MemorySegment gradient, long n) {
    for (long i = 0; gradient != null && i < n; i++) {
      gradient.setAtIndex(JAVA_FLOAT, i, 0);
    }
    if (gradient != null && kernels.onDevice()) {
      kernels.upload(gradient.asSlice(0, 4 * n));
    }
  }

  /** The sums of the class weights of each tile of classes. */
  private void weighTiles(long parts) {
    for (int p = 0; p < parts; p++) {
      long from = p * classTile, to = Math.min(from + classTile, classes);
      double sum = 0;
      for (long c = from; c < to && classWeight != null; c++) {
        sum += classWeight.getAtIndex(JAVA_FLOAT, c);
      }
      tileWeights[p] = classWeight == null ? to - from : sum;
    }
  }

  private void choosePart(long p) {
    part = p;
    partClasses = Math.min(classTile, classes - p * classTile);
  }

  private void runPanels(Workers.Task task, long n) {
    compute.run(task, parts(n, panel));
  }

  private void passRows(long parts) {
    for (long r = 0; r < tileRows; r++) {
      targets.setAtIndex(JAVA_FLOAT, r, Float.NaN);
    }
    for (long p = 0; p < parts; p++) {
      choosePart(p);
      runPanels(sumsTask, tileRows);
    }
    kernels.download(sums);
    for (long r = 0; r < tileRows; r++) {
      combine(r, (int) parts);
    }
    kernels.upload(factors);
    if (xGradient == null && weightGradient == null && biasGradient == null) {
      return;
    }
    for (long p = 0; p < parts; p++) {
      choosePart(p);
      runPanels(gradientTask, tileRows);
      spreadGradient();
    }
    if (xGradient != null) {
      kernels.transpose(inputTransposed, xGradientTiles.at(tile), inputs, tileRows, 0, tileRows);
    }
  }

  /** Rows of the tile's logits. */
  private void multiply(long from, long to) {
    compute.product().multiply(xTiles.at(tile), weightTiles.at(part), logits, partClasses, inputs, inputs, classes,
        partClasses, false, false, from, to);
    if (bias != null) {
      kernels.bias(logits, biasTiles.at(part), logits, partClasses, from, to);
    }
    if (withoutSelf) {
      kernels.download(logits);
      clearSelf(from, to);
      kernels.upload(logits);
    }
  }

  private void clearSelf(long from, long to) {
    for (long r = from; r < to; r++) {
      long self = tile * rowTile + r - part * classTile;
      if (self >= 0 && self < partClasses) {
        logits.setAtIndex(JAVA_FLOAT, r * partClasses + self, Float.NEGATIVE_INFINITY);
      }
    }
  }

  /** The label's place in the tile of logits, or -1: another thread may have written since it was checked. */
  private long placeOfLabel(long r) {
    long c = labels.getAtIndex(JAVA_INT, tile * rowTile + r) - part * classTile;
    return c >= 0 && c < partClasses ? r * partClasses + c : -1;
  }

  private @Nullable MemorySegment partClassWeight() {
    return classWeight == null ? null : classWeightTiles.at(part);
  }

  private void sumsPanel(long index, int worker) {
    long from = index * panel, to = Math.min(from + panel, tileRows);
    multiply(from, to);
    kernels.softmaxTileSums(logits, partClassWeight(), sumsTiles.at(part), partClasses, from, to);
    kernels.download(logits);
    for (long r = from; r < to; r++) {
      long place = placeOfLabel(r);
      if (place >= 0) {
        targets.setAtIndex(JAVA_FLOAT, r, logits.getAtIndex(JAVA_FLOAT, place));
      }
    }
  }

  private float sum(int p, long r, int which) {
    return sumsTiles.at(p).getAtIndex(JAVA_FLOAT, TRIPLE * r + which);
  }

  /** A row's loss, and what makes its gradient, from the sums of its tiles: in double, in their order. */
  private void combine(long r, int parts) {
    long row = tile * rowTile + r;
    int label = labels.getAtIndex(JAVA_INT, row);
    double rowWeight = sampleWeight == null ? 1 : sampleWeight.getAtIndex(JAVA_FLOAT, row);
    if (rowWeight == 0 || label == function.ignoreIndex()) {
      put(r, row, 0, 0, 0, 0, 0);
      return;
    }
    float maximum = Float.NEGATIVE_INFINITY;
    for (int p = 0; p < parts; p++) {
      maximum = sum(p, r, 0) > maximum ? sum(p, r, 0) : maximum;
    }
    double sum = 0, distance = 0, weights = 0, smoothing = function.labelSmoothing(), zLoss = function.zLoss();
    for (int p = 0; p < parts; p++) {
      float tileMaximum = sum(p, r, 0), shift = tileMaximum == Float.NEGATIVE_INFINITY ? 0 : tileMaximum;
      sum += sum(p, r, 1) * StrictMath.exp((double) tileMaximum - maximum);
      if (smoothing > 0) {
        distance += sum(p, r, 2) + tileWeights[p] * ((double) maximum - shift);
        weights += tileWeights[p];
      }
    }
    double each = smoothing / classes, hit = (1 - smoothing) * weightOf(label), all = hit + each * weights;
    double logarithm = StrictMath.log(sum), whole = maximum + logarithm;
    double loss = all * logarithm + hit * ((double) maximum - targets.getAtIndex(JAVA_FLOAT, r)) + each * distance;
    if (zLoss > 0) {
      loss += zLoss * whole * whole;
      all += 2 * zLoss * whole;
    }
    double factor = rowWeight * scale;
    put(r, row, loss * rowWeight, maximum, all * factor / sum, each * factor, hit * factor);
  }

  private double weightOf(int label) {
    MemorySegment weights = function.classWeights();
    return weights == null || label < 0 || label >= classes ? 1 : weights.getAtIndex(JAVA_FLOAT, label);
  }

  private void put(long r, long row, double loss, float maximum, double factor, double spread, double hit) {
    losses.setAtIndex(JAVA_FLOAT, row, (float) loss);
    factors.setAtIndex(JAVA_FLOAT, TRIPLE * r, maximum);
    factors.setAtIndex(JAVA_FLOAT, TRIPLE * r + 1, (float) factor);
    factors.setAtIndex(JAVA_FLOAT, TRIPLE * r + 2, (float) spread);
    hits.setAtIndex(JAVA_FLOAT, r, (float) hit);
  }

  /** The tile of logits, which is there still if it is the only one of its rows, becomes its gradient. */
  private void gradientPanel(long index, int worker) {
    long from = index * panel, to = Math.min(from + panel, tileRows);
    if (partClasses < classes) {
      multiply(from, to);
    }
    kernels.softmaxTileGradient(logits, partClassWeight(), factors, logits, partClasses, from, to);
    kernels.download(logits);
    for (long r = from; r < to; r++) {
      long place = placeOfLabel(r);
      if (place >= 0) {
        logits.setAtIndex(JAVA_FLOAT, place,
            logits.getAtIndex(JAVA_FLOAT, place) - hits.getAtIndex(JAVA_FLOAT, r));
      }
    }
    kernels.upload(logits);
  }

  /** From the gradient of a tile of logits to those of the arguments. */
  private void spreadGradient() {
    if (weightGradient != null) {
      runPanels(weightTask, inputs);
    }
    if (biasGradient != null) {
      addColumnSums(biasGradientTiles.at(part));
    }
    if (xGradient != null) {
      runPanels(transposeTask, partClasses);
      runPanels(inputTask, inputs);
    }
  }

  private void weightPanel(long index, int worker) {
    long from = index * panel, to = Math.min(from + panel, inputs);
    compute.product().multiply(xTiles.at(tile), logits, weightGradientTiles.at(part), partClasses, tileRows, inputs,
        partClasses, classes, true, tile > 0, from, to);
  }

  private void addColumnSums(MemorySegment gradient) {
    MemorySegment into = tile == 0 ? gradient : biasSums;
    kernels.columnSums(logits, into, tileRows, partClasses, Kernels.BLOCK, 0, 1);
    if (tile > 0) {
      kernels.bias(gradient, biasSums, gradient, partClasses, 0, 1);
    }
  }

  private void transposePanel(long index, int worker) {
    long from = index * panel, to = Math.min(from + panel, partClasses);
    kernels.transpose(logits, logitsTransposed, tileRows, partClasses, from, to);
  }

  /** Transposed, so that the weight is read as it lies. */
  private void inputPanel(long index, int worker) {
    long from = index * panel, to = Math.min(from + panel, inputs);
    compute.product().multiply(weightTiles.at(part), logitsTransposed, inputTransposed, tileRows, partClasses, classes,
        tileRows, tileRows, false, part > 0, from, to);
  }
}
