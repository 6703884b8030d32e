package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What flows between operations: a batch of samples of one shape, row after row, and the gradient of the loss with respect
 * to it. The plan gives it memory; a view shares that of another value.
 */
public final class Value {
  private final Shape shape;
  private final boolean needsGradient;
  private final @Nullable Value viewed;
  private @Nullable MemorySegment data;
  private @Nullable MemorySegment gradient;

  Value(Shape shape, boolean needsGradient, @Nullable Value viewed) {
    this.shape = shape;
    this.needsGradient = needsGradient;
    this.viewed = viewed;
  }

  /**
   * Shape of a sample.
   *
   * @return without the batch
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Whether operations must compute the gradient; an input's is not wanted.
   *
   * @return false for inputs
   */
  public boolean needsGradient() {
    return needsGradient;
  }

  /**
   * The value that this one is a view of.
   *
   * @return null for a value of its own
   */
  public @Nullable Value viewed() {
    return viewed;
  }

  /**
   * The samples.
   *
   * @return batch x elements floats
   * @throws IllegalStateException before a plan was made
   */
  public MemorySegment data() {
    return viewed != null ? viewed.data() : planned(data);
  }

  /**
   * The gradient.
   *
   * @return batch x elements floats
   * @throws IllegalStateException before a plan was made, or if none is needed
   */
  public MemorySegment gradient() {
    return viewed != null ? viewed.gradient() : planned(gradient);
  }

  private static MemorySegment planned(@Nullable MemorySegment segment) {
    if (segment == null) {
      throw new IllegalStateException("the value has no memory: no plan was made, or it needs no gradient");
    }
    return segment;
  }

  /** Points an input at a batch. */
  void feed(MemorySegment batch) {
    data = batch;
  }

  void plan(Memory memory, long batch) {
    if (viewed == null) {
      data = memory.floats(batch * shape.elements());
      gradient = needsGradient ? memory.floats(batch * shape.elements()) : null;
    }
  }
}
