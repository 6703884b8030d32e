package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.panagrad.kernel.ScalarKernels.PARTIALS;
import static org.panagrad.kernel.UpdateRule.ADADELTA;
import static org.panagrad.kernel.UpdateRule.ADAGRAD;
import static org.panagrad.kernel.UpdateRule.ADAM;
import static org.panagrad.kernel.UpdateRule.ADAMAX;
import static org.panagrad.kernel.UpdateRule.AMSGRAD;
import static org.panagrad.kernel.UpdateRule.CENTERED_RMSPROP;
import static org.panagrad.kernel.UpdateRule.CENTERED_RMSPROP_MOMENTUM;
import static org.panagrad.kernel.UpdateRule.FTRL;
import static org.panagrad.kernel.UpdateRule.GRADIENT_SQUARES;
import static org.panagrad.kernel.UpdateRule.LAMB;
import static org.panagrad.kernel.UpdateRule.LAMB_SQUARES;
import static org.panagrad.kernel.UpdateRule.LION;
import static org.panagrad.kernel.UpdateRule.MOMENTUM;
import static org.panagrad.kernel.UpdateRule.NADAM;
import static org.panagrad.kernel.UpdateRule.NESTEROV;
import static org.panagrad.kernel.UpdateRule.RMSPROP;
import static org.panagrad.kernel.UpdateRule.RMSPROP_MOMENTUM;
import static org.panagrad.kernel.UpdateRule.SGD;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.EnumSet;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The loop of the update rules: {@link UpdateRule} and what {@link UpdateLoops} does around it in vectors, operation by
 * operation. As of {@link VectorLoss} there is a copy for each rule and kind of memory, and one more where there is
 * nothing but the rule; the class itself computes nothing.
 */
final class VectorRule implements VectorLoops.Rule {
  /** What a copy is for. */
  record Form(UpdateRule rule, boolean plain, @Nullable Class<?> kind) {
  }

  /** The rules that stand here. */
  static final Set<UpdateRule> RULES = EnumSet.of(SGD, MOMENTUM, NESTEROV, ADAGRAD, ADADELTA, RMSPROP, RMSPROP_MOMENTUM,
      CENTERED_RMSPROP, CENTERED_RMSPROP_MOMENTUM, ADAM, AMSGRAD, ADAMAX, NADAM, LION, LAMB, FTRL, GRADIENT_SQUARES,
      LAMB_SQUARES);

  private static final @Nullable Form FORM = Vectors.data(MethodHandles.lookup(), Form.class);
  private static final @Nullable UpdateRule RULE = FORM == null ? null : FORM.rule();
  private static final @Nullable Class<?> KIND = FORM == null ? null : FORM.kind();
  private static final boolean PLAIN = FORM != null && FORM.plain(), READS = RULE != null && RULE.reads();
  private static final int STATES = RULE == null ? 0 : RULE.states();
  /** Kinships: by the root of squares, of their variance; by both moments, for the step of a whole tensor. */
  private static final boolean CENTERED = RULE == CENTERED_RMSPROP || RULE == CENTERED_RMSPROP_MOMENTUM,
      ROOT = CENTERED || RULE == ADAGRAD || RULE == RMSPROP || RULE == RMSPROP_MOMENTUM,
      LAYERWISE = RULE == LAMB || RULE == LAMB_SQUARES,
      MOMENTS = LAYERWISE || RULE == ADAM || RULE == AMSGRAD || RULE == NADAM;

  @Override
  public void block(Update update, MemorySegment parameter, MemorySegment gradient, @Nullable MemorySegment first,
      @Nullable MemorySegment second, @Nullable MemorySegment third, @Nullable MemorySegment mean,
      @Nullable Squares squares, float ratio, long base, long gradientBase, int count) {
    // what is absent is not touched: any segment of the kind stands for it
    MemorySegment as = first == null ? parameter : first, bs = second == null ? parameter : second,
        cs = third == null ? parameter : third, average = mean == null ? parameter : mean;
    if (KIND != null && (parameter.getClass() != KIND || gradient.getClass() != KIND || as.getClass() != KIND
        || bs.getClass() != KIND || cs.getClass() != KIND || average.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    float[] s = update.scalars();
    float s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3], s4 = s[4], s5 = s[5], s6 = s[6], s7 = s[7];
    float scale = update.gradientScale(), clip = update.clipValue(), l1 = update.l1(), l2 = update.l2(),
        shrink = update.shrink(), keep = update.averageKeep(), fresh = update.averageFresh();
    boolean averages = mean != null, clears = update.clearsGradient();
    for (int i = 0; i < count; i += L) {
      long o = base + (long) i * BYTES, at = gradientBase + (long) i * BYTES;
      FloatVector old = fromMemorySegment(FLOATS, parameter, o, ORDER), p = old;
      FloatVector scaled = fromMemorySegment(FLOATS, gradient, at, ORDER), g = scaled;
      if (!PLAIN) {
        p = old.mul(shrink);
        scaled = scaled.mul(scale);
        g = scaled.blend(clip, scaled.compare(GT, clip));
        g = g.blend(-clip, g.compare(LT, -clip));
        if (l2 != 0) {
          g = old.fma(broadcast(FLOATS, l2), g);
        }
        if (l1 != 0) {
          g = g.add(old.blend(-l1, old.compare(LT, 0)).blend(l1, old.compare(GT, 0)));
        }
      }
      FloatVector a = STATES > 0 ? fromMemorySegment(FLOATS, as, o, ORDER) : g;
      FloatVector b = STATES > 1 ? fromMemorySegment(FLOATS, bs, o, ORDER) : g;
      FloatVector c = STATES > 2 ? fromMemorySegment(FLOATS, cs, o, ORDER) : g;
      FloatVector direction = g;
      if (RULE == SGD) {
        p = g.fma(broadcast(FLOATS, -s0), p);
      } else if (RULE == MOMENTUM || RULE == NESTEROV) {
        a = a.fma(broadcast(FLOATS, s1), g.mul(s2));
        direction = RULE == MOMENTUM ? a : a.fma(broadcast(FLOATS, s1), g.mul(s2));
        p = direction.fma(broadcast(FLOATS, -s0), p);
      } else if (ROOT) {
        a = RULE == ADAGRAD ? g.fma(g, a) : a.fma(broadcast(FLOATS, s1), g.mul(s2).mul(g));
        FloatVector square = a;
        if (CENTERED) {
          b = b.fma(broadcast(FLOATS, s1), g.mul(s2));
          square = b.neg().fma(b, a);
          square = square.blend(0, square.compare(LT, 0));
        }
        float inner = RULE == ADAGRAD ? s1 : s3, outer = RULE == ADAGRAD ? s2 : s4;
        direction = g.mul(s0).div(square.add(inner).sqrt().add(outer));
        if (RULE == RMSPROP_MOMENTUM) {
          b = b.fma(broadcast(FLOATS, s5), direction);
          p = b.fma(broadcast(FLOATS, -s6), p);
        } else if (RULE == CENTERED_RMSPROP_MOMENTUM) {
          c = c.fma(broadcast(FLOATS, s5), direction);
          p = c.fma(broadcast(FLOATS, -s6), p);
        } else {
          p = p.sub(direction);
        }
      } else if (RULE == ADADELTA) {
        a = a.fma(broadcast(FLOATS, s1), g.mul(s2).mul(g));
        direction = b.add(s3).sqrt().div(a.add(s3).sqrt()).mul(g);
        b = b.fma(broadcast(FLOATS, s1), direction.mul(s2).mul(direction));
        p = direction.fma(broadcast(FLOATS, -s0), p);
      } else if (MOMENTS) {
        a = a.fma(broadcast(FLOATS, s1), g.mul(s2));
        b = b.fma(broadcast(FLOATS, s3), g.mul(s4).mul(g));
        if (RULE == AMSGRAD) {
          c = b.blend(c, c.compare(GT, b));
        }
        direction = RULE == NADAM ? a.fma(broadcast(FLOATS, s7), g.mul(s0)) : a.mul(s0);
        FloatVector root = RULE == AMSGRAD ? c.sqrt() : b.sqrt();
        direction = direction.div(root.fma(broadcast(FLOATS, s5), broadcast(FLOATS, s6)));
        if (LAYERWISE) {
          direction = p.fma(broadcast(FLOATS, s7), direction);
        }
        p = RULE == LAMB ? direction.fma(broadcast(FLOATS, -ratio), p) : READS ? p : p.sub(direction);
      } else if (RULE == ADAMAX) {
        a = a.fma(broadcast(FLOATS, s1), g.mul(s2));
        FloatVector before = b.mul(s3), now = g.abs().add(s4);
        b = now.blend(before, before.compare(GT, now));
        p = p.sub(a.mul(s0).div(b.add(s5)));
      } else if (RULE == LION) {
        direction = a.fma(broadcast(FLOATS, s1), g.mul(s2));
        a = a.fma(broadcast(FLOATS, s3), g.mul(s4));
        direction = direction.blend(-1, direction.compare(LT, 0)).blend(1, direction.compare(GT, 0));
        p = direction.fma(broadcast(FLOATS, -s0), p);
      } else if (RULE == FTRL) {
        FloatVector before = b.sqrt(), square = g.mul(g);
        b = g.fma(g, b);
        FloatVector now = b.sqrt(), both = now.add(before);
        FloatVector sigma = square.div(both).blend(0, both.compare(EQ, 0)).mul(s0);
        a = sigma.neg().fma(p, a.add(g));
        FloatVector curvature = now.add(s1).fma(broadcast(FLOATS, s0), broadcast(FLOATS, s3));
        FloatVector border = a.blend(-s2, a.compare(LT, 0)).blend(s2, a.compare(GT, 0));
        p = border.sub(a).div(curvature).blend(0, a.abs().compare(LE, s2));
      }
      if (!PLAIN && squares != null) {
        int k = i % PARTIALS;
        scaled.fma(scaled, FloatVector.fromArray(FLOATS, squares.gradient, k)).intoArray(squares.gradient, k);
        if (RULE != GRADIENT_SQUARES) { // which leaves the other two at 0
          FloatVector change = READS ? direction : p.sub(old);
          change.fma(change, FloatVector.fromArray(FLOATS, squares.change, k)).intoArray(squares.change, k);
          p.fma(p, FloatVector.fromArray(FLOATS, squares.parameter, k)).intoArray(squares.parameter, k);
        }
      }
      if (!READS) {
        p.intoMemorySegment(parameter, o, ORDER);
        if (STATES > 0) {
          a.intoMemorySegment(as, o, ORDER);
        }
        if (STATES > 1) {
          b.intoMemorySegment(bs, o, ORDER);
        }
        if (STATES > 2) {
          c.intoMemorySegment(cs, o, ORDER);
        }
        if (!PLAIN && averages) {
          FloatVector kept = fromMemorySegment(FLOATS, average, o, ORDER);
          kept.fma(broadcast(FLOATS, keep), p.mul(fresh)).intoMemorySegment(average, o, ORDER);
        }
        if (!PLAIN && clears) {
          broadcast(FLOATS, 0).intoMemorySegment(gradient, at, ORDER);
        }
      }
    }
  }
}
