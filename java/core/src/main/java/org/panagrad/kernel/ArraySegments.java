package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Segments of the arrays that one thread passes again and again: a segment made anew for each call is an object on the
 * heap once it reaches a native call. They are held weakly, so that no array lives longer for having been passed.
 */
public final class ArraySegments {
  private static final int SLOTS = 5;

  private final Slot[] slots = new Slot[SLOTS];

  private record Slot(WeakReference<Object> array, WeakReference<MemorySegment> segment) {
  }

  /** Remembers nothing yet. */
  public ArraySegments() {
  }

  /**
   * The segment of an array.
   *
   * @param place of the arguments, from 0 to 4
   * @param array passed there
   * @return all of it
   */
  public MemorySegment of(int place, float[] array) {
    MemorySegment known = known(place, array);
    return known != null ? known : remember(place, array, MemorySegment.ofArray(array));
  }

  /**
   * The segment of an array.
   *
   * @param place of the arguments, from 0 to 4
   * @param array passed there
   * @return all of it
   */
  public MemorySegment of(int place, int[] array) {
    MemorySegment known = known(place, array);
    return known != null ? known : remember(place, array, MemorySegment.ofArray(array));
  }

  private @Nullable MemorySegment known(int place, Object array) {
    Slot slot = slots[place];
    return slot != null && slot.array.refersTo(array) ? slot.segment.get() : null;
  }

  private MemorySegment remember(int place, Object array, MemorySegment segment) {
    slots[place] = new Slot(new WeakReference<>(array), new WeakReference<>(segment));
    return segment;
  }
}
