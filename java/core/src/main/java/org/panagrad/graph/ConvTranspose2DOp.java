package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Window;
import org.panagrad.kernel.Workers;

/**
 * {@code y = activation(W^T x + b)}: the gradient of a convolution by its input, as a layer. Each pixel of x, times the
 * weight, is a window of y, and where windows overlap they add up: a product, then what a convolution does going back. Tiles
 * and sums are those of {@link Conv2DOp}.
 */
public final class ConvTranspose2DOp implements Op {
  private final Window window, pixel;
  private final Value x, y;
  private final Parameter weight, bias;
  private final boolean relu;
  private final long channels, filters, spread, positions, pixels;
  private final ImageTiles tiles;
  private final TiledGradient sums;
  private final Workers.Task forwardChunk = this::forwardChunk, backwardGroup = this::backwardGroup;
  private Compute compute;
  private Kernels kernels;
  /** Scratch of each thread: a chunk's windows, and its pixels of x, whose memory may be another's in each pass. */
  private MemorySegment[] windows = {}, inputs = {};
  /** From each tile on: pixels of x's gradient, of y and of its gradient. */
  private MemorySegment[] xGradientTiles = {}, yTiles = {}, yGradientTiles = {};
  private MemorySegment weightTransposed;

  /**
   * The operation.
   *
   * @param window over y: its positions are the pixels of x
   * @param x      outHeight x outWidth of the window x channels
   * @param y      height x width of the window x filters
   * @param weight channels x kernelHeight x kernelWidth x filters floats inside
   * @param bias   filters floats
   * @param relu   whether relu follows
   */
  public ConvTranspose2DOp(Window window, Value x, Value y, Parameter weight, Parameter bias, boolean relu) {
    this.window = window;
    this.x = x;
    this.y = y;
    this.weight = weight;
    this.bias = bias;
    this.relu = relu;
    channels = x.shape().last();
    pixel = Window.of(window.outHeight(), window.outWidth(), channels, 1, 1, 1, 0);
    filters = y.shape().last();
    spread = window.kernelHeight() * window.kernelWidth() * filters;
    positions = window.outHeight() * window.outWidth();
    pixels = window.height() * window.width();
    tiles = new ImageTiles(positions * (spread + channels));
    sums = new TiledGradient(tiles, weight, bias, pixels);
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    kernels = compute.kernels();
    tiles.plan(compute);
    long most = tiles.mostAtOnce(batch) * positions, count = tiles.count(batch),
        tileIn = tiles.images() * positions * channels, tileOut = tiles.images() * pixels * filters;
    windows = memory.each(compute.threads(), most * spread);
    inputs = memory.each(compute.threads(), most * channels);
    xGradientTiles = x.needsGradient() ? ImageTiles.from(x.gradient(), count, tileIn) : inputs;
    yTiles = ImageTiles.from(y.data(), count, tileOut);
    yGradientTiles = y.needsGradient() ? ImageTiles.from(y.gradient(), count, tileOut) : yTiles;
    sums.plan(compute, memory, batch);
    weightTransposed = memory.floats(channels * spread);
  }

  /** The images' pixels of x, a row each. */
  private MemorySegment gather(long firstImage, long endImage, int worker) {
    long first = firstImage * positions;
    kernels.im2col(pixel, x.data(), inputs[worker], first, first, endImage * positions);
    return inputs[worker];
  }

  @Override
  public void forward(Pass pass) {
    tiles.begin(pass.batch());
    compute.run(forwardChunk, tiles.chunks());
  }

  private void forwardChunk(long chunk, int worker) {
    long first = tiles.firstOfChunk(chunk), end = tiles.end(first, tiles.batch()), images = end - first;
    MemorySegment out = yTiles[tiles.tileOf(first)];
    compute.product().multiply(gather(first, end, worker), weight.data(), windows[worker], spread, channels, channels,
        spread,
        spread, false, false, 0, images * positions);
    kernels.col2im(window, windows[worker], y.data(), first, first, end);
    kernels.bias(out, bias.data(), out, filters, 0, images * pixels);
    if (relu) {
      kernels.relu(out, out, 0, images * pixels * filters);
    }
  }

  @Override
  public void backward(Pass pass) {
    tiles.begin(pass.batch());
    if (x.needsGradient()) {
      kernels.transpose(weight.data(), weightTransposed, channels, spread, 0, spread);
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
    int tile = tiles.tileOf(first);
    MemorySegment dy = yGradientTiles[tile];
    if (relu) {
      kernels.reluBackward(yTiles[tile], dy, dy, 0, (end - first) * pixels * filters);
    }
    sums.addBias(yGradientTiles, first, end);
    kernels.im2col(window, y.gradient(), windows[worker], first * positions, first * positions, end * positions);
    if (weight.trained()) {
      compute.product().multiply(gather(first, end, worker), windows[worker], weightGroup, spread, rows, channels,
          spread,
          spread, true, accumulate, 0, channels);
    }
    if (x.needsGradient()) {
      compute.product().multiply(windows[worker], weightTransposed, xGradientTiles[tile], channels, spread,
          spread,
          channels, channels, false, false, 0, rows);
    }
  }
}
