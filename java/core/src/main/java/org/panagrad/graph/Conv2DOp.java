package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Window;
import org.panagrad.kernel.Workers;

/**
 * {@code y = activation(conv(x, W) + b)} on NHWC images, lowered to matrix products: the images are cut into tiles whose
 * gathered windows fit the second-level cache, and bias and activation follow while a tile is there.
 *
 * <p>The gradient of the weights is a sum over all tiles. Tiles form at most {@link #GROUPS} groups, by the batch's size
 * alone; each group adds its tiles up in order, and the groups' sums are added in order, in double. So groups run on any
 * number of threads with the same bits.
 */
public final class Conv2DOp implements Op {
  private static final long GROUPS = 8;
  /** Floats of gathered windows and their outputs in a tile. */
  private static final long TILE_FLOATS = 96 * 1024;

  private final Window window;
  private final Value x, y;
  private final Parameter weight, bias;
  private final boolean relu;
  private final long filters, seen, positions, tileImages;
  private final Workers.Task forwardTile = this::forwardTile, backwardGroup = this::backwardGroup,
      weightPart = this::weightPart;
  private Compute compute;
  private Kernels kernels;
  private int batch;
  private long tiles, groups;
  /** Scratch of each thread. */
  private MemorySegment[] columns = {}, columnGradients = {};
  /** Of each tile: its rows of y and of its gradient, and its sums of the bias's gradient. */
  private MemorySegment[] yTiles = {}, yGradientTiles = {}, biasTiles = {};
  /** Of each group: its part of the weight's gradient. */
  private MemorySegment[] weightGroups = {};
  private MemorySegment weightSums, biasSums, weightTransposed;

  /**
   * The operation.
   *
   * @param window geometry
   * @param x      height x width x channels
   * @param y      outHeight x outWidth x filters
   * @param weight kernelHeight x kernelWidth x channels x filters floats inside
   * @param bias   filters floats
   * @param relu   whether relu follows
   */
  public Conv2DOp(Window window, Value x, Value y, Parameter weight, Parameter bias, boolean relu) {
    this.window = window;
    this.x = x;
    this.y = y;
    this.weight = weight;
    this.bias = bias;
    this.relu = relu;
    filters = y.shape().last();
    seen = window.kernelHeight() * window.kernelWidth() * window.channels();
    positions = window.outHeight() * window.outWidth();
    tileImages = Math.max(1, TILE_FLOATS / (positions * (seen + filters)));
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    kernels = compute.kernels();
    long tileRows = tileImages * positions, most = Panels.count(batch, tileImages);
    columns = slices(memory, compute.threads(), tileRows * seen);
    columnGradients = x.needsGradient() ? slices(memory, compute.threads(), tileRows * seen) : columns;
    yTiles = cut(y.data(), most, tileRows * filters);
    yGradientTiles = y.needsGradient() ? cut(y.gradient(), most, tileRows * filters) : yTiles;
    long biasFloats = Panels.count(tileRows, Kernels.BLOCK) * filters;
    biasSums = memory.floats(most * biasFloats);
    biasTiles = cut(biasSums, most, biasFloats);
    weightSums = memory.floats(Math.min(GROUPS, most) * seen * filters);
    weightGroups = cut(weightSums, Math.min(GROUPS, most), seen * filters);
    weightTransposed = memory.floats(seen * filters);
  }

  private static MemorySegment[] slices(Memory memory, int count, long floats) {
    MemorySegment[] slices = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      slices[i] = memory.floats(floats);
    }
    return slices;
  }

  /** Pieces of an array, the last one as long as the array is. */
  private static MemorySegment[] cut(MemorySegment array, long count, long floats) {
    MemorySegment[] pieces = new MemorySegment[Math.toIntExact(count)];
    for (int i = 0; i < count; i++) {
      long from = 4 * floats * i;
      pieces[i] = array.asSlice(from, Math.min(4 * floats, array.byteSize() - from));
    }
    return pieces;
  }

  private void begin(Pass pass) {
    batch = pass.batch();
    tiles = Panels.count(batch, tileImages);
    groups = Math.min(GROUPS, tiles);
  }

  private long lastImage(long tile) {
    return Math.min((tile + 1) * tileImages, batch);
  }

  /** What the tile's positions see, one row each. */
  private MemorySegment gather(long tile, int worker) {
    long first = tile * tileImages * positions;
    kernels.im2col(window, x.data(), columns[worker], first, first, lastImage(tile) * positions);
    return columns[worker];
  }

  @Override
  public void forward(Pass pass) {
    begin(pass);
    compute.run(forwardTile, tiles);
  }

  private void forwardTile(long tile, int worker) {
    long rows = (lastImage(tile) - tile * tileImages) * positions;
    MemorySegment out = yTiles[(int) tile];
    compute.product().multiply(gather(tile, worker), weight.data(), out, filters, seen, seen, filters, filters, false,
        false, 0, rows);
    kernels.bias(out, bias.data(), out, filters, 0, rows);
    if (relu) {
      kernels.relu(out, out, 0, rows * filters);
    }
  }

  @Override
  public void backward(Pass pass) {
    begin(pass);
    if (x.needsGradient()) {
      kernels.transpose(weight.data(), weightTransposed, seen, filters, 0, filters);
    }
    compute.run(backwardGroup, groups);
    if (weight.trained()) {
      compute.run(weightPart, Panels.count(seen * filters, WEIGHT_PART));
    }
    if (bias.trained()) {
      sumBias();
    }
  }

  private void sumBias() {
    long blocks = Panels.count(tileImages * positions, Kernels.BLOCK) * (tiles - 1)
        + Panels.count((batch - (tiles - 1) * tileImages) * positions, Kernels.BLOCK);
    kernels.sumPartials(biasSums, bias.gradient(), blocks, filters, 0, filters);
  }

  private void backwardGroup(long group, int worker) {
    long first = group * tiles / groups, end = (group + 1) * tiles / groups;
    for (long tile = first; tile < end; tile++) {
      backwardTile(tile, weightGroups[(int) group], tile > first, worker);
    }
  }

  private void backwardTile(long tile, MemorySegment weightGroup, boolean accumulate, int worker) {
    long firstImage = tile * tileImages, rows = (lastImage(tile) - firstImage) * positions;
    MemorySegment out = yTiles[(int) tile], dy = yGradientTiles[(int) tile];
    if (relu) {
      kernels.reluBackward(out, dy, dy, 0, rows * filters);
    }
    kernels.columnSums(dy, biasTiles[(int) tile], rows, filters, Kernels.BLOCK, 0,
        Panels.count(rows, Kernels.BLOCK));
    if (weight.trained()) {
      compute.product().multiply(gather(tile, worker), dy, weightGroup, filters, rows, seen, filters, filters, true,
          accumulate, 0, seen);
    }
    if (x.needsGradient()) {
      MemorySegment dcol = columnGradients[worker];
      compute.product().multiply(dy, weightTransposed, dcol, seen, filters, filters, seen, seen, false, false, 0, rows);
      kernels.col2im(window, dcol, x.gradient(), firstImage, firstImage, lastImage(tile));
    }
  }

  private static final long WEIGHT_PART = 1 << 14;

  private void weightPart(long part, int worker) {
    long n = seen * filters;
    kernels.sumPartials(weightSums, weight.gradient(), groups, n, part * WEIGHT_PART,
        Math.min((part + 1) * WEIGHT_PART, n));
  }
}
