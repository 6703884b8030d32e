package org.panagrad.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.ConcatenateOp;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/** Any number of values side by side along their last axis: features, channels of images, features of each step. */
public record Concatenate() implements Layer {

  /**
   * The layer.
   *
   * @return it
   */
  public static Concatenate of() {
    return new Concatenate();
  }

  @Override
  public String kind() {
    return "concatenate";
  }

  @Override
  public int inputs() {
    return 0;
  }

  @Override
  public Value build(Builder builder, Value... x) {
    List<Long> sizes = new ArrayList<>(x[0].shape().sizes());
    int last = sizes.size() - 1;
    long width = 0;
    for (Value each : x) {
      List<Long> own = each.shape().sizes();
      if (own.size() != sizes.size() || !own.subList(0, last).equals(sizes.subList(0, last)) || each.isInt()) {
        throw builder.refuse("it puts " + x[0].shape() + " and " + each.shape() + (each.isInt() ? " of ints" : "")
            + " side by side: numbers are needed whose shapes differ in their last size alone");
      }
      width += each.shape().last();
    }
    sizes.set(last, width);
    Value y = builder.value(new Shape(sizes), x);
    builder.add(new ConcatenateOp(List.of(x), y));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Map.of();
  }
}
