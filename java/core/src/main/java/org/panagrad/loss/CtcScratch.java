package org.panagrad.loss;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.panagrad.kernel.ArraySegments;
import org.panagrad.kernel.SequenceKernels;

/**
 * The memory that {@link Ctc} works in, made once for the largest batch; not for two threads at the same time. After an
 * evaluation {@link #losses} holds each sample's loss.
 */
public final class CtcScratch {
  private final MemorySegment losses, scales, lattice;
  private final ArraySegments arrays = new ArraySegments(5);

  private CtcScratch(SegmentAllocator allocator, long samples, long time, long maxTarget) {
    losses = allocator.allocate(ValueLayout.JAVA_FLOAT, samples);
    scales = allocator.allocate(ValueLayout.JAVA_FLOAT, samples);
    lattice = allocator.allocate(ValueLayout.JAVA_FLOAT,
        Math.multiplyExact(samples, SequenceKernels.ctcScratch(time, maxTarget)));
  }

  /**
   * On the Java heap.
   *
   * @param samples   most samples of a batch
   * @param time      most frames of a sample
   * @param maxTarget most labels of a sample
   * @return the memory
   */
  public static CtcScratch of(long samples, long time, long maxTarget) {
    return new CtcScratch((bytes, _) -> MemorySegment.ofArray(new float[Math.toIntExact(bytes / 4)]), samples, time,
        maxTarget);
  }

  /**
   * Off the heap: better for long sequences, which native code takes from there in one call.
   *
   * @param arena     whose memory
   * @param samples   most samples of a batch
   * @param time      most frames of a sample
   * @param maxTarget most labels of a sample
   * @return the memory
   */
  public static CtcScratch of(Arena arena, long samples, long time, long maxTarget) {
    return new CtcScratch(arena, samples, time, maxTarget);
  }

  /**
   * The samples' losses: not divided by anything, 0 where {@link Ctc#zeroInfinity} made it so.
   *
   * @return a float for each sample of the last batch
   */
  public MemorySegment losses() {
    return losses;
  }

  MemorySegment scales() {
    return scales;
  }

  MemorySegment lattice() {
    return lattice;
  }

  ArraySegments arrays() {
    return arrays;
  }
}
