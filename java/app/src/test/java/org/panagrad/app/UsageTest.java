package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @ParameterizedTest
  @CsvSource({"--bakend,native,--backend", "--epochs,-3,'-3'", "--epochs,0,'0'", "--epochs,two,'two'",
      "--batch,0,'0'", "--batch,3000000000,'3000000000'", "--threads,0,'0'", "--limit,-1,'-1'", "--lr,0,'0'",
      "--lr,NaN,'NaN'", "--lr,fast,'fast'", "--seed,x,'x'", "--backend,gpu,'gpu'", "--product,mkl,'mkl'",
      "--optimizer,adamx,'adamx'"})
  void aWrongOptionOrValueIsNamed(String option, String value, String expected) {
    Cli.run("train", option, value).assertFails(2, option, expected, "panagrad train --help");
  }

  @Test
  void aValueThatIsNoneOfSomeNamesThem() {
    Cli.run("train", "--backend", "gpu").assertFails(2, "auto, native, vector, scalar");
  }

  @Test
  void aCommandIsNeeded() {
    Cli.run().assertFails(2, "train, evaluate, predict, losses, download, example or info");
    Cli.run("trian").assertFails(2, "trian", "train");
  }

  @Test
  void parametersAreNeeded() {
    Cli.run("evaluate").assertFails(2, "MODEL");
    Cli.run("predict", "model").assertFails(2, "IMAGE.png");
    Cli.run("train", "--data").assertFails(2, "--data");
    Cli.run("info", "more").assertFails(2, "more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "evaluate", "predict", "losses", "download", "info"})
  void everyCommandHasHelpAndVersion(String command) {
    assertTrue(Cli.run(command, "--help").assertSucceeds().out().startsWith("Usage: panagrad " + command));
    assertTrue(Cli.run(command, "--version").assertSucceeds().out().matches("panagrad [0-9]+\\.[0-9]+.*\\R"));
  }

  @Test
  void helpStatesTheDefaults() {
    String help = Cli.run("train", "--help").out().replaceAll("\\s+", " ");
    assertTrue(help.contains(String.format("%s for adam, %s for sgd",
        OptimizerChoice.ADAM.defaultRate(), OptimizerChoice.SGD.defaultRate())), help);
    for (OptimizerChoice choice : OptimizerChoice.values()) {
      assertTrue(help.contains(choice.name().toLowerCase(Locale.ROOT)), choice + " in " + help);
    }
    assertTrue(help.contains("default: 5.") && help.contains("default: 128."), help);
  }

  @Test
  void infoTellsWhatThereIs() {
    String out = Cli.run("info").assertSucceeds().out();
    for (String word : new String[]{"Java", "Processor", "Threads", "native", "vector", "scalar", "Product", "Data"}) {
      assertTrue(out.contains(word), out);
    }
    assertTrue(Cli.run("info", "--data", "/nowhere").assertSucceeds().out().contains("/nowhere"));
  }

  @Test
  void columnsAreTakenOnlyIfTheyAreANumber() {
    assertEquals(132, Terminal.columns("132"));
    assertEquals(80, Terminal.columns("wide"));
    assertEquals(80, Terminal.columns(null));
  }
}
