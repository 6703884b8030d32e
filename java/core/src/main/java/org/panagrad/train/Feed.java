package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.panagrad.kernel.Storage;

/** Shows kernels the columns of a batch: where they lie, or, on a GPU, in memory there to which they are copied. */
final class Feed {
  private final Storage storage;
  private final MemorySegment[] places;

  /** For so many columns. */
  Feed(Storage storage, int columns) {
    this.storage = storage;
    places = new MemorySegment[columns];
    Arrays.fill(places, MemorySegment.NULL);
  }

  /** The first bytes of a column. */
  MemorySegment of(int column, MemorySegment samples, long bytes) {
    if (!storage.onDevice()) {
      return samples;
    }
    if (places[column].byteSize() < bytes) {
      places[column] = storage.allocate(samples.byteSize());
    }
    return copied(storage, samples, places[column], bytes);
  }

  /** The same with a place that the caller has. */
  static MemorySegment of(Storage storage, MemorySegment samples, MemorySegment place, long bytes) {
    return storage.onDevice() ? copied(storage, samples, place, bytes) : samples;
  }

  private static MemorySegment copied(Storage storage, MemorySegment samples, MemorySegment place, long bytes) {
    MemorySegment.copy(samples, 0, place, 0, bytes);
    storage.upload(place.asSlice(0, bytes));
    return place;
  }
}
