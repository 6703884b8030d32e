package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;

/**
 * Where a pass leaves its block sums: one place per thread, only ever growing, so that a repeated call allocates
 * nothing.
 */
final class BlockSums {
  private static final ThreadLocal<BlockSums> OF_THREAD = ThreadLocal.withInitial(BlockSums::new);

  private MemorySegment sums = MemorySegment.ofArray(new float[64]);

  private BlockSums() {
  }

  static long blocks(long n) {
    return n / Kernels.BLOCK + (n % Kernels.BLOCK == 0 ? 0 : 1);
  }

  /** Room for that many blocks. */
  static MemorySegment ofThread(long blocks) {
    BlockSums mine = OF_THREAD.get();
    if (mine.sums.byteSize() < 4 * blocks) {
      mine.sums = MemorySegment.ofArray(new float[Math.toIntExact(blocks + blocks / 2)]);
    }
    return mine.sums;
  }
}
