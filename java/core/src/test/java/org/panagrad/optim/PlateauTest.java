package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.panagrad.optim.Plateau.Mode;
import org.panagrad.optim.Plateau.State;
import org.panagrad.optim.Plateau.Threshold;

/** Followed by hand through PyTorch's ReduceLROnPlateau. */
class PlateauTest {
  private static void rates(Plateau plateau, double[] values, double... rates) {
    for (int i = 0; i < values.length; i++) {
      assertEquals(rates[i], plateau.observe(values[i]), "after value " + i);
    }
  }

  private static double[] values(double... values) {
    return values;
  }

  @Test
  void lowersAfterMoreThanPatienceBadValues() {
    rates(Plateau.of(1).factor(0.5).patience(2), values(3, 2, 2, 2, 2, 2, 2, 2), 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25);
    rates(Plateau.of(1).factor(0.5).patience(0), values(3, 2, 2, 2), 1, 1, 0.5, 0.25);
    rates(Plateau.of(1).factor(0.5).patience(1), values(3, 4, 2, 4, 1, 4, 4), 1, 1, 1, 1, 1, 1, 0.5);
  }

  @Test
  void defaultsArePyTorchs() {
    Plateau plateau = Plateau.of(1);
    for (int i = 0; i <= 10; i++) {
      assertEquals(1, plateau.observe(5));
    }
    assertEquals(0.1, plateau.observe(5));
    assertEquals(new State(0.1, 5, 0, 0), plateau.state());
  }

  @Test
  void thresholds() {
    // relative: less than 100 * (1 - 0.01) = 99
    rates(Plateau.of(1).patience(0).threshold(0.01, Threshold.RELATIVE), values(100, 98.5), 1, 1);
    rates(Plateau.of(1).patience(0).threshold(0.01, Threshold.RELATIVE), values(100, 99.5), 1, 0.1);
    rates(Plateau.of(1).patience(0).threshold(2, Threshold.ABSOLUTE), values(100, 97.5), 1, 1);
    rates(Plateau.of(1).patience(0).threshold(2, Threshold.ABSOLUTE), values(100, 98), 1, 0.1);
    rates(Plateau.of(1).patience(0).mode(Mode.MAX).threshold(0.5, Threshold.RELATIVE), values(2, 3.5), 1, 1);
    rates(Plateau.of(1).patience(0).mode(Mode.MAX).threshold(0.5, Threshold.RELATIVE), values(2, 3), 1, 0.1);
    rates(Plateau.of(1).patience(0).mode(Mode.MAX).threshold(0.5, Threshold.ABSOLUTE), values(2, 2.75), 1, 1);
    // below 0 an improvement is one, too
    rates(Plateau.of(1).patience(0).threshold(0.5, Threshold.RELATIVE), values(-2, -2.5), 1, 0.1);
    rates(Plateau.of(1).patience(0).threshold(0.5, Threshold.RELATIVE), values(-2, -3.5), 1, 1);
    rates(Plateau.of(1).patience(0).mode(Mode.MAX).threshold(0.5, Threshold.RELATIVE), values(-2, -1.5), 1, 0.1);
    rates(Plateau.of(1).patience(0).mode(Mode.MAX).threshold(0.5, Threshold.RELATIVE), values(-2, -0.5), 1, 1);
  }

  @Test
  void cooldownDoesNotCount() {
    rates(Plateau.of(1).factor(0.5).patience(1).cooldown(2), values(2, 2, 2, 2, 2, 2, 2), 1, 1, 0.5, 0.5, 0.5, 0.5,
        0.25);
  }

  @Test
  void minimum() {
    rates(Plateau.of(1).patience(0).minimumRate(0.05), values(2, 2, 2, 2), 1, 0.1, 0.05, 0.05);
    rates(Plateau.of(0.01).patience(0).minimumRate(0.05), values(2, 2, 2), 0.01, 0.01, 0.01);
  }

  @Test
  void whatIsNotANumberIsNoImprovement() {
    double nan = Double.NaN, infinite = Double.POSITIVE_INFINITY;
    rates(Plateau.of(1).factor(0.5).patience(0), values(nan, infinite, 3, nan, 2), 0.5, 0.25, 0.25, 0.125, 0.125);
    rates(Plateau.of(1).factor(0.5).patience(0).mode(Mode.MAX), values(nan, -infinite, 3, nan), 0.5, 0.25, 0.25, 0.125);
  }

  @Test
  void goesOnFromAState() {
    double[] values = {5, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2};
    for (int cut = 0; cut < values.length; cut++) {
      Plateau whole = Plateau.of(1).factor(0.5).patience(1).cooldown(1), first = Plateau.of(1).factor(0.5).patience(1)
          .cooldown(1), second = Plateau.of(7).factor(0.5).patience(1).cooldown(1);
      for (int i = 0; i < values.length; i++) {
        if (i == cut) {
          second.restore(first.state());
          assertEquals(first.rate(), second.rate());
        }
        assertEquals(whole.observe(values[i]), (i < cut ? first : second).observe(values[i]));
      }
      assertEquals(whole.state(), second.state());
    }
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void wrongArgumentsAreRefused() {
    Plateau plateau = Plateau.of(1);
    refused("rate is -1.0: it must be at least 0 and finite", () -> Plateau.of(-1));
    refused("factor is 1.0: it must be at least 0 and less than 1", () -> plateau.factor(1));
    refused("patience is -1: it must be at least 0", () -> plateau.patience(-1));
    refused("cooldown is -1: it must be at least 0", () -> plateau.cooldown(-1));
    refused("threshold is NaN: it must be at least 0 and finite",
        () -> plateau.threshold(Double.NaN, Threshold.ABSOLUTE));
    refused("minimumRate is Infinity: it must be at least 0 and finite",
        () -> plateau.minimumRate(Double.POSITIVE_INFINITY));
    refused("best is NaN, which is never best", () -> new State(1, Double.NaN, 0, 0));
    refused("badValues is -1: it must be at least 0", () -> new State(1, 1, -1, 0));
  }
}
