package org.panagrad.kernel;

import static org.panagrad.kernel.KernelCases.put;
import static org.panagrad.kernel.KernelCases.roundings;
import static org.panagrad.kernel.Rounded.exact;
import static org.panagrad.kernel.Setup.EPS;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link KernelCases} of update rules: the formulas of the papers, with their errors, in {@link Rounded} numbers.
 * Options of the rules: 0 everything beside the rule, 1 norms, 2 an average of weights.
 */
final class OptimizerCases {
  private static final List<Size> SIZES = KernelCases.pairwise(
      List.of(Size.of(0), Size.of(1), Size.of(17), Size.of(65), Size.of(4097), Size.of(2 * 4096 + 65)), 3);
  static final float RATIO = 0.0123f;

  private OptimizerCases() {
  }

  /** An element on its way through a rule; unsure where rounding may turn a sign or a border. */
  static final class Step {
    Rounded old, p, g, direction;
    final Rounded[] state = new Rounded[UpdateRule.STATES];
    boolean unsure;

    Rounded sign(Rounded x, double size) {
      unsure |= Math.abs(x.value()) <= x.error();
      return exact(Math.signum(x.value()) * size);
    }
  }

  @FunctionalInterface
  private interface Formula {
    void step(Step e, double[] s);
  }

  /** A rule's formula, scalars in the order of its row, and the least values of its states. */
  private record Rule(UpdateRule rule, Formula formula, double[] scalars, double... lows) {
  }

  static Rounded mix(double share, Rounded x, double fresh, Rounded y) {
    return exact(share).times(x).plus(exact(fresh).times(y));
  }

  private static Rounded mixSquare(double share, Rounded x, double fresh, Rounded y) {
    return exact(share).times(x).plus(exact(fresh).times(y).times(y));
  }

  private static Rounded overRoot(double factor, Rounded x, Rounded square, double inner, double outer) {
    return exact(factor).times(x).over(square.plus(exact(inner)).root().plus(exact(outer)));
  }

  private static void descend(Step e, double factor, Rounded x) {
    e.p = e.p.minus(exact(factor).times(x));
  }

  private static Rounded greater(Rounded x, Rounded y) {
    return new Rounded(Math.max(x.value(), y.value()), Math.max(x.error(), y.error()));
  }

  private static Rounded centered(Step e, double[] s) {
    e.state[0] = mixSquare(s[1], e.state[0], s[2], e.g);
    e.state[1] = mix(s[1], e.state[1], s[2], e.g);
    Rounded v = e.state[0].minus(e.state[1].times(e.state[1]));
    Rounded variance = v.value() < 0 ? new Rounded(0, Math.max(v.value() + v.error(), 0)) : v;
    return overRoot(s[0], e.g, variance, s[3], s[4]);
  }

  private static void moments(Step e, double[] s) {
    e.state[0] = mix(s[1], e.state[0], s[2], e.g);
    e.state[1] = mixSquare(s[3], e.state[1], s[4], e.g);
  }

  private static Rounded overMoment(Rounded x, Rounded square, double[] s) {
    return x.over(square.root().times(exact(s[5])).plus(exact(s[6])));
  }

  private static void lambDirection(Step e, double[] s) {
    moments(e, s);
    e.direction = exact(s[7]).times(e.p).plus(overMoment(exact(s[0]).times(e.state[0]), e.state[1], s));
  }

  private static void ftrl(Step e, double[] s) {
    Rounded before = e.state[1].root(), inverse = exact(s[0]);
    e.state[1] = e.state[1].plus(e.g.times(e.g));
    Rounded now = e.state[1].root();
    // the difference of the roots, in the form in which nothing cancels
    Rounded growth = now.value() + before.value() == 0 ? exact(0) : e.g.times(e.g).over(now.plus(before));
    e.state[0] = e.state[0].plus(e.g).minus(growth.times(inverse).times(e.p));
    double distance = Math.abs(e.state[0].value()) - s[2];
    e.unsure |= Math.abs(distance) <= e.state[0].error();
    Rounded curvature = exact(s[1]).plus(now).times(inverse).plus(exact(s[3]));
    e.p = distance <= 0 ? exact(0) : e.sign(e.state[0], s[2]).minus(e.state[0]).over(curvature);
  }

  private static void adafactor(Step e, double[] s) {
    e.state[0] = mixSquare(s[0], e.state[0], s[1], e.g);
    byRoot(e, e.state[0].root());
  }

  /** What Adafactor does with the root of an element's estimated square. */
  static void byRoot(Step e, Rounded root) {
    e.direction = e.g.over(greater(root, exact(ADAFACTOR[2])));
    descend(e, RATIO, e.direction);
  }

  private static double[] scalars(double... s) {
    double[] rounded = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      rounded[i] = (float) s[i];
    }
    return rounded;
  }

  private static final double[] SGD = scalars(0.01), MOMENTUM = scalars(0.01, 0.9, 0.7),
      RMSPROP = scalars(0.01, 0.99, 0.01, 1e-3, 1e-7),
      RMSPROP_MOMENTUM = scalars(0.3, 0.99, 0.01, 1e-3, 1e-7, 0.9, 0.01),
      ADAM = scalars(0.0123, 0.9, 0.1, 0.999, 0.001, 3.21, 1e-7),
      LAMB = scalars(1.25, 0.9, 0.1, 0.999, 0.001, 3.21, 1e-7, 0.01), ADAFACTOR = scalars(0.9, 0.1, 1e-3);

  private static final List<Rule> RULES = List.of(
      new Rule(UpdateRule.SGD, (e, s) -> descend(e, s[0], e.g), SGD),
      new Rule(UpdateRule.MOMENTUM, (e, s) -> {
        e.state[0] = mix(s[1], e.state[0], s[2], e.g);
        descend(e, s[0], e.state[0]);
      }, MOMENTUM, -1), new Rule(UpdateRule.NESTEROV, (e, s) -> {
        e.state[0] = mix(s[1], e.state[0], s[2], e.g);
        descend(e, s[0], mix(s[1], e.state[0], s[2], e.g));
      }, MOMENTUM, -1), new Rule(UpdateRule.ADAGRAD, (e, s) -> {
        e.state[0] = e.state[0].plus(e.g.times(e.g));
        e.p = e.p.minus(overRoot(s[0], e.g, e.state[0], s[1], s[2]));
      }, scalars(0.01, 1e-3, 1e-7), 0), new Rule(UpdateRule.ADADELTA, (e, s) -> {
        Rounded epsilon = exact(s[3]);
        e.state[0] = mixSquare(s[1], e.state[0], s[2], e.g);
        Rounded change = e.state[1].plus(epsilon).root().over(e.state[0].plus(epsilon).root()).times(e.g);
        e.state[1] = mixSquare(s[1], e.state[1], s[2], change);
        descend(e, s[0], change);
      }, scalars(0.5, 0.9, 0.1, 1e-3), 0, 0), new Rule(UpdateRule.RMSPROP, (e, s) -> {
        e.state[0] = mixSquare(s[1], e.state[0], s[2], e.g);
        e.p = e.p.minus(overRoot(s[0], e.g, e.state[0], s[3], s[4]));
      }, RMSPROP, 0), new Rule(UpdateRule.RMSPROP_MOMENTUM, (e, s) -> {
        e.state[0] = mixSquare(s[1], e.state[0], s[2], e.g);
        e.state[1] = exact(s[5]).times(e.state[1]).plus(overRoot(s[0], e.g, e.state[0], s[3], s[4]));
        descend(e, s[6], e.state[1]);
      }, RMSPROP_MOMENTUM, 0, -1),
      new Rule(UpdateRule.CENTERED_RMSPROP, (e, s) -> e.p = e.p.minus(centered(e, s)), RMSPROP, 0, -1),
      new Rule(UpdateRule.CENTERED_RMSPROP_MOMENTUM, (e, s) -> {
        e.state[2] = exact(s[5]).times(e.state[2]).plus(centered(e, s));
        descend(e, s[6], e.state[2]);
      }, RMSPROP_MOMENTUM, 0, -1, -1), new Rule(UpdateRule.ADAM, (e, s) -> {
        moments(e, s);
        e.p = e.p.minus(overMoment(exact(s[0]).times(e.state[0]), e.state[1], s));
      }, ADAM, -1, 0), new Rule(UpdateRule.AMSGRAD, (e, s) -> {
        moments(e, s);
        e.state[2] = greater(e.state[2], e.state[1]);
        e.p = e.p.minus(overMoment(exact(s[0]).times(e.state[0]), e.state[2], s));
      }, ADAM, -1, 0, 0), new Rule(UpdateRule.ADAMAX, (e, s) -> {
        e.state[0] = mix(s[1], e.state[0], s[2], e.g);
        Rounded size = new Rounded(Math.abs(e.g.value()), e.g.error());
        e.state[1] = greater(exact(s[3]).times(e.state[1]), size.plus(exact(s[4])));
        e.p = e.p.minus(exact(s[0]).times(e.state[0]).over(e.state[1].plus(exact(s[5]))));
      }, scalars(0.0123, 0.9, 0.1, 0.999, 1e-3, 1e-7), -1, 0), new Rule(UpdateRule.NADAM, (e, s) -> {
        moments(e, s);
        e.p = e.p.minus(overMoment(mix(s[7], e.state[0], s[0], e.g), e.state[1], s));
      }, scalars(0.01, 0.9, 0.1, 0.999, 0.001, 3.21, 1e-7, 0.02), -1, 0), new Rule(UpdateRule.LION, (e, s) -> {
        Rounded direction = mix(s[1], e.state[0], s[2], e.g);
        e.state[0] = mix(s[3], e.state[0], s[4], e.g);
        descend(e, s[0], e.sign(direction, 1));
      }, scalars(0.01, 0.9, 0.1, 0.99, 0.01), -1), new Rule(UpdateRule.LAMB, (e, s) -> {
        lambDirection(e, s);
        descend(e, RATIO, e.direction);
      }, LAMB, -1, 0), new Rule(UpdateRule.FTRL, OptimizerCases::ftrl, scalars(2.5, 0.5, 0.125, 0.25), -1, 0),
      new Rule(UpdateRule.ADAFACTOR, OptimizerCases::adafactor, ADAFACTOR, 0),
      new Rule(UpdateRule.GRADIENT_SQUARES, (e, s) -> e.direction = e.p = exact(0), SGD),
      new Rule(UpdateRule.LAMB_SQUARES, OptimizerCases::lambDirection, LAMB, -1, 0),
      new Rule(UpdateRule.ADAFACTOR_SQUARES, (e, s) -> {
        adafactor(e, s);
        e.p = e.old;
      }, ADAFACTOR, 0));

  static List<KernelCase> all() {
    List<KernelCase> all = new ArrayList<>();
    for (Rule rule : RULES) {
      all.add(new KernelCase(rule.rule.symbol(), s -> rule(rule, s), SIZES));
    }
    all.add(new KernelCase("update_tensors_f32", OptimizerCases::tensors, KernelCases.pairwise(
        List.of(Size.of(0), Size.of(1), Size.of(17), Size.of(65), Size.of(4 * 4096 + 65), Size.of(20 * 4096)), 1)));
    all.add(new KernelCase("update_rows_f32", OptimizerCases::rows, KernelCases.pairwise(
        List.of(Size.of(0, 5), Size.of(1, 1), Size.of(7, 17), Size.of(3, 64), Size.of(2, 4101), Size.of(2, 40_001)),
        1)));
    all.add(new KernelCase("accumulate_f32", OptimizerCases::accumulate, List.of(Size.of(0), Size.of(1), Size.of(17),
        Size.of(65), Size.of(4097), Size.of(40_001))));
    return all;
  }

  static Update update(UpdateRule rule, boolean more) {
    return update(rule(rule), more);
  }

  private static Update update(Rule rule, boolean more) {
    return configure(new Update(rule.rule), rule, more);
  }

  private static Update configure(Update update, Rule rule, boolean more) {
    for (int i = 0; i < rule.scalars.length; i++) {
      update.scalar(i, rule.scalars[i]);
    }
    update.average(0.9f, 0.1f);
    return more
        ? update.gradientScale(-1.25f).clipValue(0.75f).penalties(0.01f, 0.02f).shrink(0.999f).clearGradient(true)
        : update;
  }

  /** One element, as the contract of all rules has it. */
  private static Step step(Rule rule, boolean more, double parameter, double gradient, double... states) {
    Step e = begin(more, parameter, gradient);
    for (int i = 0; i < states.length; i++) {
      e.state[i] = exact(states[i]);
    }
    rule.formula.step(e, rule.scalars);
    return e;
  }

  /** What comes before the rule. */
  static Step begin(boolean more, double parameter, double gradient) {
    Step e = new Step();
    e.old = exact(parameter);
    e.p = exact(more ? 0.999f : 1).times(e.old);
    e.g = scaled(more, gradient);
    if (more) {
      e.g = new Rounded(Math.clamp(e.g.value(), -0.75, 0.75), e.g.error());
      e.g = e.g.plus(exact(0.02f).times(e.old)).plus(e.sign(e.old, 0.01f));
    }
    return e;
  }

  static Rounded scaled(boolean more, double gradient) {
    return more ? exact(-1.25).times(exact(gradient)) : exact(gradient);
  }

  /** Sums of squares of a block. */
  static final class Squares {
    final double[] sum = new double[3], error = new double[3];

    void add(int which, Rounded x) {
      Rounded square = x.times(x);
      sum[which] += square.value();
      error[which] += square.error();
    }

    void put(double[] out, double[] within, long block, long n, boolean unsure) {
      for (int k = 0; k < 3; k++) {
        double tolerance = error[k] + roundings(n) * EPS * (sum[k] + error[k]);
        OptimizerCases.put(out, within, 3 * block + k, sum[k], unsure && k > 0 ? Double.POSITIVE_INFINITY : tolerance);
      }
    }
  }

  private static void put(double[] out, double[] within, long i, double value, double tolerance) {
    KernelCases.put(out, within, i, value, tolerance);
  }

  static void put(double[] out, double[] within, long i, Rounded x, boolean unsure) {
    put(out, within, i, x.value(), unsure ? Double.POSITIVE_INFINITY : x.error());
  }

  private static Setup rule(Rule rule, Size s) {
    long n = s.columns();
    boolean more = s.option(0), reads = rule.rule.reads();
    int states = rule.lows.length;
    Update update = update(rule, more);
    Setup setup = reads
        ? new Setup().in("parameter", n, -1, 1).in("gradient", n, -1, 1)
        : new Setup().inOut("parameter", n, -1, 1).inOut("gradient", n, -1, 1);
    for (int i = 0; i < states; i++) {
      setup = reads
          ? setup.in("state " + i, n, rule.lows[i], 1)
          : setup.inOut("state " + i, n, rule.lows[i], 1);
    }
    boolean counts = reads || s.option(1), averages = !reads && s.option(2);
    int average = 2 + states, sums = average + (averages ? 1 : 0);
    setup = averages ? setup.inOut("average", n, -1, 1) : setup;
    setup = counts ? setup.out("sums", 3 * ((n + Kernels.BLOCK - 1) / Kernels.BLOCK)) : setup;
    return setup.range(0, n).grain(Kernels.BLOCK)
        .call((k, a, from, to) -> k.update(update, a[0], a[1], state(a, states, 0), state(a, states, 1),
            state(a, states, 2), averages ? a[average] : null, counts ? a[sums] : null, RATIO, from, to))
        .oracle((in, out, within) -> {
          for (long from = 0; from < n; from += Kernels.BLOCK) {
            Squares squares = new Squares();
            long to = Math.min(n, from + Kernels.BLOCK);
            boolean unsure = false;
            for (int i = (int) from; i < to; i++) {
              double[] old = new double[states];
              for (int k = 0; k < states; k++) {
                old[k] = in[2 + k][i];
              }
              Step e = step(rule, more, in[0][i], in[1][i], old);
              unsure |= e.unsure;
              squares.add(0, scaled(more, in[1][i]));
              squares.add(1, reads ? e.direction : e.p.minus(exact(in[0][i])));
              squares.add(2, e.p);
              if (!reads) {
                put(out[0], within[0], i, e.p, e.unsure);
                clear(more, in[1][i], out[1], within[1], i);
                for (int k = 0; k < states; k++) {
                  put(out[2 + k], within[2 + k], i, e.state[k], false);
                }
                if (averages) {
                  put(out[average], within[average], i, mix(0.9f, exact(in[average][i]), 0.1f, e.p), e.unsure);
                }
              }
            }
            if (counts) {
              squares.put(out[sums], within[sums], from / Kernels.BLOCK, to - from, unsure);
            }
          }
        });
  }

  private static MemorySegment state(MemorySegment[] arrays, int states, int which) {
    return which < states ? arrays[2 + which] : null;
  }

  /** Cleared, or as it was. */
  static void clear(boolean more, double gradient, double[] out, double[] within, long i) {
    put(out, within, i, more ? 0 : gradient, 0);
  }

  private static Rule rule(UpdateRule rule) {
    return RULES.stream().filter(each -> each.rule == rule).findAny().orElseThrow();
  }

  /** Tensors of 1, no, a third and the other elements, in two groups. The table takes memory off the heap alone. */
  private static Setup tensors(Size s) {
    long n = s.columns();
    long[] lengths = {Math.min(1, n), 0, n / 3, n - Math.min(1, n) - n / 3};
    long blocks = 0;
    for (long length : lengths) {
      blocks += (length + Kernels.BLOCK - 1) / Kernels.BLOCK;
    }
    boolean counts = s.option(0);
    Rule adam = rule(UpdateRule.ADAM), nesterov = rule(UpdateRule.NESTEROV);
    Setup setup = new Setup().inOut("parameter", n, -1, 1).inOut("gradient", n, -1, 1).inOut("a", n, -1, 1)
        .inOut("b", n, 0, 1);
    setup = counts ? setup.out("sums", 3 * blocks) : setup;
    return setup.offHeap().range(0, blocks)
        .call((k, a, from, to) -> k.updateTensors(table(a, lengths), counts ? a[4] : null, from, to))
        .oracle((in, out, within) -> {
          long first = 0, block = 0;
          for (int t = 0; t < lengths.length; t++) {
            boolean more = t % 2 == 1;
            for (long from = 0; from < lengths[t]; from += Kernels.BLOCK) {
              Squares squares = new Squares();
              long to = Math.min(lengths[t], from + Kernels.BLOCK);
              boolean unsure = false;
              for (int i = (int) (first + from); i < first + to; i++) {
                Step e = more
                    ? step(nesterov, true, in[0][i], in[1][i], in[2][i])
                    : step(adam, false, in[0][i], in[1][i], in[2][i], in[3][i]);
                unsure |= e.unsure;
                squares.add(0, scaled(more, in[1][i]));
                squares.add(1, e.p.minus(exact(in[0][i])));
                squares.add(2, e.p);
                put(out[0], within[0], i, e.p, e.unsure);
                clear(more, in[1][i], out[1], within[1], i);
                put(out[2], within[2], i, e.state[0], false);
                if (!more) {
                  put(out[3], within[3], i, e.state[1], false);
                }
              }
              if (counts) {
                squares.put(out[4], within[4], block, to - from, unsure);
              }
              block++;
            }
            first += lengths[t];
          }
        });
  }

  private static TensorTable table(MemorySegment[] a, long[] lengths) {
    TensorTable table = new TensorTable(UpdateRule.ADAM, UpdateRule.NESTEROV);
    configure(table.update(0), rule(UpdateRule.ADAM), false);
    configure(table.update(1), rule(UpdateRule.NESTEROV), true);
    long first = 0;
    for (int t = 0; t < lengths.length; t++) {
      long at = 4 * first, bytes = 4 * lengths[t];
      List<MemorySegment> states = new ArrayList<>(List.of(a[2].asSlice(at, bytes)));
      if (t % 2 == 0) {
        states.add(a[3].asSlice(at, bytes));
      }
      table.add(t % 2, a[0].asSlice(at, bytes), a[1].asSlice(at, bytes), states, null);
      first += lengths[t];
    }
    return table;
  }

  /** Every second row of a table, the last first. Option 0: everything beside the rule. */
  private static Setup rows(Size s) {
    long rows = s.rows(), table = 2 * rows + 1, columns = s.columns();
    boolean more = s.option(0);
    Rule adam = rule(UpdateRule.ADAM);
    Update update = update(adam, more);
    return new Setup().inOut("parameter", table * columns, -1, 1).inOut("gradient", rows * columns, -1, 1)
        .inOut("a", table * columns, -1, 1).inOut("b", table * columns, 0, 1)
        .ints("rows", rows, (random, r) -> 2 * (rows - r) - 1).range(0, rows)
        .call((k, a, from, to) -> k.updateRows(update, a[0], a[1], a[2], a[3], null, a[4], table, columns, from, to))
        .oracle((in, out, within) -> {
          for (int j = 0; j < rows * columns; j++) {
            int i = (int) ((long) in[4][(int) (j / columns)] * columns + j % columns);
            Step e = step(adam, more, in[0][i], in[1][j], in[2][i], in[3][i]);
            put(out[0], within[0], i, e.p, e.unsure);
            clear(more, in[1][j], out[1], within[1], j);
            put(out[2], within[2], i, e.state[0], false);
            put(out[3], within[3], i, e.state[1], false);
          }
        });
  }

  private static Setup accumulate(Size s) {
    float scale = 1.0f / 3;
    return new Setup().in("x", s.columns(), -1, 1).inOut("y", s.columns(), -1, 1).range(0, s.columns())
        .call((k, a, from, to) -> k.accumulate(a[0], a[1], scale, from, to)).oracle((in, out, within) -> {
          for (int i = 0; i < s.columns(); i++) {
            double sum = in[1][i] + in[0][i] * scale;
            put(out[1], within[1], i, new Rounded(sum, EPS * Math.abs(sum) + Setup.TINY), false);
          }
        });
  }
}
