package org.panagrad.nn;

import java.util.List;
import java.util.Map;
import org.panagrad.graph.AddOp;
import org.panagrad.graph.Value;

/** The sum of any number of values of one shape, as of a branch and what goes around it. */
public record Add() implements Layer {

  /**
   * The layer.
   *
   * @return it
   */
  public static Add of() {
    return new Add();
  }

  @Override
  public String kind() {
    return "add";
  }

  @Override
  public int inputs() {
    return 0;
  }

  @Override
  public Value build(Builder builder, Value... x) {
    for (Value each : x) {
      if (!each.shape().equals(x[0].shape()) || each.isInt()) {
        throw builder.refuse("it adds " + x[0].shape() + " and " + each.shape() + (each.isInt() ? " of ints" : "")
            + ": numbers of one shape are needed");
      }
    }
    Value y = builder.value(x[0].shape(), x);
    builder.add(new AddOp(List.of(x), y));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Map.of();
  }
}
