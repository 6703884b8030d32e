package org.panagrad.optim;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Optimizers as JSON objects and back. A rule's options are its record's components, under their names; what is at its
 * default of the others is left out.
 */
final class OptimizerDescription {
  private static final List<Class<? extends Rule>> RULES = List.of(Sgd.class, AdaGrad.class, Adadelta.class,
      RmsProp.class, Adam.class, Adamax.class, NAdam.class, Lion.class, Lamb.class, Ftrl.class, Adafactor.class);

  private final Map<?, ?> description;
  private final Set<Object> known = new HashSet<>(Set.of("name"));

  private OptimizerDescription(Map<?, ?> description) {
    this.description = description;
  }

  private static String name(Class<? extends Rule> rule) {
    return rule.getSimpleName().toLowerCase(Locale.ROOT);
  }

  static Map<String, Object> of(Optimizer optimizer) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", name(optimizer.rule().getClass()));
    for (RecordComponent component : optimizer.rule().getClass().getRecordComponents()) {
      options.put(component.getName(), value(component, optimizer.rule()));
    }
    Optimizer plain = Optimizer.of(optimizer.learningRate(), optimizer.rule());
    options.put("learningRate", optimizer.learningRate().describe());
    for (RecordComponent component : Optimizer.class.getRecordComponents()) {
      Object value = value(component, optimizer);
      if ((value instanceof Double || value instanceof Boolean) && !value.equals(value(component, plain))) {
        options.put(component.getName(), value);
      }
    }
    if (!optimizer.groups().isEmpty()) {
      options.put("groups", optimizer.groups().stream()
          .map(group -> Map.<String, Object>of("names", group.names(), "optimizer", of(group.optimizer()))).toList());
    }
    return options;
  }

  private static Object value(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("a record's own accessor", e);
    }
  }

  static Optimizer read(Map<?, ?> description) {
    OptimizerDescription reader = new OptimizerDescription(description);
    Optimizer optimizer = reader.optimizer();
    for (Object key : description.keySet()) {
      if (!reader.known.contains(key)) {
        throw new IllegalArgumentException("optimizer " + description.get("name") + " has no option " + key);
      }
    }
    return optimizer;
  }

  private Optimizer optimizer() {
    Rule rule = rule();
    if (!(option("learningRate") instanceof Map<?, ?> rate)) {
      throw wrong("learningRate", "no object");
    }
    return new Optimizer(rule, Schedule.described(rate), number("weightDecay", 0), number("decoupledWeightDecay", 0),
        number("l1", 0), flag("maximize"), number("clipValue", Double.POSITIVE_INFINITY),
        number("clipNorm", Double.POSITIVE_INFINITY), number("averageDecay", 0), flag("skipNonFinite"), groups());
  }

  private Rule rule() {
    for (Class<? extends Rule> rule : RULES) {
      if (name(rule).equals(description.get("name"))) {
        return rule(rule);
      }
    }
    throw new IllegalArgumentException("there is no optimizer " + description.get("name"));
  }

  private Rule rule(Class<? extends Rule> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = components[i].getName();
      types[i] = components[i].getType();
      if (option(key) == null) {
        throw wrong(key, "it is missing");
      }
      values[i] = types[i] == boolean.class ? (Object) flag(key) : number(key, Double.NaN);
    }
    try {
      Constructor<? extends Rule> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (java.lang.reflect.InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new AssertionError(e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("a record's own constructor", e);
    }
  }

  private List<Optimizer.Group> groups() {
    List<Optimizer.Group> groups = new ArrayList<>();
    Object value = option("groups");
    if (value == null) {
      return groups;
    }
    if (!(value instanceof List<?> list)) {
      throw wrong("groups", "no list");
    }
    for (Object element : list) {
      if (!(element instanceof Map<?, ?> group && group.get("names") instanceof String names
          && group.get("optimizer") instanceof Map<?, ?> optimizer)) {
        throw wrong("groups", "no list of names and optimizers");
      }
      groups.add(new Optimizer.Group(names, read(optimizer)));
    }
    return groups;
  }

  private @Nullable Object option(String key) {
    known.add(key);
    return description.get(key);
  }

  private double number(String key, double absent) {
    Object value = option(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "no number");
  }

  private boolean flag(String key) {
    Object value = option(key);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw wrong(key, "neither true nor false");
  }

  private IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(
        key + " of optimizer " + description.get("name") + " is " + description.get(key) + ": " + problem);
  }
}
