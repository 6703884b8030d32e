package org.panagrad.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. Exit codes: 0, 1 for what went wrong, 2 for a command line that makes no sense. */
@Command(name = "panagrad", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true, sortOptions = false,
    versionProvider = Main.Version.class, usageHelpAutoWidth = true,
    description = {"Trains and runs models on native kernels.",
        "In a source tree ./panagrad bench measures them: see ./panagrad bench --help."},
    subcommands = {
        TrainCommand.class, EvaluateCommand.class, PredictCommand.class, LossesCommand.class,
        DownloadCommand.class, ExampleCommand.class, InfoCommand.class})
final class Main implements Runnable {
  /** The same as {@code --trace}, for what goes wrong before options are read. */
  private static final String TRACE_PROPERTY = "panagrad.trace";

  @Spec
  private CommandSpec spec;
  @Option(names = "--trace", scope = ScopeType.INHERIT, description = "On an error, print the stack trace as well.")
  private boolean trace;

  private final Map<String, String> environment;
  private final Terminal terminal;
  private final PrintStream err;

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      return new String[]{"panagrad " + number()};
    }

    static String number() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
        properties.load(in);
      }
      return properties.getProperty("version");
    }
  }

  Main(Map<String, String> environment, Terminal terminal, PrintStream err) {
    this.environment = environment;
    this.terminal = terminal;
    this.err = err;
  }

  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // charts are drawn into files
    Locale.setDefault(Locale.ROOT); // 0.5 and 1,000 everywhere, as in the files
    PlainLog.install(System.err);
    System.exit(new Main(System.getenv(), Terminal.detect(System.out, System.getenv()), System.err).execute(args));
  }

  /** Runs a command line and returns the exit code. */
  int execute(String... args) {
    CommandLine line = new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(terminal.out(), true)).setErr(new PrintWriter(err, true))
        .setParameterExceptionHandler((problem, rest) -> usage(problem))
        .setExecutionExceptionHandler((problem, command, parsed) -> fail(problem));
    try {
      return line.execute(args);
    } catch (Error problem) { // picocli hands over exceptions only
      return fail(problem);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(),
        "Missing command: train, evaluate, predict, losses, download, example or info");
  }

  private int usage(ParameterException problem) {
    String message = problem.getMessage();
    if (problem instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
      message += ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
    }
    String command = problem.getCommandLine().getCommandSpec().qualifiedName();
    report(message + " (see " + command + " --help)", problem);
    return CommandLine.ExitCode.USAGE;
  }

  private int fail(Throwable problem) {
    report(Failure.describe(problem), problem);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private void report(String message, Throwable problem) {
    err.println("panagrad: " + message.replaceAll("\\s*\\R\\s*", " "));
    if (trace || Boolean.parseBoolean(System.getProperty(TRACE_PROPERTY, "false"))
        || "".equals(System.getProperty(TRACE_PROPERTY))) { // -Dpanagrad.trace alone is enough
      problem.printStackTrace(err); // the user asked for it: else one line is all that a command says
    }
  }

  Map<String, String> environment() {
    return environment;
  }

  Terminal terminal() {
    return terminal;
  }

  PrintStream out() {
    return terminal.out();
  }

  PrintStream err() {
    return err;
  }
}
