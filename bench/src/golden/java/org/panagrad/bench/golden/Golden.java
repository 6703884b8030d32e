package org.panagrad.bench.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.panagrad.io.Json;

/** Writes golden values: see bench/README.md. */
public final class Golden {
  private Golden() {
  }

  /**
   * Writes the files.
   *
   * @param arguments the folder, and the command for their headers
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    String command = arguments[1];
    Files.writeString(folder.resolve("losses.json"), json(command, "double, from inputs and options that are floats",
        "of value, or of the sum of losses", new GoldenLosses().cases()));
    Files.writeString(folder.resolve("optimizers.json"), json(command, "double, from gradients that are floats",
        "org.panagrad.optim.GoldenInputs", GoldenOptimizers.cases()));
  }

  private static String json(String command, String arithmetic, String gradients, List<Object> cases)
      throws IOException {
    Map<String, Object> made = new LinkedHashMap<>();
    String version = Loader.getVersion("org.bytedeco", "pytorch");
    made.put("by", "libtorch " + version.split("-")[0] + " through org.bytedeco:pytorch:" + version);
    made.put("command", command);
    made.put("arithmetic", arithmetic);
    made.put("gradients", gradients);
    made.put("described", "bench/README.md");
    StringBuilder text = new StringBuilder("{\"made\":").append(Json.write(made)).append(",\n\"cases\":[\n");
    text.append(String.join(",\n", cases.stream().map(Json::write).toList())).append("\n]}\n");
    if (!Map.of("made", made, "cases", cases).equals(Json.parse(text.toString()))) {
      throw new IllegalStateException("the text does not read back as what was written");
    }
    return text.toString();
  }
}
