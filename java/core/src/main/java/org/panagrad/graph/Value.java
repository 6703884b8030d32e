package org.panagrad.graph;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What flows between operations: a batch of samples of one shape, row after row, and the gradient of the loss with
 * respect to it. A value that is not batched stands once for the whole batch, as a sum over it or a number that is
 * learned. The plan gives it memory; a view shares that of another value, and a reader shares the data but has a
 * gradient of its own, which {@link Graph} adds to the others'.
 */
public final class Value {
  private final Shape shape;
  private final boolean batched, isInt, needsGradient;
  private final @Nullable Value viewed;
  private final boolean reader;
  private final List<Value> readers = new ArrayList<>();
  private @Nullable MemorySegment data;
  private @Nullable MemorySegment gradient;

  private Value(Shape shape, boolean batched, boolean isInt, boolean needsGradient, @Nullable Value viewed,
      boolean reader) {
    this.shape = shape;
    this.batched = batched;
    this.isInt = isInt;
    this.needsGradient = needsGradient;
    this.viewed = viewed;
    this.reader = reader;
  }

  /** A value with memory of its own. */
  static Value of(Shape shape, boolean isInt, boolean needsGradient) {
    return new Value(shape, true, isInt, needsGradient, null, false);
  }

  /** A value with memory of its own, once for the batch. */
  static Value unbatched(Shape shape, boolean needsGradient) {
    return new Value(shape, false, false, needsGradient, null, false);
  }

  /** The same elements in another shape. */
  Value view(Shape shape) {
    return new Value(shape, batched, isInt, needsGradient, this, false);
  }

  /** For an operation that reads this value: its share of the gradient goes to the reader. */
  Value read() {
    Value value = new Value(shape, batched, isInt, needsGradient, this, true);
    root().readers.add(value);
    return value;
  }

  /**
   * Shape of a sample, or of what stands for all of them.
   *
   * @return without the batch
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Whether each sample has its own.
   *
   * @return false for what stands once for the batch
   */
  public boolean batched() {
    return batched;
  }

  /**
   * How often the shape stands in memory.
   *
   * @param batch samples
   * @return batch, or 1 where the value is not batched
   */
  public long rows(long batch) {
    return batched ? batch : 1;
  }

  /** Elements in all. */
  long elements(long batch) {
    return rows(batch) * shape.elements();
  }

  /**
   * Whether the elements are ints, else floats.
   *
   * @return true for words and lengths
   */
  public boolean isInt() {
    return isInt;
  }

  /**
   * Whether operations must compute the gradient.
   *
   * @return false for inputs whose gradient nobody asked for, and what depends on nothing that is trained
   */
  public boolean needsGradient() {
    return needsGradient;
  }

  /**
   * The value that this one shows in another shape.
   *
   * @return null where it has its own shape
   */
  public @Nullable Value viewed() {
    return reader && viewed != null ? viewed.viewed() : viewed;
  }

  /** The value whose data this one shares: itself, if it shares none. */
  Value root() {
    return viewed == null ? this : viewed.root();
  }

  /** Who reads this value, in the order in which they asked. */
  List<Value> readers() {
    return readers;
  }

  /**
   * The samples.
   *
   * @return batch x elements floats or ints
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
    return viewed != null && !reader ? viewed.gradient() : planned(gradient);
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

  /** Memory for the data. */
  void planData(Memory memory, long batch) {
    data = memory.floats(elements(batch));
  }

  /** Memory for the gradient, which the first reader writes where it is; the others have their own. */
  void planGradients(Memory memory, long batch) {
    if (!needsGradient) {
      return;
    }
    gradient = memory.floats(elements(batch));
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).gradient = i == 0 ? gradient : memory.floats(elements(batch));
    }
  }
}
