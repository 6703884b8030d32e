package org.panagrad.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;

/**
 * The schedules. {@link Schedule}'s factories make them and state their formulas; {@link ScheduleReader} reads them.
 */
final class Schedules {
  private Schedules() {
  }

  /** Updates that are done before a step, which counts from 1. */
  private static long done(long step) {
    if (step < 1) {
      throw new IllegalArgumentException("step is " + step + ": steps count from 1");
    }
    return step - 1;
  }

  /** How far so many steps have come, from 0 to 1. */
  private static double progress(long step, long steps) {
    return (double) Math.min(done(step), steps) / steps;
  }

  private static void decay(double gamma) {
    if (!(gamma > 0 && gamma <= 1)) {
      throw new IllegalArgumentException("gamma is " + gamma + ": it must be greater than 0 and at most 1");
    }
  }

  private static void divisor(String name, double value) {
    if (!(value >= 1 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1 and finite");
    }
  }

  private static Map<String, Object> description(String name, Object... options) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", name);
    for (int i = 0; i < options.length; i += 2) {
      description.put((String) options[i], options[i + 1]);
    }
    return description;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  record Constant(double rate) implements Schedule {
    Constant {
      Options.notNegative("rate", rate);
    }

    @Override
    public double rate(long step) {
      done(step);
      return rate;
    }

    @Override
    public Map<String, Object> describe() {
      return description("constant", "rate", rate);
    }
  }

  record StepDecay(double initial, double gamma, long every) implements Schedule {
    StepDecay {
      Options.notNegative("initial", initial);
      decay(gamma);
      Counts.positive("every", every);
    }

    @Override
    public double rate(long step) {
      return initial * Curves.power(gamma, done(step) / every);
    }

    @Override
    public Map<String, Object> describe() {
      return description("stepDecay", "initial", initial, "gamma", gamma, "every", every);
    }
  }

  record MultiStepDecay(double initial, double gamma, List<Long> milestones) implements Schedule {
    MultiStepDecay {
      Options.notNegative("initial", initial);
      decay(gamma);
      Counts.ascending("milestones", milestones);
      milestones = List.copyOf(milestones);
    }

    @Override
    public double rate(long step) {
      return initial * Curves.power(gamma, passed(milestones, step));
    }

    @Override
    public Map<String, Object> describe() {
      return description("multiStepDecay", "initial", initial, "gamma", gamma, "milestones", milestones);
    }
  }

  /** Milestones that lie behind a step. */
  private static int passed(List<Long> milestones, long step) {
    long done = done(step);
    int passed = 0;
    while (passed < milestones.size() && milestones.get(passed) <= done) {
      passed++;
    }
    return passed;
  }

  record ExponentialDecay(double initial, double gamma) implements Schedule {
    ExponentialDecay {
      Options.notNegative("initial", initial);
      decay(gamma);
    }

    @Override
    public double rate(long step) {
      return initial * Curves.power(gamma, done(step));
    }

    @Override
    public Map<String, Object> describe() {
      return description("exponentialDecay", "initial", initial, "gamma", gamma);
    }
  }

  record Cosine(double initial, double end, long steps) implements Schedule {
    Cosine {
      Options.notNegative("initial", initial);
      Options.notNegative("end", end);
      Counts.positive("steps", steps);
    }

    @Override
    public double rate(long step) {
      return Curves.mix(initial, end, Curves.halfCosine(progress(step, steps)));
    }

    @Override
    public Map<String, Object> describe() {
      return description("cosine", "initial", initial, "end", end, "steps", steps);
    }
  }

  record CosineRestarts(double initial, double end, long first, long multiplier) implements Schedule {
    CosineRestarts {
      Options.notNegative("initial", initial);
      Options.notNegative("end", end);
      Counts.positive("first", first);
      Counts.positive("multiplier", multiplier);
    }

    @Override
    public double rate(long step) {
      long done = done(step);
      double length = first, since = multiplier == 1 ? done % first : done; // doubles: lengths may grow beyond 2^63
      while (since >= length) {
        since -= length;
        length *= multiplier;
      }
      return Curves.mix(initial, end, Curves.halfCosine(since / length));
    }

    @Override
    public Map<String, Object> describe() {
      return description("cosineRestarts", "initial", initial, "end", end, "first", first, "multiplier", multiplier);
    }
  }

  record Polynomial(double initial, double end, long steps, double power) implements Schedule {
    Polynomial {
      Options.notNegative("initial", initial);
      Options.notNegative("end", end);
      Counts.positive("steps", steps);
      Options.positive("power", power);
    }

    @Override
    public double rate(long step) {
      return Curves.mix(initial, end, Curves.power(1 - progress(step, steps), power));
    }

    @Override
    public Map<String, Object> describe() {
      return description("polynomial", "initial", initial, "end", end, "steps", steps, "power", power);
    }
  }

  record OneCycle(double max, long total, double pctStart, Anneal anneal, double divFactor, double finalDivFactor)
      implements
        Schedule {
    OneCycle {
      Options.notNegative("max", max);
      if (total < 2) {
        throw new IllegalArgumentException("total is " + total + ": a cycle has at least 2 steps");
      }
      if (!(pctStart >= 0 && pctStart <= 1)) {
        throw new IllegalArgumentException("pctStart is " + pctStart + ": it must be from 0 to 1");
      }
      Objects.requireNonNull(anneal, "anneal");
      divisor("divFactor", divFactor);
      divisor("finalDivFactor", finalDivFactor);
    }

    @Override
    public double rate(long step) {
      double done = Math.min(done(step), total - 1), top = pctStart * total - 1;
      if (done < top) {
        return between(max / divFactor, max, done / top);
      }
      // at the top itself, which may be the end, nothing is divided
      return done == top ? max : between(max, max / divFactor / finalDivFactor, (done - top) / (total - 1 - top));
    }

    private double between(double from, double to, double progress) {
      return Curves.mix(from, to, anneal == Anneal.COSINE ? Curves.halfCosine(progress) : 1 - progress);
    }

    @Override
    public Map<String, Object> describe() {
      return description("oneCycle", "max", max, "total", total, "pctStart", pctStart, "anneal", word(anneal),
          "divFactor", divFactor, "finalDivFactor", finalDivFactor);
    }
  }

  record Cyclic(Cycle cycle, double base, double max, long up, long down, double gamma) implements Schedule {
    Cyclic {
      Objects.requireNonNull(cycle, "cycle");
      Options.notNegative("base", base);
      Options.notNegative("max", max);
      if (max < base) {
        throw new IllegalArgumentException("max is " + max + ", less than base " + base + ": exchange them");
      }
      Counts.positive("up", up);
      Counts.positive("down", down);
      decay(gamma);
      if (gamma != 1 && cycle != Cycle.EXP_RANGE) {
        throw new IllegalArgumentException("gamma is " + gamma + ", which " + cycle + " does not use: it must be 1");
      }
      if (up + down < 0) {
        throw new IllegalArgumentException("up is " + up + " and down " + down + ": their sum must be below 2^63");
      }
    }

    @Override
    public double rate(long step) {
      long done = done(step), at = done % (up + down);
      double height = at <= up ? (double) at / up : (double) (up + down - at) / down;
      double scale = switch (cycle) {
        case TRIANGULAR -> 1;
        case TRIANGULAR2 -> Curves.power(0.5, done / (up + down));
        case EXP_RANGE -> Curves.power(gamma, done);
      };
      return Curves.mix(max, base, height * scale);
    }

    @Override
    public Map<String, Object> describe() {
      return description("cyclic", "cycle", word(cycle), "base", base, "max", max, "up", up, "down", down, "gamma",
          gamma);
    }
  }

  record Sequence(List<Schedule> parts, List<Long> milestones) implements Schedule {
    Sequence {
      Counts.ascending("milestones", milestones);
      if (parts.size() != milestones.size() + 1) {
        throw new IllegalArgumentException("there are " + parts.size() + " parts and " + milestones.size()
            + " milestones: each part but the first begins at a milestone");
      }
      parts = List.copyOf(parts);
      milestones = List.copyOf(milestones);
    }

    @Override
    public double rate(long step) {
      int part = passed(milestones, step);
      return parts.get(part).rate(part == 0 ? step : step - milestones.get(part - 1));
    }

    @Override
    public Map<String, Object> describe() {
      return description("sequence", "parts", parts.stream().map(Schedule::describe).toList(), "milestones",
          milestones);
    }
  }

  record Custom(LongToDoubleFunction rates) implements Schedule {
    @Override
    public double rate(long step) {
      done(step);
      double rate = rates.applyAsDouble(step);
      if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
        throw new IllegalStateException("the custom schedule's rate of step " + step + " is " + rate
            + ": it must be at least 0 and finite");
      }
      return rate;
    }

    @Override
    public Map<String, Object> describe() {
      return description("custom");
    }
  }
}
