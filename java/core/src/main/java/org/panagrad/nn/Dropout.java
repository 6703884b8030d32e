package org.panagrad.nn;

import java.util.Map;
import org.panagrad.graph.DropoutOp;
import org.panagrad.graph.Value;

/**
 * Drops a share of its input in training, at random, and lets the rest grow by as much (Srivastava and others, 2014).
 * It does nothing in evaluation and prediction.
 *
 * @param rate the share that is dropped, from 0 to less than 1
 */
public record Dropout(double rate) implements Layer {

  /**
   * Checks the rate.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate is " + rate + ": it must be from 0 to less than 1");
    }
  }

  /**
   * The layer.
   *
   * @param rate the share that is dropped
   * @return it
   */
  public static Dropout of(double rate) {
    return new Dropout(rate);
  }

  @Override
  public String kind() {
    return "dropout";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    Value y = builder.value(x[0].shape(), x);
    builder.add(new DropoutOp(x[0], y, rate, builder.nextRandom()));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    return Map.of("rate", rate);
  }
}
