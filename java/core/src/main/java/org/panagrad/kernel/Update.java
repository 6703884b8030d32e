package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One step of an update rule, as far as it is the same for a whole group of tensors: C's pana_update. It is changed
 * before each step; who changes it during one gets either value. What a new one does is nothing but its rule, with
 * scalars of 0.
 */
public final class Update {
  /** Scalars that a rule may read. */
  public static final int SCALARS = 8;

  private static final int RULE = 0, CLEAR = 1, GRADIENT_SCALE = 2, CLIP_VALUE = 3, L1 = 4, L2 = 5, SHRINK = 6,
      KEEP = 7, FRESH = 8, SCALAR = 9;
  private static final long BYTES = 4L * (SCALAR + SCALARS);

  private final MemorySegment struct;
  private final float[] scalars = new float[SCALARS];
  private UpdateRule rule;
  private boolean clearGradient;
  private float gradientScale, clipValue, l1, l2, shrink, averageKeep, averageFresh;

  /**
   * A step by a rule.
   *
   * @param rule which
   */
  public Update(UpdateRule rule) {
    this(rule, memory(1));
  }

  private Update(UpdateRule rule, MemorySegment struct) {
    this.struct = struct;
    this.rule = rule;
    rule(rule).gradientScale(1).clipValue(Float.POSITIVE_INFINITY).penalties(0, 0).shrink(1).average(0, 1);
  }

  private static MemorySegment memory(int count) {
    return Arena.ofAuto().allocate(BYTES * count, 8);
  }

  /** Steps that lie one behind the other, as {@link TensorTable} wants them. */
  static Update[] array(UpdateRule... rules) {
    MemorySegment all = memory(rules.length);
    Update[] updates = new Update[rules.length];
    for (int i = 0; i < rules.length; i++) {
      updates[i] = new Update(rules[i], all.asSlice(BYTES * i, BYTES));
    }
    return updates;
  }

  private void set(int place, float value) {
    struct.setAtIndex(JAVA_FLOAT, place, value);
  }

  /**
   * Another rule.
   *
   * @param rule which
   * @return this
   */
  public Update rule(UpdateRule rule) {
    this.rule = rule;
    struct.setAtIndex(JAVA_INT, RULE, rule.ordinal());
    return this;
  }

  /**
   * Whether gradients are 0 afterwards.
   *
   * @param clear yes or no
   * @return this
   */
  public Update clearGradient(boolean clear) {
    clearGradient = clear;
    struct.setAtIndex(JAVA_INT, CLEAR, clear ? 1 : 0);
    return this;
  }

  /**
   * What gradients are multiplied by first: it unscales, clips by norm, and is negative to maximize.
   *
   * @param scale finite
   * @return this
   */
  public Update gradientScale(float scale) {
    gradientScale = scale;
    set(GRADIENT_SCALE, scale);
    return this;
  }

  /**
   * Cuts what comes of it to [-limit, limit].
   *
   * @param limit positive; infinity cuts nothing
   * @return this
   */
  public Update clipValue(float limit) {
    clipValue = limit;
    set(CLIP_VALUE, limit);
    return this;
  }

  /**
   * Penalties that the gradient then takes up: {@code g += l2 p + l1 sign(p)}.
   *
   * @param l1 of |p|
   * @param l2 of p^2 / 2
   * @return this
   */
  public Update penalties(float l1, float l2) {
    this.l1 = l1;
    this.l2 = l2;
    set(L1, l1);
    set(L2, l2);
    return this;
  }

  /**
   * Decoupled decay: parameters are multiplied by it before the rule.
   *
   * @param factor 1 - rate * decay
   * @return this
   */
  public Update shrink(float factor) {
    shrink = factor;
    set(SHRINK, factor);
    return this;
  }

  /**
   * The average of weights, where a tensor has one: {@code average = keep average + fresh parameter}.
   *
   * @param keep  share that stays
   * @param fresh 1 - keep
   * @return this
   */
  public Update average(float keep, float fresh) {
    averageKeep = keep;
    averageFresh = fresh;
    set(KEEP, keep);
    set(FRESH, fresh);
    return this;
  }

  /**
   * A scalar of the rule.
   *
   * @param index from 0 to 7, in the order of kernels.def
   * @param value to be rounded
   * @return this
   */
  public Update scalar(int index, double value) {
    scalars[index] = (float) value;
    set(SCALAR + index, (float) value);
    return this;
  }

  /**
   * The rule.
   *
   * @return which
   */
  public UpdateRule rule() {
    return rule;
  }

  /** The same in native memory. */
  MemorySegment struct() {
    return struct;
  }

  float[] scalars() {
    return scalars;
  }

  boolean clearsGradient() {
    return clearGradient;
  }

  float gradientScale() {
    return gradientScale;
  }

  float clipValue() {
    return clipValue;
  }

  float l1() {
    return l1;
  }

  float l2() {
    return l2;
  }

  float averageKeep() {
    return averageKeep;
  }

  float averageFresh() {
    return averageFresh;
  }

  float shrink() {
    return shrink;
  }

  /** Whether what a rule follows depends on the parameter. */
  boolean penalises() {
    return l1 != 0 || l2 != 0;
  }

  /** Whether there is nothing but the rule. */
  boolean isPlain() {
    return gradientScale == 1 && clipValue == Float.POSITIVE_INFINITY && l1 == 0 && l2 == 0 && shrink == 1
        && !clearGradient;
  }

  /** What the rule shall follow, of a gradient that is scaled already. */
  float followed(float gradient, float parameter) {
    float g = clipValue < gradient ? clipValue : gradient;
    g = g < -clipValue ? -clipValue : g;
    if (l2 != 0) {
      g = Math.fma(l2, parameter, g);
    }
    if (l1 != 0) {
      g += UpdateRule.sign(parameter, l1);
    }
    return g;
  }
}
