package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Workers;

/**
 * The gradients of weight and bias of a convolution: sums over the tiles. Each group of tiles has a part of the weight's,
 * each tile its sums of the bias's; the parts are added in order, in double.
 */
final class TiledGradient {
  private static final long WEIGHT_PART = 1 << 14;

  private final ImageTiles tiles;
  private final Parameter weight, bias;
  private final long weights, filters, rowsOfImage;
  private final Workers.Task weightPart = this::weightPart;
  private Compute compute;
  private MemorySegment weightSums, biasSums;
  private MemorySegment[] weightGroups = {}, biasTiles = {};

  /** rowsOfImage: rows of the output, each of as many floats as the bias has. */
  TiledGradient(ImageTiles tiles, Parameter weight, Parameter bias, long rowsOfImage) {
    this.tiles = tiles;
    this.weight = weight;
    this.bias = bias;
    this.rowsOfImage = rowsOfImage;
    weights = weight.shape().elements();
    filters = bias.shape().elements();
  }

  void plan(Compute compute, Memory memory, int batch) {
    this.compute = compute;
    long most = tiles.count(batch), parts = Math.min(ImageTiles.GROUPS, most);
    long biasFloats = blocks(tiles.images()) * filters;
    biasSums = memory.floats(most * biasFloats);
    biasTiles = ImageTiles.cut(biasSums, most, biasFloats);
    weightSums = memory.floats(parts * weights);
    weightGroups = ImageTiles.cut(weightSums, parts, weights);
  }

  private long blocks(long images) {
    return Panels.count(images * rowsOfImage, Kernels.BLOCK);
  }

  /** Where a group adds up the weight's gradient. */
  MemorySegment weightGroup(long group) {
    return weightGroups[(int) group];
  }

  /** Adds a tile's rows of the output's gradient to the bias's. */
  void addBias(MemorySegment outputGradient, long tile) {
    long images = tiles.imagesOf(tile);
    compute.kernels().columnSums(outputGradient, biasTiles[(int) tile], images * rowsOfImage, filters, Kernels.BLOCK, 0,
        blocks(images));
  }

  /** Writes the gradients, once all tiles are there. */
  void finish() {
    if (weight.trained()) {
      compute.run(weightPart, Panels.count(weights, compute.part(WEIGHT_PART)));
    }
    if (bias.trained()) {
      long last = tiles.count() - 1;
      compute.kernels().sumPartials(biasSums, bias.gradient(),
          last * blocks(tiles.images()) + blocks(tiles.imagesOf(last)), filters, 0, filters);
    }
  }

  private void weightPart(long part, int worker) {
    long size = compute.part(WEIGHT_PART), from = part * size;
    compute.kernels().sumPartials(weightSums, weight.gradient(), tiles.groups(), weights, from,
        Math.min(from + size, weights));
  }
}
