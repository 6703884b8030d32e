package org.panagrad.graph;

import java.lang.foreign.MemorySegment;

/**
 * A batch of images cut into tiles whose gathered windows fit the second-level cache, and tiles into at most {@link #GROUPS}
 * groups, by the batch's size alone. Sums over tiles are taken group by group, in order, so groups run on any number of
 * threads with the same bits.
 */
final class ImageTiles {
  static final long GROUPS = 8;
  /** Floats of gathered windows and their outputs in a tile. */
  private static final long FLOATS = 96 * 1024;

  private final long images;
  private long batch, count, groups;

  /** floatsOfImage: gathered windows and outputs of one. */
  ImageTiles(long floatsOfImage) {
    images = Math.max(1, FLOATS / floatsOfImage);
  }

  void begin(long batch) {
    this.batch = batch;
    count = count(batch);
    groups = Math.min(GROUPS, count);
  }

  /** Images of a full tile. */
  long images() {
    return images;
  }

  /** Tiles of so many images. */
  long count(long batch) {
    return Panels.count(batch, images);
  }

  /** Tiles of the batch. */
  long count() {
    return count;
  }

  long groups() {
    return groups;
  }

  long firstImage(long tile) {
    return tile * images;
  }

  long endImage(long tile) {
    return Math.min((tile + 1) * images, batch);
  }

  long imagesOf(long tile) {
    return endImage(tile) - firstImage(tile);
  }

  long firstTile(long group) {
    return group * count / groups;
  }

  long endTile(long group) {
    return firstTile(group + 1);
  }

  /** Pieces of an array, the last one as long as the array is. */
  static MemorySegment[] cut(MemorySegment array, long count, long floats) {
    MemorySegment[] pieces = new MemorySegment[Math.toIntExact(count)];
    for (int i = 0; i < count; i++) {
      long from = 4 * floats * i;
      pieces[i] = array.asSlice(from, Math.min(4 * floats, array.byteSize() - from));
    }
    return pieces;
  }
}
