package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Window;
import org.panagrad.kernel.Workers;

/**
 * {@code y = activation(conv(x, W) + b)} on NHWC images, lowered to matrix products: the images are cut into tiles whose
 * gathered windows fit the second-level cache, and bias and activation follow while a tile is there.
 */
public final class Conv2DOp implements Op {
  private final Window window;
  private final Value x, y;
  private final Parameter weight, bias;
  private final boolean relu;
  private final long filters, seen, positions;
  private final ImageTiles tiles;
  private final TiledGradient sums;
  private final Workers.Task forwardChunk = this::forwardChunk, backwardGroup = this::backwardGroup;
  private Compute compute;
  private Kernels kernels;
  /** Scratch of each thread. */
  private MemorySegment[] columns = {}, columnGradients = {};
  /** From each tile on: rows of y and of its gradient. */
  private MemorySegment[] yTiles = {}, yGradientTiles = {};
  private MemorySegment weightTransposed;

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
    tiles = new ImageTiles(positions * (seen + filters));
    sums = new TiledGradient(tiles, weight, bias, positions);
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    kernels = compute.kernels();
    tiles.plan(compute);
    long most = tiles.mostAtOnce(batch) * positions * seen, floatsOfTile = tiles.images() * positions * filters;
    columns = memory.each(compute.threads(), most);
    columnGradients = x.needsGradient() ? memory.each(compute.threads(), most) : columns;
    yTiles = ImageTiles.from(y.data(), tiles.count(batch), floatsOfTile);
    yGradientTiles = y.needsGradient() ? ImageTiles.from(y.gradient(), tiles.count(batch), floatsOfTile) : yTiles;
    sums.plan(compute, memory, batch);
    weightTransposed = memory.floats(seen * filters);
  }

  /** What the images' positions see, one row each. */
  private MemorySegment gather(long firstImage, long endImage, int worker) {
    long first = firstImage * positions;
    kernels.im2col(window, x.data(), columns[worker], first, first, endImage * positions);
    return columns[worker];
  }

  @Override
  public void forward(Pass pass) {
    tiles.begin(pass.batch());
    compute.run(forwardChunk, tiles.chunks());
  }

  private void forwardChunk(long chunk, int worker) {
    long first = tiles.firstOfChunk(chunk), end = tiles.end(first, tiles.batch()), rows = (end - first) * positions;
    MemorySegment out = yTiles[tiles.tileOf(first)];
    compute.product().multiply(gather(first, end, worker), weight.data(), out, filters, seen, seen, filters, filters,
        false,
        false, 0, rows);
    kernels.bias(out, bias.data(), out, filters, 0, rows);
    if (relu) {
      kernels.relu(out, out, 0, rows * filters);
    }
  }

  @Override
  public void backward(Pass pass) {
    tiles.begin(pass.batch());
    if (x.needsGradient()) {
      kernels.transpose(weight.data(), weightTransposed, seen, filters, 0, filters);
    }
    compute.run(backwardGroup, tiles.groups());
    sums.finish();
  }

  private void backwardGroup(long group, int worker) {
    long begin = tiles.firstOfGroup(group), most = tiles.firstOfGroup(group + 1);
    for (long first = begin; first < most; first = tiles.end(first, most)) {
      backwardChunk(first, tiles.end(first, most), sums.weightGroup(group), first > begin, worker);
    }
  }

  private void backwardChunk(long first, long end, MemorySegment weightGroup, boolean accumulate, int worker) {
    long rows = (end - first) * positions;
    MemorySegment dy = yGradientTiles[tiles.tileOf(first)];
    if (relu) {
      kernels.reluBackward(yTiles[tiles.tileOf(first)], dy, dy, 0, rows * filters);
    }
    sums.addBias(yGradientTiles, first, end);
    if (weight.trained()) {
      compute.product().multiply(gather(first, end, worker), dy, weightGroup, filters, rows, seen, filters, filters,
          true,
          accumulate, 0, seen);
    }
    if (x.needsGradient()) {
      MemorySegment dcol = columnGradients[worker];
      compute.product().multiply(dy, weightTransposed, dcol, seen, filters, filters, seen, seen, false, false, 0, rows);
      kernels.col2im(window, dcol, x.gradient(), first, first, end);
    }
  }
}
