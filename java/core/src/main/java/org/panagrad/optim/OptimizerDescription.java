package org.panagrad.optim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.check.Description;

/**
 * Optimizers as JSON objects and back. A rule's options are its record's components, under their names; what is at its
 * default of the others is left out.
 */
final class OptimizerDescription {
  private static final List<Class<? extends Rule>> RULES = List.of(Sgd.class, AdaGrad.class, Adadelta.class,
      RmsProp.class, Adam.class, Adamax.class, NAdam.class, Lion.class, Lamb.class, Ftrl.class, Adafactor.class);

  private final Description description;

  private OptimizerDescription(Map<?, ?> options) {
    description = new Description("optimizer", options);
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

  static Optimizer read(Map<?, ?> options) {
    OptimizerDescription reader = new OptimizerDescription(options);
    Optimizer optimizer = reader.optimizer();
    reader.description.requireAllKnown();
    return optimizer;
  }

  private Optimizer optimizer() {
    Rule rule = rule();
    return new Optimizer(rule, Schedule.described(description.map("learningRate")), number("weightDecay", 0),
        number("decoupledWeightDecay", 0), number("l1", 0), flag("maximize"),
        number("clipValue", Double.POSITIVE_INFINITY), number("clipNorm", Double.POSITIVE_INFINITY),
        number("averageDecay", 0), flag("skipNonFinite"), groups());
  }

  private Rule rule() {
    for (Class<? extends Rule> rule : RULES) {
      if (name(rule).equals(description.name())) {
        return rule(rule);
      }
    }
    throw new IllegalArgumentException("there is no optimizer " + description.name());
  }

  private Rule rule(Class<? extends Rule> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = components[i].getName();
      types[i] = components[i].getType();
      if (!description.has(key)) {
        throw description.wrong(key, "it is missing");
      }
      values[i] = types[i] == boolean.class ? (Object) description.flag(key) : description.number(key);
    }
    try {
      Constructor<? extends Rule> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
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
    if (description.has("groups")) {
      for (Object element : description.list("groups")) {
        Map<?, ?> group = description.map("groups", element);
        groups.add(new Optimizer.Group(String.valueOf(group.get("names")),
            read(description.map("groups", group.get("optimizer")))));
      }
    }
    return groups;
  }

  private double number(String key, double absent) {
    return description.has(key) ? description.number(key) : absent;
  }

  private boolean flag(String key) {
    return description.has(key) && description.flag(key);
  }
}
