package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Arrays where kernels reach them: themselves on a processor, on a GPU copies in its session's memory, which only ever
 * grows. One place for each array that is needed at a time. What is there already is not copied again.
 */
public final class Reached {
  private final Storage storage;
  private final MemorySegment[] copies;

  /**
   * Without copies yet.
   *
   * @param storage of the kernels
   * @param places  arrays at a time
   */
  public Reached(Storage storage, int places) {
    this.storage = storage;
    copies = new MemorySegment[places];
    Arrays.fill(copies, MemorySegment.NULL);
  }

  /**
   * An array to be read by kernels.
   *
   * @param place from 0; another array there is overwritten
   * @param array any memory
   * @return the array, or a copy as long as it is
   */
  public MemorySegment of(int place, MemorySegment array) {
    if (storage.reaches(array)) {
      return array;
    }
    boolean fresh = copies[place].byteSize() < array.byteSize();
    if (fresh) {
      copies[place] = storage.allocate(array.byteSize() + array.byteSize() / 2);
    }
    MemorySegment copy = copies[place].asSlice(0, array.byteSize());
    if (fresh || copy.mismatch(array) >= 0) {
      MemorySegment.copy(array, 0, copy, 0, array.byteSize());
      storage.upload(copy);
    }
    return copy;
  }
}
