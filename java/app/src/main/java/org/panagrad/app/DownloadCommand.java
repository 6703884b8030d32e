package org.panagrad.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Fetches data; the only command that uses the network. */
@Command(name = "download", description = "Fetches a dataset from a public mirror, and checks it.")
final class DownloadCommand implements Callable<Integer> {
  @ParentCommand
  private Main main;
  @Spec
  private CommandSpec spec;

  /** What can be fetched. */
  enum Name {
    MNIST
  }

  @Parameters(paramLabel = "DATASET", description = "mnist: 70,000 handwritten digits, 12 MB.")
  private Name dataset;
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "panagrad-data/mnist",
      description = "Folder for the files; default: ${DEFAULT-VALUE}.")
  private Path out;
  @Option(names = "--from", paramLabel = "URL",
      description = "Folder of the files on another server; default: public mirrors, one after the other.")
  private @Nullable URI from;

  @Override
  public Integer call() throws IOException, InterruptedException {
    URI only = from;
    if (only != null && (only.getHost() == null || !String.valueOf(only.getScheme()).matches("https?"))) {
      throw new ParameterException(spec.commandLine(),
          "--from " + only + ": expected an address as https://host/folder");
    }
    OutputFolder.create(out);
    try (Download download = new Download(main.terminal(), only == null ? MnistFiles.MIRRORS : List.of(only))) {
      for (RemoteFile file : MnistFiles.ALL) {
        download.fetch(file, out);
      }
    }
    main.out().println("Train on it with: ./panagrad train --data " + out);
    return 0;
  }
}
