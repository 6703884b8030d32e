package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A trained tensor. Its floats and their gradient are pieces of two arrays that hold all parameters of the model, so
 * that an optimizer's step is one call. Inside, the elements lie as the kernels want them; on disk, in PyTorch's
 * layout.
 */
public final class Parameter {

  /** Fills the initial values. */
  @FunctionalInterface
  public interface Initializer {
    /**
     * Writes the values.
     *
     * @param values n floats
     * @param n      how many
     * @param fanIn  inputs of a unit
     * @param fanOut outputs of a unit
     * @param seed   of the model
     * @param stream of this parameter
     */
    void fill(MemorySegment values, long n, long fanIn, long fanOut, long seed, long stream);
  }

  /** Makes parameters: a graph, or something that names them for it. */
  @FunctionalInterface
  public interface Maker {
    /**
     * Makes a parameter.
     *
     * @param name        as {@link Graph#parameter} has it, or within a layer
     * @param shape       on disk
     * @param inside      as the kernels want it, of as many elements
     * @param layout      from disk order to the kernels'
     * @param initializer of its values
     * @param fanIn       inputs of a unit
     * @param fanOut      outputs of a unit
     * @return the parameter
     */
    Parameter parameter(String name, Shape shape, Shape inside, Layout layout, Initializer initializer, long fanIn,
        long fanOut);
  }

  /** Where an element of the tensor on disk lies inside. */
  @FunctionalInterface
  public interface Layout {
    /**
     * Translates an index.
     *
     * @param disk index into PyTorch's dense, row-major tensor
     * @return index into the model's array
     */
    long inside(long disk);
  }

  private final String name;
  private final Shape shape, inside;
  private final Layout layout;
  private final Initializer initializer;
  private final long fanIn, fanOut;
  private boolean trained = true;
  private @Nullable MemorySegment data, gradient;

  Parameter(String name, Shape shape, Shape inside, Layout layout, Initializer initializer, long fanIn, long fanOut) {
    this.name = name;
    this.shape = shape;
    this.inside = inside;
    this.layout = layout;
    this.initializer = initializer;
    this.fanIn = fanIn;
    this.fanOut = fanOut;
  }

  /**
   * The name on disk.
   *
   * @return as "conv2d_1.weight"
   */
  public String name() {
    return name;
  }

  /**
   * The shape on disk.
   *
   * @return PyTorch's: (out, in), (out, in, height, width)
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The shape inside: how the elements lie as the kernels want them.
   *
   * @return (in, out) of a dense layer's weights, (height x width x channels of the window, out) of a convolution's
   */
  public Shape inside() {
    return inside;
  }

  /**
   * Whether training changes it.
   *
   * @return false for a frozen one, and for what a layer keeps by itself, as running means: operations need not compute
   *         its gradient
   */
  public boolean trained() {
    return trained;
  }

  /**
   * Takes the parameter out of the training, before the network is built.
   *
   * @return this
   */
  public Parameter freeze() {
    trained = false;
    return this;
  }

  /** The same parameter for another operation, whose gradient has a place of its own. */
  Parameter share() {
    Parameter other = new Parameter(name, shape, inside, layout, initializer, fanIn, fanOut);
    other.trained = trained;
    return other;
  }

  /**
   * The elements, in the kernels' order.
   *
   * @return a piece of the model's array of parameters
   */
  public MemorySegment data() {
    return attached(data);
  }

  /**
   * The gradient, in the kernels' order.
   *
   * @return a piece of the model's array of gradients
   */
  public MemorySegment gradient() {
    return attached(gradient);
  }

  private static MemorySegment attached(@Nullable MemorySegment segment) {
    if (segment == null) {
      throw new IllegalStateException("the parameter has no memory yet: build the network first");
    }
    return segment;
  }

  void attach(MemorySegment data, MemorySegment gradient) {
    this.data = data;
    this.gradient = gradient;
  }

  void initialize(long seed, long stream) {
    initializer.fill(data(), shape.elements(), fanIn, fanOut, seed, stream);
  }

  /**
   * Copies an array in the kernels' order (this parameter, its gradient, an optimizer's state) into disk order.
   *
   * @param inside at least as many floats as the shape
   * @param disk   as many floats
   */
  public void toDisk(MemorySegment inside, MemorySegment disk) {
    for (long i = 0; i < shape.elements(); i++) {
      disk.setAtIndex(JAVA_FLOAT, i, inside.getAtIndex(JAVA_FLOAT, layout.inside(i)));
    }
  }

  /**
   * Copies an array in disk order into the kernels' order.
   *
   * @param disk   as many floats as the shape
   * @param inside at least as many floats
   */
  public void fromDisk(MemorySegment disk, MemorySegment inside) {
    for (long i = 0; i < shape.elements(); i++) {
      inside.setAtIndex(JAVA_FLOAT, layout.inside(i), disk.getAtIndex(JAVA_FLOAT, i));
    }
  }
}
