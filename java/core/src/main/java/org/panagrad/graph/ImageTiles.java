package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Compute;

/**
 * A batch of images cut into tiles whose gathered windows fit the second-level cache, and tiles into at most {@link #GROUPS}
 * groups, by the batch's size alone. Sums over tiles are taken group by group, in order, so groups run on any number of
 * threads with the same bits. What is worked on at a time is a chunk: a tile, on a GPU many of them.
 */
final class ImageTiles {
  static final long GROUPS = 8;
  /** Floats of gathered windows and their outputs in a tile, and in a GPU's chunk. */
  private static final long FLOATS = 96 * 1024, FLOATS_ON_DEVICE = 1 << 24;

  private final long floatsOfImage, images;
  private long chunk, batch, tiles, groups;

  /** floatsOfImage: gathered windows and outputs of one. */
  ImageTiles(long floatsOfImage) {
    this.floatsOfImage = floatsOfImage;
    images = Math.max(1, FLOATS / floatsOfImage);
  }

  void plan(Compute compute) {
    long more = FLOATS_ON_DEVICE / (floatsOfImage * images);
    chunk = compute.kernels().onDevice() ? images * Math.max(1, more) : images;
  }

  void begin(long batch) {
    this.batch = batch;
    tiles = count(batch);
    groups = Math.min(GROUPS, tiles);
  }

  /** Images of a full tile. */
  long images() {
    return images;
  }

  /** Tiles of so many images. */
  long count(long batch) {
    return Panels.count(batch, images);
  }

  /** Images of the greatest chunk of a batch. */
  long mostAtOnce(long batch) {
    return Math.min(batch, chunk);
  }

  /** Chunks of the batch. */
  long chunks() {
    return Panels.count(batch, chunk);
  }

  /** The first image of a chunk. */
  long firstOfChunk(long index) {
    return index * chunk;
  }

  /** The end of a chunk that begins at an image and goes on to another at most. */
  long end(long image, long most) {
    return Math.min(image + chunk, most);
  }

  /** Images of the batch. */
  long batch() {
    return batch;
  }

  /** The tile that an image lies in. */
  int tileOf(long image) {
    return (int) (image / images);
  }

  long groups() {
    return groups;
  }

  /** The first image of a group; of the one behind the last, the end of the batch. */
  long firstOfGroup(long group) {
    return Math.min(batch, group * tiles / groups * images);
  }

  /** For each tile the rest of an array from it on, of which a tile has so many floats. */
  static MemorySegment[] from(MemorySegment array, long tiles, long floats) {
    MemorySegment[] rests = new MemorySegment[Math.toIntExact(tiles)];
    for (int i = 0; i < tiles; i++) {
      rests[i] = array.asSlice(4 * floats * i);
    }
    return rests;
  }
}
