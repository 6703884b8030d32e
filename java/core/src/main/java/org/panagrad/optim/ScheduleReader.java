package org.panagrad.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.check.Description;

/**
 * A schedule from its description, as {@link Schedule#describe} gave it; whatever stands there, the answer is a
 * schedule or a message.
 */
final class ScheduleReader {
  private final Description description;

  private ScheduleReader(Map<?, ?> options) {
    description = new Description("schedule", options);
  }

  static Schedule read(Map<?, ?> options) {
    ScheduleReader reader = new ScheduleReader(options);
    Schedule schedule = reader.schedule();
    reader.description.requireAllKnown();
    return schedule;
  }

  private Schedule schedule() {
    return switch (description.name()) {
      case "constant" -> Schedule.constant(number("rate"));
      case "stepDecay" -> Schedule.stepDecay(number("initial"), number("gamma"), whole("every"));
      case "multiStepDecay" -> Schedule.multiStepDecay(number("initial"), number("gamma"), wholes("milestones"));
      case "exponentialDecay" -> Schedule.exponentialDecay(number("initial"), number("gamma"));
      case "cosine" -> Schedule.cosine(number("initial"), number("end"), whole("steps"));
      case "cosineRestarts" ->
        Schedule.cosineRestarts(number("initial"), number("end"), whole("first"), whole("multiplier"));
      case "polynomial" -> Schedule.polynomial(number("initial"), number("end"), whole("steps"), number("power"));
      case "oneCycle" -> Schedule.oneCycle(number("max"), whole("total"), number("pctStart"),
          word("anneal", Schedule.Anneal.class), number("divFactor"), number("finalDivFactor"));
      case "cyclic" -> Schedule.cyclic(word("cycle", Schedule.Cycle.class), number("base"), number("max"), whole("up"),
          whole("down"), number("gamma"));
      case "sequence" -> Schedule.sequence(parts(), wholes("milestones"));
      case "custom" -> throw new IllegalArgumentException("the schedule was a function of the program's own, which a"
          + " description cannot hold: make it again with Schedule.custom");
      default -> throw new IllegalArgumentException("there is no schedule " + description.name());
    };
  }

  private List<Schedule> parts() {
    List<Schedule> parts = new ArrayList<>();
    for (Object part : description.list("parts")) {
      parts.add(read(description.map("parts", part)));
    }
    return parts;
  }

  private double number(String key) {
    return description.number(key);
  }

  private long whole(String key) {
    return description.whole(key);
  }

  private long[] wholes(String key) {
    return description.wholes(key);
  }

  private <E extends Enum<E>> E word(String key, Class<E> words) {
    return description.word(key, words);
  }
}
