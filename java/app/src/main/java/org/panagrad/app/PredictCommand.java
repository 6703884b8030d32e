package org.panagrad.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.panagrad.kernel.Compute;
import org.panagrad.train.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says which digit a picture shows. */
@Command(name = "predict", description = "Says which digit a picture shows: the three most probable.")
final class PredictCommand implements Callable<Integer> {
  private static final int SHOWN = 3;

  @ParentCommand
  private Main main;

  @Parameters(index = "0", paramLabel = "MODEL", description = "A file that train saved.")
  private Path modelFile;
  @Parameters(index = "1", paramLabel = "IMAGE.png",
      description = "28x28 pixels. Colours become grey; a picture that is dark on light is inverted.")
  private Path imageFile;
  @Mixin
  private ComputeOptions computeOptions;

  @Override
  public Integer call() throws IOException {
    DigitImage image = DigitImage.read(imageFile);
    float[] probabilities = new float[DigitNetwork.CLASSES];
    try (Compute compute = computeOptions.open(); Model model = DigitNetwork.load(modelFile, compute)) {
      model.predict(image.brightness(), probabilities, 1);
    }
    if (image.inverted()) {
      main.out().println("The picture is dark on light: inverted, as the model knows light on dark.");
    }
    IntStream.range(0, probabilities.length).boxed()
        .sorted(Comparator.comparingDouble(digit -> -probabilities[digit])).limit(SHOWN)
        .forEach(digit -> main.out().printf("%d  %5.1f %%%n", digit, 100 * probabilities[digit]));
    return 0;
  }
}
