package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Sgd;
import org.panagrad.train.Model;

class MlpTanhTest {
  @TempDir
  private Path out;

  @Test
  void theLossIsThatOfDoubleLoops() throws IOException {
    Waves waves = Waves.draw(MlpTanh.SAMPLES, 1);
    DoubleMlp reference;
    try (Model model = MlpTanh.network().seed(1).compile(Sgd.of(MlpTanh.RATE), Losses.meanSquaredError())) {
      reference = new DoubleMlp(model, DoubleMlp.Hidden.TANH);
    }
    for (int step = 0; step < MlpTanh.STEPS; step++) {
      reference.sgd(waves.inputs(), waves.targets(), MlpTanh.RATE);
    }
    double expected = reference.loss(waves.inputs(), waves.targets());
    // seeds 1 to 5 differ by 3e-7 at most
    assertEquals(expected, ExampleRun.of(new MlpTanh(), out).figure("loss"), 1e-5 * expected);
  }
}
