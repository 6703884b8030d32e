package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.loss.LossAssertions.assertSameBits;
import static org.panagrad.loss.LossAssertions.assertSlopes;
import static org.panagrad.loss.LossAssertions.bits;
import static org.panagrad.loss.LossAssertions.normal;
import static org.panagrad.loss.LossAssertions.on;
import static org.panagrad.loss.LossAssertions.refused;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.Allocation;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.EmptyPolicy;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Reduction;
import org.panagrad.loss.Adversarial.Form;
import org.panagrad.loss.Adversarial.Side;

/** Generator and critic: signs, sides, numbers of samples that differ. {@link GoldenTest} has libtorch's values. */
class AdversarialTest {

  static List<Kernels> few() {
    return LossAssertions.few();
  }

  /** d = 0 and 1: softplus(0) = ln 2; hinge's critic has 1 and 2, or 1 and 0. */
  @ParameterizedTest
  @MethodSource("few")
  void byHand(Kernels kernels) {
    try (Compute compute = on(kernels, 1)) {
      LossCall real = LossCall.on(compute), fake = LossCall.on(compute);
      float[] one = {0}, two = {0, 1}, d1 = new float[1], d2 = new float[2], losses = new float[2];
      real.of(one, d1, 1, 1);
      // each side is divided by its own number
      assertEquals(1 + (1 + 2) / 2.0, Adversarial.of(Form.HINGE).discriminator(real, fake.of(two, d2, 2, 1)));
      assertArrayEquals(new float[]{-1}, d1);
      assertArrayEquals(new float[]{0.5f, 0.5f}, d2);
      // the hinge is the critic's alone
      assertEquals(-0.5, Adversarial.of(Form.HINGE).generator(fake));
      assertArrayEquals(new float[]{-0.5f, -0.5f}, d2);
      double softplus = Math.log(1 + Math.E);
      assertEquals(-(Math.log(2) + softplus) / 2, Adversarial.of(Form.MINIMAX).generator(fake.losses(losses)), 1e-6);
      assertArrayEquals(new float[]{(float) -Math.log(2), (float) -softplus}, losses, 1e-6f);
      assertArrayEquals(new float[]{-0.25f, -0.3655293f}, d2, 1e-6f);
      // the same target again, and others in between
      assertEquals(2 * Math.log(2), Adversarial.of(Form.MINIMAX).discriminator(real, fake.of(one, d2, 1, 1)), 1e-6);
      assertEquals(Math.log(2), Adversarial.of(Form.NON_SATURATING).generator(fake), 1e-6);
      assertEquals(-0.5f, d2[0]);
      // a weight of 0 takes a sample out, and weights divide
      assertEquals(0.5, Adversarial.of(Form.LEAST_SQUARES)
          .generator(fake.of(two, d2, 2, 1).sampleWeight(new float[]{3, 0})));
      assertArrayEquals(new float[]{-1, 0}, d2);
    }
  }

  /** In place, and on its own side as a loss among others. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void sides(Form form) {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute), other = LossCall.on(compute);
      float[] d = normal(5, 20, 2), gradient = new float[20], again = d.clone();
      Adversarial loss = Adversarial.of(form);
      double real = loss.loss(Side.REAL).evaluate(call.of(d, null, 20, 1));
      double fake = loss.loss(Side.FAKE).evaluate(call.of(d, gradient, 20, 1));
      assertEquals(real + fake, loss.discriminator(call, other.of(d, null, 20, 1)));
      assertEquals(loss.generator(call.of(d, gradient, 20, 1)), loss.loss(Side.GENERATOR).evaluate(
          call.of(again, again, 20, 1)));
      assertArrayEquals(gradient, again);
      assertFalse(loss.loss(Side.REAL).takesTarget());
      assertFalse(loss.loss(Side.REAL).takesLabels());
      assertEquals("generator", loss.loss(Side.GENERATOR).describe().get("side"));
    }
  }

  @Test
  void minimaxHasTheSameCritic() {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall real = LossCall.on(compute), fake = LossCall.on(compute);
      float[] d = normal(6, 20, 2), minimax = new float[20], gradient = new float[20];
      double value = Adversarial.of(Form.MINIMAX).discriminator(real.of(d, null, 20, 1), fake.of(d, minimax, 20, 1));
      assertEquals(value,
          Adversarial.of(Form.NON_SATURATING).discriminator(real, fake.of(d, gradient, 20, 1)));
      assertArrayEquals(minimax, gradient);
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void slopes(Form form) {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall call = LossCall.on(compute);
      float[] d = {-2.3f, -0.4f, 0.2f, 0.7f, 3.1f}, gradient = new float[5]; // far from the kinks at -1 and 1
      for (Side side : Side.values()) {
        Loss loss = Adversarial.of(form).reduction(Reduction.SUM).loss(side);
        loss.evaluate(call.of(d, gradient, 5, 1));
        call.of(d, null, 5, 1);
        // the largest losses are (1 + 3.1)^2 / 2; softplus''' is below 0.1
        assertSlopes(form + " " + side, d, gradient, 30, 0.1, () -> loss.evaluate(call));
      }
    }
  }

  @Test
  void sameBits() {
    int n = 3 * 16 * 4096 + 17;
    float[] real = normal(1, n, 2), fake = normal(2, n, 2);
    for (Form form : Form.values()) {
      Adversarial loss = Adversarial.of(form);
      assertSameBits(compute -> {
        float[] dReal = new float[n], dFake = new float[n], d = new float[n];
        LossCall reals = LossCall.on(compute), fakes = LossCall.on(compute);
        double critic = loss.discriminator(reals.of(real, dReal, n, 1), fakes.of(fake, dFake, n, 1));
        return bits(critic + loss.generator(fakes.of(fake, d, n, 1)), dReal, dFake, d);
      });
    }
  }

  @Test
  void nothingAndNonsense() {
    try (Compute compute = on(few().getLast(), 1)) {
      LossCall one = LossCall.on(compute).of(new float[]{0}, null, 1, 1), none = LossCall.on(compute);
      none.of(new float[0], null, 0, 1);
      Adversarial loss = Adversarial.of(Form.LEAST_SQUARES);
      assertTrue(Double.isNaN(loss.discriminator(one, none)));
      assertEquals(0.5, loss.empty(EmptyPolicy.ZERO).discriminator(one, none));
      assertEquals(0, loss.reduction(Reduction.SUM).generator(none));
      refused(IllegalStateException.class, "over nothing", () -> loss.empty(EmptyPolicy.THROW).generator(none));
      refused("real and fake", () -> loss.discriminator(one, one));
      refused("weights[0]|-1.0", () -> loss.generator(one.sampleWeight(new float[]{-1})));
      refused(NullPointerException.class, "form", () -> Adversarial.of(null));
      refused(NullPointerException.class, "side", () -> loss.loss(null));
      assertTrue(Float.isNaN((float) loss.generator(one.of(new float[]{Float.NaN}, null, 1, 1))));
    }
  }

  @Tag("allocation")
  @Test
  void allocatesNothing() {
    for (Kernels kernels : few()) {
      try (Compute compute = on(kernels, 1)) {
        LossCall real = LossCall.on(compute), fake = LossCall.on(compute);
        float[] d = normal(3, 20, 2), g = new float[20], h = new float[20];
        for (Form form : List.of(Form.MINIMAX, Form.HINGE)) {
          Adversarial loss = Adversarial.of(form);
          Allocation.requireNone(kernels.name() + " " + form, () -> {
            loss.discriminator(real.of(d, g, 20, 1), fake.of(d, h, 20, 1));
            loss.generator(fake.of(d, h, 20, 1));
          });
        }
      }
    }
  }
}
