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
  private long blocksOfTile;

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
    blocksOfTile = blocks(tiles.images());
    biasSums = memory.floats(most * blocksOfTile * filters);
    biasTiles = ImageTiles.from(biasSums, most, blocksOfTile * filters);
    weightSums = memory.floats(parts * weights);
    weightGroups = ImageTiles.from(weightSums, parts, weights);
  }

  private long blocks(long images) {
    return Panels.count(images * rowsOfImage, Kernels.BLOCK);
  }

  /** Where a group adds up the weight's gradient. */
  MemorySegment weightGroup(long group) {
    return weightGroups[(int) group];
  }

  /** Adds the rows of a chunk's images to the bias's gradient; outputGradients: from each tile on. */
  void addBias(MemorySegment[] outputGradients, long firstImage, long endImage) {
    if (blocksOfTile == 1) {
      int first = tiles.tileOf(firstImage);
      compute.kernels().columnSums(outputGradients[first], biasTiles[first], (endImage - firstImage) * rowsOfImage,
          filters, tiles.images() * rowsOfImage, 0, tiles.count(endImage - firstImage));
    } else {
      for (long image = firstImage; image < endImage; image += tiles.images()) {
        int tile = tiles.tileOf(image);
        long images = Math.min(tiles.images(), endImage - image);
        compute.kernels().columnSums(outputGradients[tile], biasTiles[tile], images * rowsOfImage, filters,
            Kernels.BLOCK, 0, blocks(images));
      }
    }
  }

  /** Writes the gradients, once all tiles are there. */
  void finish() {
    if (weight.trained()) {
      compute.run(weightPart, Panels.count(weights, compute.part(WEIGHT_PART)));
    }
    if (bias.trained()) {
      long whole = tiles.batch() / tiles.images(), rest = tiles.batch() % tiles.images();
      compute.kernels().sumPartials(biasSums, bias.gradient(), whole * blocksOfTile + (rest == 0 ? 0 : blocks(rest)),
          filters, 0, filters);
    }
  }

  private void weightPart(long part, int worker) {
    long size = compute.part(WEIGHT_PART), from = part * size;
    compute.kernels().sumPartials(weightSums, weight.gradient(), tiles.groups(), weights, from,
        Math.min(from + size, weights));
  }
}
