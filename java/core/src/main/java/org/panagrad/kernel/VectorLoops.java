package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops of {@link VectorKernels} for one kind of memory, by family. Bases, offsets and strides are in bytes,
 * counts in floats. A call does a few blocks' work at most, since its loops need not stop for safepoints.
 */
record VectorLoops(@Nullable Class<?> kind, Activations activations, Softmax softmax, Rows rows, Pools pools,
    Products products, Elementary[] elementary, Combination[] combinations, Loss[] losses, Rule[] rules) {
  private static final Elementary NO_ELEMENTARY = new VectorElementary();
  private static final Combination NO_COMBINATION = new VectorCombination();
  private static final Loss NO_LOSS = new VectorLoss();
  private static final Rule NO_RULE = new VectorRule();
  /** The loops for segments of any class. */
  static final VectorLoops ANY = new VectorLoops(null, new VectorActivations(), new VectorSoftmax(), new VectorRows(),
      new VectorPools(), new VectorProducts(), noElementary(), noCombinations(), noLosses(), noRules());

  private static Elementary[] noElementary() {
    return new Elementary[VectorElementary.Name.values().length];
  }

  private static Combination[] noCombinations() {
    return new Combination[BinaryFunction.values().length];
  }

  private static Loss[] noLosses() {
    return new Loss[ElementFormula.values().length];
  }

  private static Rule[] noRules() {
    return new Rule[2 * UpdateRule.values().length];
  }

  /** The loops for segments of this class alone. */
  static VectorLoops of(Class<?> kind) {
    return new VectorLoops(kind, Vectors.copy(ANY.activations, kind), Vectors.copy(ANY.softmax, kind),
        Vectors.copy(ANY.rows, kind), Vectors.copy(ANY.pools, kind), Vectors.copy(ANY.products, kind), noElementary(),
        noCombinations(), noLosses(), noRules());
  }

  /**
   * The loop of a function, or null where there is none. It is made when it is first wanted; two threads may both make
   * one, which does no harm.
   */
  @Nullable
  Elementary elementary(VectorElementary.Name name) {
    Elementary loop = elementary[name.ordinal()];
    if (loop == null) {
      loop = Vectors.copy(NO_ELEMENTARY, new VectorElementary.Form(name, kind));
      elementary[name.ordinal()] = loop;
    }
    return loop == NO_ELEMENTARY ? null : loop;
  }

  /**
   * The loop of a function of two, or null where there is none; made as in {@link #elementary(VectorElementary.Name)}.
   */
  @Nullable
  Combination combination(BinaryFunction function) {
    Combination loop = combinations[function.ordinal()];
    if (loop == null) {
      loop = VectorCombination.FUNCTIONS.contains(function)
          ? Vectors.copy(NO_COMBINATION, new VectorCombination.Form(function, kind))
          : NO_COMBINATION;
      combinations[function.ordinal()] = loop;
    }
    return loop == NO_COMBINATION ? null : loop;
  }

  /** The loop of a formula, or null where there is none; made as in {@link #elementary(VectorElementary.Name)}. */
  @Nullable
  Loss loss(ElementFormula formula) {
    Loss loop = losses[formula.ordinal()];
    if (loop == null) {
      loop = VectorLoss.FORMULAS.contains(formula)
          ? Vectors.copy(NO_LOSS, new VectorLoss.Form(formula, kind))
          : NO_LOSS;
      losses[formula.ordinal()] = loop;
    }
    return loop == NO_LOSS ? null : loop;
  }

  /** The loop of an update rule, or null where there is none; made as in {@link #elementary(VectorElementary.Name)}. */
  @Nullable
  Rule rule(UpdateRule rule, boolean plain) {
    int place = 2 * rule.ordinal() + (plain ? 1 : 0);
    Rule loop = rules[place];
    if (loop == null) {
      loop = VectorRule.RULES.contains(rule)
          ? Vectors.copy(NO_RULE, new VectorRule.Form(rule, plain, kind))
          : NO_RULE;
      rules[place] = loop;
    }
    return loop == NO_RULE ? null : loop;
  }

  /** Activations. */
  interface Activations {
    /** y = x < 0 ? 0 : x; whole vectors. */
    void relu(MemorySegment x, MemorySegment y, long base, int count);

    /** dx = y <= 0 ? 0 : dy; whole vectors. */
    void reluBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long base, int count);
  }

  /** A function of one element. */
  interface Elementary {
    /** y = f(x), which may have a factor and an addend; whole vectors. */
    void apply(MemorySegment x, MemorySegment y, float factor, float addend, long base, int count);
  }

  /** A function of two elements. */
  interface Combination {
    /** y = f(a, b); whole vectors. */
    void apply(MemorySegment a, long aBase, MemorySegment b, long bBase, MemorySegment y, long yBase, int count);

    /** y = f(a, number); whole vectors. */
    void apply(MemorySegment a, long aBase, float number, MemorySegment y, long yBase, int count);
  }

  /** Sweeps over a row of softmax. */
  interface Softmax {
    /** The greatest element of whole vectors; of two zeros either, which no result shows. */
    float maximum(MemorySegment x, long base, int count);

    /** Into partial: sums of e^(x - maximum) over a block; the terms go to y where not null. */
    void exp(MemorySegment x, @Nullable MemorySegment y, long base, int count, float maximum, float[] partial);

    /** Into partial: sums of x * y over a block. */
    void dot(MemorySegment x, MemorySegment y, long base, int count, float[] partial);

    /** y *= factor; whole vectors. */
    void scale(MemorySegment y, float factor, long base, int count);

    /** dx = y * (dy - dot). */
    void softmaxBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, float dot, long base, int count);
  }

  /** Rows of a matrix. */
  interface Rows {
    /** z = x + y over rows of count floats; a row of x, y and z is so many bytes after the one before. */
    void add(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride, MemorySegment z,
        long zBase, long zStride, int rows, int count);

    /** y = x over rows as in {@link #add}. */
    void copy(MemorySegment x, long xBase, long xStride, MemorySegment y, long yBase, long yStride, int rows,
        int count);

    /** x = 0. */
    void zero(MemorySegment x, long base, int count);

    /** Canonical sums of a vector of columns over up to {@link Kernels#BLOCK} rows; partial holds 64 vectors. */
    void columnSums(MemorySegment x, long base, long stride, int rows, MemorySegment sums, long to,
        float[] partial);
  }

  /** An elementwise loss. */
  interface Loss {
    /**
     * Of whole vectors of a block: what the formula takes exp or a logarithm of, into terms, which holds two blocks.
     * {@link #block} reads it there.
     */
    void terms(MemorySegment prediction, MemorySegment target, long base, int count, float[] terms);

    /**
     * Whole vectors of a block, as in {@link LossKernels#elementLoss}, with a weight for each element of the block;
     * adds the losses to partial.
     */
    void block(MemorySegment prediction, MemorySegment target, float[] terms, float @Nullable [] weights,
        @Nullable MemorySegment gradient, @Nullable MemorySegment losses, float[] options, float scale, long base,
        int count, float[] partial);
  }

  /** An update rule. */
  interface Rule {
    /**
     * Whole vectors from the beginning of a block, at base of parameter, states and average, in bytes, and at
     * gradientBase of gradient; adds their squares. A plain loop is for an {@link Update#isPlain} and has neither an
     * average nor squares.
     */
    void block(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment a,
        @Nullable MemorySegment b, @Nullable MemorySegment c, @Nullable MemorySegment average,
        @Nullable Squares squares, float ratio, long base, long gradientBase, int count);
  }

  /** Pooling: channels are lanes. */
  interface Pools {
    /**
     * A vector of channels along a row of outputs: the window at x[corner], its columns and rows `across` and `down`
     * apart; outputs are `channels` bytes apart and see windows `stride` bytes apart.
     */
    void maxPool(MemorySegment x, long corner, long stride, long down, long across, int kernelHeight, int kernelWidth,
        MemorySegment y, MemorySegment indices, long out, long channels, int outputs);

    /** The way back of {@link #maxPool}: adds dy where indices name the place, which began at +0. */
    void maxPoolBackward(MemorySegment dy, MemorySegment indices, long in, long channels, MemorySegment dx, long corner,
        long stride, long down, long across, int kernelHeight, int kernelWidth, int outputs);
  }

  /** Tiles of a matrix product. */
  interface Products {
    /** 4 rows and 4 vectors of the product: adds depth terms to c, or to 0 where fresh. */
    void multiply4x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
        MemorySegment c, long to, long ldc, int depth, boolean fresh);

    /** 6 rows and 2 vectors, as {@link #multiply4x4}. */
    void multiply6x2(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
        MemorySegment c, long to, long ldc, int depth, boolean fresh);

    /** 6 rows and a vector, as {@link #multiply4x4}. */
    void multiply6x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
        MemorySegment c, long to, long ldc, int depth, boolean fresh);

    /** A row and 4 vectors, as {@link #multiply4x4}. */
    void multiply1x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
        MemorySegment c, long to, long ldc, int depth, boolean fresh);

    /** A row and a vector, as {@link #multiply4x4}. */
    void multiply1x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
        MemorySegment c, long to, long ldc, int depth, boolean fresh);
  }
}
