package org.panagrad.optim;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A schedule from its description, as {@link Schedule#describe} gave it; whatever stands there, the answer is a schedule or
 * a message.
 */
final class ScheduleReader {
  private final Map<?, ?> description;
  private final String name;
  private final Set<String> known = new HashSet<>(Set.of("name"));

  private ScheduleReader(Map<?, ?> description) {
    this.description = description;
    name = String.valueOf(description.get("name"));
  }

  static Schedule read(Map<?, ?> description) {
    ScheduleReader reader = new ScheduleReader(description);
    Schedule schedule = reader.schedule();
    for (Object key : description.keySet()) {
      if (!reader.known.contains(key)) {
        throw new IllegalArgumentException("schedule " + reader.name + " has no option " + key);
      }
    }
    return schedule;
  }

  private Schedule schedule() {
    return switch (name) {
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
      default -> throw new IllegalArgumentException("there is no schedule " + name);
    };
  }

  private List<Schedule> parts() {
    return list("parts").map(part -> {
      if (part instanceof Map<?, ?> map) {
        return read(map);
      }
      throw wrong("parts", "no list of schedules");
    }).toList();
  }

  // options

  private @Nullable Object option(String key) {
    known.add(key);
    return description.get(key);
  }

  private IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(key + " of schedule " + name + " is " + description.get(key) + ": " + problem);
  }

  private double number(String key) {
    if (option(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "no number");
  }

  private long whole(String key) {
    return whole(key, option(key));
  }

  private long whole(String key, @Nullable Object value) {
    if (value instanceof Number number && number.doubleValue() == number.longValue()) {
      return number.longValue();
    }
    throw wrong(key, "no whole number");
  }

  private Stream<?> list(String key) {
    if (option(key) instanceof List<?> list) {
      return list.stream();
    }
    throw wrong(key, "no list");
  }

  private long[] wholes(String key) {
    return list(key).mapToLong(value -> whole(key, value)).toArray();
  }

  private <E extends Enum<E>> E word(String key, Class<E> words) {
    Object word = option(key);
    for (E constant : words.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    throw wrong(key, "no " + words.getSimpleName().toLowerCase(Locale.ROOT));
  }
}
