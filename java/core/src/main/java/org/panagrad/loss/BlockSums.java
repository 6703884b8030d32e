package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Storage;

/**
 * Where a pass leaves its block sums: one place per thread and storage, only ever growing, so that a repeated call
 * allocates nothing.
 */
final class BlockSums {
  private static final ThreadLocal<BlockSums> OF_THREAD = ThreadLocal.withInitial(BlockSums::new);

  private Storage storage = Storage.HERE;
  private MemorySegment sums = MemorySegment.NULL;

  private BlockSums() {
  }

  static long blocks(long n) {
    return n / Kernels.BLOCK + (n % Kernels.BLOCK == 0 ? 0 : 1);
  }

  /** Room for that many blocks. */
  static MemorySegment ofThread(Storage storage, long blocks) {
    BlockSums mine = OF_THREAD.get();
    if (mine.sums.byteSize() < 4 * blocks || mine.storage.onDevice() != storage.onDevice()
        || storage.onDevice() && mine.storage != storage) {
      mine.storage = storage;
      mine.sums = storage.allocate(4 * (blocks + blocks / 2 + 1));
    }
    return mine.sums;
  }
}
