package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One op at one size: its arrays and what may be in them, the call, what must come out and how near. Holds no data, so
 * that it costs nothing until {@link Arguments} are made from it.
 */
public final class Setup {
  /** What a kernel does with an array. */
  public enum Role {
    /** Read. */
    IN,
    /** Written, every element of the range. */
    OUT,
    /** Read and written. */
    INOUT,
    /** Written, and nobody looks at what it holds afterwards. */
    SCRATCH
  }

  /** What stands in an array before the call: the float, or the int's value. */
  @FunctionalInterface
  public interface Fill {
    /** Element i. */
    double at(RandomGenerator random, int i);
  }

  /**
   * An array.
   *
   * @param name     as the contract calls it
   * @param role     what the kernel does with it
   * @param ints     whether it holds ints rather than floats
   * @param length   elements
   * @param fill     its values; null for OUT
   * @param inPlace  the array that it may be, else -1
   * @param nullable whether it may be null
   * @param strict   whether it takes no values but those of its fill: others would be refused
   */
  public record Array(String name, Role role, boolean ints, int length, Fill fill, int inPlace, boolean nullable,
      boolean strict) {
    /** Whether the kernel writes it. */
    public boolean written() {
      return role != Role.IN;
    }
  }

  /** The call of the op. */
  @FunctionalInterface
  public interface Call {
    /** On the range [from, to) of its unit. */
    void on(Kernels kernels, MemorySegment[] arrays, long from, long to);
  }

  /**
   * The formula in double. For each element of a written array that the range covers it gives the value, and how far a
   * float result may be from it; what it leaves alone must keep its bits.
   */
  @FunctionalInterface
  public interface Oracle {
    /**
     * Writes what must come out.
     *
     * @param in     all arrays before the call
     * @param out    written arrays: the expected values
     * @param within written arrays: the allowed distance
     */
    void expect(double[][] in, double[][] out, double[][] within);
  }

  /** The backward op as a caller uses it. */
  @FunctionalInterface
  public interface Backward {
    /**
     * The gradient of an input.
     *
     * @param kernels  which
     * @param arrays   all arrays after the forward call
     * @param dy       the gradient of the output
     * @param dx       receives that of the input
     */
    void on(Kernels kernels, MemorySegment[] arrays, MemorySegment dy, MemorySegment dx);
  }

  /**
   * A gradient to be checked: that of sum of weight[i] * output[i] with respect to an input.
   *
   * @param input    array
   * @param output   array
   * @param weight   the same for all elements of the output, or NaN for random ones
   * @param backward computes it
   */
  public record Gradient(int input, int output, double weight, Backward backward) {
  }

  /** Unit roundoff of float: a rounded result is within this share of itself. */
  static final double EPS = 0x1p-24;
  /** Half the distance of denormals: the absolute term of a rounding. */
  static final double TINY = 0x1p-150;
  /** The oracle's word for an element that must keep its bits. */
  static final double UNTOUCHED = -1;

  private final List<Array> arrays = new ArrayList<>();
  private final List<Gradient> gradients = new ArrayList<>();
  private long from, to, grain = 1;
  private boolean offHeap;
  private Call call;
  private Oracle oracle;

  private Setup add(String name, Role role, boolean ints, long length, Fill fill) {
    arrays.add(new Array(name, role, ints, Math.toIntExact(length), fill, -1, false, false));
    return this;
  }

  Setup in(String name, long length, double low, double high) {
    return in(name, length, (random, _) -> random.nextDouble(low, high));
  }

  Setup in(String name, long length, Fill fill) {
    return add(name, Role.IN, false, length, fill);
  }

  Setup ints(String name, long length, long bound) {
    return add(name, Role.IN, true, length, (random, _) -> random.nextInt((int) bound));
  }

  Setup ints(String name, long length, Fill fill) {
    return add(name, Role.IN, true, length, fill);
  }

  Setup out(String name, long length) {
    return add(name, Role.OUT, false, length, null);
  }

  Setup intsOut(String name, long length) {
    return add(name, Role.OUT, true, length, null);
  }

  Setup inOut(String name, long length, double low, double high) {
    return add(name, Role.INOUT, false, length, (random, _) -> random.nextDouble(low, high));
  }

  Setup scratch(String name, long length) {
    return add(name, Role.SCRATCH, false, length, null);
  }

  /** The array added last may be null. */
  Setup orNull() {
    Array a = arrays.removeLast();
    arrays.add(new Array(a.name, a.role, a.ints, a.length, a.fill, a.inPlace, true, a.strict));
    return this;
  }

  /** The array added last takes no values but those of its fill. */
  Setup strict() {
    Array a = arrays.removeLast();
    arrays.add(new Array(a.name, a.role, a.ints, a.length, a.fill, a.inPlace, a.nullable, true));
    return this;
  }

  /** The array added last may be this one. */
  Setup orIs(int other) {
    Array a = arrays.removeLast();
    arrays.add(new Array(a.name, a.role, a.ints, a.length, a.fill, other, a.nullable, a.strict));
    return this;
  }

  Setup range(long first, long end) {
    from = first;
    to = end;
    return this;
  }

  /** The op takes no heap arrays. */
  Setup offHeap() {
    offHeap = true;
    return this;
  }

  /** Whether arrays must lie off the heap. */
  boolean isOffHeap() {
    return offHeap;
  }

  /** The range may be cut at multiples of this only. */
  Setup grain(long units) {
    grain = units;
    return this;
  }

  Setup call(Call call) {
    this.call = call;
    return this;
  }

  Setup oracle(Oracle oracle) {
    this.oracle = oracle;
    return this;
  }

  Setup gradient(int input, int output, double weight, Backward backward) {
    gradients.add(new Gradient(input, output, weight, backward));
    return this;
  }

  /** The arrays, in the order of the call. */
  public List<Array> arrays() {
    return arrays;
  }

  /** First unit of the range. */
  public long from() {
    return from;
  }

  /** End of the range. */
  public long to() {
    return to;
  }

  /** Legal cuts are multiples of this. */
  public long grain() {
    return grain;
  }

  /** Calls the op on a part of its range. */
  public void call(Kernels kernels, MemorySegment[] segments, long first, long end) {
    call.on(kernels, segments, first, end);
  }

  /** Gradients to check. */
  public List<Gradient> gradients() {
    return gradients;
  }

  /** What must come out: values in [0], distances in [1], null for arrays that are only read. */
  public double[][][] expect(double[][] in) {
    double[][] out = new double[arrays.size()][], within = new double[arrays.size()][];
    for (int k = 0; k < out.length; k++) {
      if (arrays.get(k).written()) {
        out[k] = new double[arrays.get(k).length];
        within[k] = new double[out[k].length];
        java.util.Arrays.fill(within[k], UNTOUCHED);
      }
    }
    oracle.expect(in, out, within);
    return new double[][][]{out, within};
  }

  /** Bytes that a call moves between memory and processor if each array is read and written once. */
  public long bytes() {
    return arrays.stream().mapToLong(a -> 4L * a.length * (a.role == Role.INOUT ? 2 : 1)).sum();
  }
}
