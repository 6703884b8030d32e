package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Adam;
import org.panagrad.train.Model;

class MlpReluTest {
  @TempDir
  private Path out;

  @Test
  void theLossIsThatOfDoubleLoops() throws IOException {
    Waves waves = Waves.draw(MlpRelu.SAMPLES, 1);
    DoubleMlp reference;
    try (Model model = MlpRelu.network().seed(1).compile(Adam.of(MlpRelu.RATE), Losses.meanSquaredError())) {
      reference = new DoubleMlp(model, DoubleMlp.Hidden.RELU);
    }
    for (int epoch = 0; epoch < MlpRelu.EPOCHS; epoch++) {
      reference.adam(waves.inputs(), waves.targets(), MlpRelu.RATE);
    }
    double expected = reference.loss(waves.inputs(), waves.targets());
    Report report = ExampleRun.of(new MlpRelu(), out);
    assertEquals(2_817, report.figure("parameters"));
    // seeds 1 to 5 differ by 2e-6 at most
    assertEquals(expected, report.figure("loss"), 1e-5 * expected);
  }
}
