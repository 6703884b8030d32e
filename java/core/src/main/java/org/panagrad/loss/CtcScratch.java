package org.panagrad.loss;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.panagrad.kernel.ArraySegments;
import org.panagrad.kernel.Reached;
import org.panagrad.kernel.SequenceKernels;
import org.panagrad.kernel.Storage;

/**
 * The memory that {@link Ctc} works in, made once for the largest batch; not for two threads at the same time. After an
 * evaluation {@link #losses} holds each sample's loss.
 */
public final class CtcScratch {
  private final MemorySegment losses, scales, lattice;
  private final ArraySegments arrays = new ArraySegments(5);
  private final Reached reached;

  private CtcScratch(Storage storage, SegmentAllocator allocator, long samples, long time, long maxTarget) {
    reached = new Reached(storage, 3);
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
    return new CtcScratch(Storage.HERE, (bytes, _) -> MemorySegment.ofArray(new float[Math.toIntExact(bytes / 4)]),
        samples, time,
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
    return new CtcScratch(Storage.HERE, arena, samples, time, maxTarget);
  }

  /**
   * Scratch for any kernels, also a GPU's.
   *
   * @param storage   of the kernels that it is for
   * @param samples   greatest batch
   * @param time      frames of a sample
   * @param maxTarget labels of a sample, at most
   * @return scratch that is freed some time after its last use, on a GPU with the session
   */
  public static CtcScratch of(Storage storage, long samples, long time, long maxTarget) {
    return new CtcScratch(storage, (bytes, _) -> storage.allocate(bytes), samples, time, maxTarget);
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

  /** Labels and lengths where kernels reach them. */
  Reached reached() {
    return reached;
  }

  ArraySegments arrays() {
    return arrays;
  }
}
